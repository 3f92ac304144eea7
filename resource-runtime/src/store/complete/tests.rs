use super::complete;
use crate::error::ApiError;
use crate::field::{FieldMeta, IdSource, Value};
use crate::query::{CursorKeys, Filter, ListQuery, Operator, Paging, encode_cursor, parse};
use crate::resource::ResourceMeta;
use crate::store::{Key, MemoryStore, Select, Store as _, Window, Write};

static NOTE: &ResourceMeta = &ResourceMeta::new(
    "Note",
    "notes",
    "notes",
    &[FieldMeta::of::<i64>("id").id(IdSource::Store), FieldMeta::of::<String>("text").sortable()],
);

struct Notes {
    store: MemoryStore,
    keys: CursorKeys,
}

/// A text that is too long for a cursor.
fn long(start: &str, end: &str) -> String {
    format!("{start}{}{end}", "the same words again and again ".repeat(200))
}

impl Notes {
    async fn new(texts: &[String]) -> Self {
        let notes = Self { store: MemoryStore::new(), keys: CursorKeys::random() };
        notes.store.migrate(&[NOTE]).await.unwrap();
        for text in texts {
            notes.add(text).await;
        }
        notes
    }

    async fn add(&self, text: &str) {
        let values = vec![Value::Null, Value::Text(text.to_owned())];
        self.store.write(Write::Insert { meta: NOTE, values, version: 1 }).await.unwrap();
    }

    async fn delete(&self, id: i64) {
        let key = Key { meta: NOTE, id: Value::Int(id), scope: Filter::All };
        self.store.write(Write::Delete { key, version: None }).await.unwrap();
    }

    fn cursor(&self, sort: &str, id: i64, text: &str, backward: bool) -> ListQuery {
        let raw = format!("sort={sort}");
        let query = parse(NOTE, &raw, &self.keys).unwrap();
        let edge = [Value::Text(text.to_owned()), Value::Int(id)];
        let cursor = encode_cursor(NOTE, &query, &edge, backward, &self.keys);
        parse(NOTE, &format!("{raw}&limit=10&cursor={cursor}"), &self.keys).unwrap()
    }

    /// The rows that a cursor at this row leads to.
    async fn rows(&self, mut query: ListQuery) -> Result<Vec<i64>, ApiError> {
        assert!(query.abridged.is_some(), "the text should be too long");
        complete(&self.store, NOTE, &Filter::All, &mut query).await?;
        assert!(query.abridged.is_none());
        let Paging::Cursor { limit, keyset } = query.paging else { panic!() };
        let select = Select {
            meta: NOTE,
            scope: Filter::All,
            filter: query.filter,
            sort: query.sort,
            window: Window::Keyset { keyset, limit },
            count: query.count,
        };
        let found = self.store.select(select).await?;
        Ok(found.records.iter().map(|it| if let Value::Int(id) = it.get(0) { *id } else { panic!() }).collect())
    }
}

#[tokio::test]
async fn the_row_itself_has_the_whole_values() {
    let texts = [long("a", "1"), long("b", "1"), long("b", "2"), long("b", "3"), long("c", "1")];
    let notes = Notes::new(&texts).await;
    assert_eq!(notes.rows(notes.cursor("text", 3, &texts[2], false)).await.unwrap(), [4, 5]);
    assert_eq!(notes.rows(notes.cursor("text", 3, &texts[2], true)).await.unwrap(), [1, 2]);
    assert_eq!(notes.rows(notes.cursor("-text", 3, &texts[2], false)).await.unwrap(), [2, 1]);
    assert_eq!(notes.rows(notes.cursor("-text", 3, &texts[2], true)).await.unwrap(), [5, 4]);
}

#[tokio::test]
async fn a_row_that_is_gone_needs_no_whole_values_where_no_other_begins_like_it() {
    let texts = [long("a", "1"), long("b", "1"), long("c", "1")];
    let notes = Notes::new(&texts).await;
    notes.delete(2).await;
    for (sort, backward, expected) in
        [("text", false, [3]), ("text", true, [1]), ("-text", false, [1]), ("-text", true, [3])]
    {
        let query = notes.cursor(sort, 2, &texts[1], backward);
        assert_eq!(notes.rows(query).await.unwrap(), expected, "{sort} {backward}");
    }
}

#[tokio::test]
async fn a_place_that_nobody_knows_is_refused() {
    let texts = [long("b", "1"), long("b", "2"), long("b", "3")];
    let notes = Notes::new(&texts).await;
    notes.delete(2).await;
    let error = notes.rows(notes.cursor("text", 2, &texts[1], false)).await.unwrap_err();
    assert_eq!((error.status(), error.code.code), (400, "invalid_cursor"));
}

#[tokio::test]
async fn rows_of_another_list_do_not_matter() {
    let texts = [long("b", "1"), long("b", "2"), "c".to_owned()];
    let notes = Notes::new(&texts).await;
    notes.delete(2).await;
    let mut query = notes.cursor("text", 2, &texts[1], false);
    query.filter = Filter::one(0, Operator::Gt, Value::Int(1));
    assert_eq!(notes.rows(query).await.unwrap(), [3]);
}

#[tokio::test]
async fn a_whole_cursor_is_left_alone() {
    let notes = Notes::new(&[]).await;
    let mut query = notes.cursor("text", 1, "short", false);
    let before = query.clone();
    complete(&notes.store, NOTE, &Filter::All, &mut query).await.unwrap();
    assert_eq!(query, before);
}
