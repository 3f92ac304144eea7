use super::subject::{Subject, int, text};
use super::zoo::NAMED;
use crate::query::{CountMode, Filter, Keyset, Operator};
use crate::resource::Record;
use crate::store::{COUNT_CAP, Database, Select, Window, Write};

const MODES: [CountMode; 4] = [CountMode::None, CountMode::Exact, CountMode::Estimated, CountMode::Capped];

pub(super) async fn every_mode_counts_what_matches(db: Database) {
    let zoo = Subject::zoo(db).await;
    let positive = Filter::one(zoo.field("maybe_i64"), Operator::Gt, int(0));
    let none = Filter::Or(Vec::new());
    for count in MODES {
        for (scope, filter) in [
            (Filter::All, Filter::All),
            (Filter::All, positive.clone()),
            (positive.clone(), Filter::All),
            (!positive.clone(), positive.clone()),
            (Filter::All, none.clone()),
        ] {
            zoo.check(&Select { count, scope, filter, ..zoo.everything() }).await;
        }
    }
}

pub(super) async fn a_window_does_not_change_the_count(db: Database) {
    let zoo = Subject::zoo(db).await;
    let place = |backward| Some(Keyset { values: vec![int(30)], backward });
    for count in MODES {
        for window in [
            Window::Offset { offset: 10, limit: 5 },
            Window::Offset { offset: 10_000, limit: 5 },
            Window::Keyset { keyset: None, limit: 5 },
            Window::Keyset { keyset: place(false), limit: 5 },
            Window::Keyset { keyset: place(true), limit: 100 },
        ] {
            zoo.check(&Select { count, window, ..zoo.everything() }).await;
        }
    }
}

pub(super) async fn capped_counts_stop_at_the_cap(db: Database) {
    let mut named = Subject::new(db.clone(), NAMED).await;
    let len = i64::try_from(COUNT_CAP).unwrap() + 1;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..32 {
        let db = db.clone();
        writers.spawn(async move {
            for number in (writer..len).step_by(32) {
                let values = vec![text(&format!("{number:06}")), int(number)];
                db.write(Write::Insert { meta: NAMED, values, version: 1 }).await.expect("a row can be inserted");
            }
        });
    }
    writers.join_all().await;
    named.rows = (0..len).map(|it| Record { values: vec![text(&format!("{it:06}")), int(it)], version: 1 }).collect();
    let window = Window::Offset { offset: 0, limit: 3 };
    for count in MODES {
        // One more than the cap, exactly the cap, one less.
        for most in [len, len - 2, len - 3] {
            let filter = Filter::one(1, Operator::Lte, int(most));
            named.check_ids(&Select { count, filter, window: window.clone(), ..named.everything() }).await;
        }
        named.check_ids(&Select { count, window: window.clone(), ..named.everything() }).await;
    }
}
