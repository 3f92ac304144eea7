use super::pool::ROWS;
use super::subject::{Subject, int};
use crate::query::{CountMode, Filter, Operator};
use crate::store::{Database, Select, Window};

pub(super) async fn pages_put_together_are_the_whole(db: Database) {
    let zoo = Subject::zoo(db).await;
    let all = Select { count: CountMode::Exact, ..zoo.sorted(&[zoo.by("maybe_shade"), zoo.by("flag")]) };
    for limit in [1, 7, 20, 64, 100] {
        for page in 0..=ROWS as u64 / u64::from(limit) + 1 {
            let window = Window::Offset { offset: page * u64::from(limit), limit };
            zoo.check(&Select { window, ..all.clone() }).await;
        }
    }
}

pub(super) async fn a_window_past_the_end_is_empty(db: Database) {
    let zoo = Subject::zoo(db).await;
    for offset in [ROWS as u64, 1_000_000, i64::MAX as u64, u64::MAX] {
        let window = Window::Offset { offset, limit: 10 };
        let select = Select { window, count: CountMode::Exact, ..zoo.everything() };
        zoo.check(&select).await;
        zoo.check_ids(&select).await;
    }
    // The greatest that fits both numbers.
    let window = Window::Offset { offset: i64::MAX as u64, limit: u32::MAX };
    zoo.check_ids(&Select { window, ..zoo.everything() }).await;
}

pub(super) async fn an_offset_window_says_nothing_of_more(db: Database) {
    let zoo = Subject::zoo(db).await;
    let window = Window::Offset { offset: 3, limit: 5 };
    let filter = Filter::one(zoo.field("i64"), Operator::Gt, int(0));
    let found = zoo.db.select(Select { window, filter, ..zoo.everything() }).await.expect("rows can be read");
    assert_eq!((found.records.len(), found.has_more, found.total), (5, false, None));
}
