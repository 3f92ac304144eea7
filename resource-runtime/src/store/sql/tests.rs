//! The text of statements, in both dialects.

use super::*;
use crate::field::{FieldMeta, FilterMeta, IdSource, Rule, RuleMeta, Value};
use crate::query::{CountMode, Filter, Keyset, Operator, SortKey};
use crate::resource::{ResourceMeta, SortMeta};
use crate::store::{Key, Select, Window};
use crate::testing::{BOOK, TRASHABLE};

fn field(name: &str) -> usize {
    BOOK.field(name).unwrap().0
}

fn key() -> Key {
    Key { meta: BOOK, id: Value::Int(7), scope: Filter::All }
}

fn by(name: &str, descending: bool) -> SortKey {
    SortKey { field: field(name), descending, nulls_first: false }
}

fn rows(sort: Vec<SortKey>, window: Window) -> Select {
    Select { meta: BOOK, scope: Filter::All, filter: Filter::All, sort, window, count: CountMode::Exact }
}

fn after(sort: Vec<SortKey>, values: Vec<Value>) -> Select {
    rows(sort, Window::Keyset { keyset: Some(Keyset { values, backward: false }), limit: 20 })
}

fn mine() -> Filter {
    Filter::one(field("author_name"), Operator::Eq, Value::Text("me".to_owned()))
}

#[track_caller]
fn check(make: impl Fn(Dialect) -> SqlText, sqlite: &str, postgres: &str) {
    assert_eq!(make(Dialect::Sqlite).text, sqlite);
    assert_eq!(make(Dialect::Postgres).text, postgres);
}

#[test]
fn a_select_without_conditions_is_plain() {
    let window = Window::Offset { offset: 0, limit: 20 };
    check(
        |dialect| select(dialect, &rows(vec![by("price", true), by("id", false)], window.clone()), &[0, 1]),
        r#"SELECT "id", "title", "_version" FROM "books" ORDER BY "price" DESC, "id" LIMIT ?1"#,
        r#"SELECT "id", "title", "_version" FROM "books" ORDER BY "price" DESC, "id" LIMIT 20"#,
    );
}

#[test]
fn scope_and_filter_hold_together() {
    let select = Select {
        scope: mine(),
        filter: Filter::one(field("price"), Operator::Lt, Value::Decimal(3.into())),
        ..rows(vec![by("id", false)], Window::Offset { offset: 40, limit: 20 })
    };
    check(
        |dialect| super::select(dialect, &select, &[]),
        r#"SELECT "_version" FROM "books" WHERE ("author_name" = ?1) AND ("price" < ?2) ORDER BY "id" LIMIT ?3 OFFSET ?4"#,
        r#"SELECT "_version" FROM "books" WHERE ("author_name" COLLATE "C" = $1::text) AND ("price" < $2::numeric) ORDER BY "id" LIMIT 20 OFFSET $3::bigint"#,
    );
}

#[test]
fn nulls_are_placed_where_there_can_be_some() {
    let sort =
        vec![by("published_year", true), SortKey { nulls_first: true, ..by("genre", false) }, by("title", false)];
    check(
        |dialect| super::select(dialect, &rows(sort.clone(), Window::Keyset { keyset: None, limit: 2 }), &[]),
        r#"SELECT "_version" FROM "books" ORDER BY "published_year" DESC NULLS LAST, "genre" NULLS FIRST, "title" LIMIT ?1"#,
        r#"SELECT "_version" FROM "books" ORDER BY "published_year" DESC NULLS LAST, "genre" COLLATE "C" NULLS FIRST, "title" COLLATE "C" LIMIT 3"#,
    );
}

#[test]
fn a_place_in_an_order_of_one_direction_is_a_row() {
    let sort = vec![by("price", true), by("id", true)];
    let select = after(sort, vec![Value::Int(1), Value::Int(2)]);
    assert_eq!(
        super::select(Dialect::Postgres, &select, &[]).text,
        r#"SELECT "_version" FROM "books" WHERE ("price", "id") < ((SELECT $1::numeric), (SELECT $2::bigint)) ORDER BY "price" DESC, "id" DESC LIMIT 21"#,
    );
}

/// The conditions of the parts in which the rows after a place are asked for, in SQLite's words.
#[track_caller]
fn check_place(sort: Vec<SortKey>, values: Vec<Value>, expected: &[&str]) {
    let text = super::select(Dialect::Sqlite, &after(sort, values), &[]).text;
    let conditions = text.split(" WHERE ").skip(1).map(|it| it.split_once(" ORDER BY ").unwrap().0);
    assert_eq!(conditions.collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn a_place_in_an_order_of_mixed_directions_divides_it_by_its_first_key() {
    check_place(
        vec![by("price", true), by("title", false), by("id", false)],
        vec![Value::Int(1), Value::Text("a".to_owned()), Value::Int(2)],
        &[r#""price" = ?1 AND ("title", "id") > (?2, ?3)"#, r#""price" < ?5"#],
    );
}

#[test]
fn after_a_value_come_the_nulls() {
    let values = || vec![Value::Int(1999), Value::Int(2)];
    check_place(
        vec![by("published_year", true), by("id", false)],
        values(),
        &[r#""published_year" = ?1 AND "id" > ?2"#, r#""published_year" < ?4"#, r#""published_year" IS NULL"#],
    );
    check_place(
        vec![by("published_year", false), by("id", false)],
        values(),
        &[r#""published_year" = ?1 AND "id" > ?2"#, r#""published_year" > ?4"#, r#""published_year" IS NULL"#],
    );
}

#[test]
fn after_a_null_come_only_nulls() {
    check_place(
        vec![by("published_year", true), by("id", false)],
        vec![Value::Null, Value::Int(2)],
        &[r#""published_year" IS NULL AND "id" > ?1"#],
    );
}

#[test]
fn after_a_null_that_comes_first_comes_every_value() {
    check_place(
        vec![SortKey { nulls_first: true, ..by("published_year", false) }, by("id", false)],
        vec![Value::Null, Value::Int(2)],
        &[r#""published_year" IS NULL AND "id" > ?1"#, r#""published_year" IS NOT NULL"#],
    );
}

#[test]
fn parts_follow_each_other_in_one_statement() {
    let select = Select {
        filter: mine(),
        count: CountMode::None,
        ..after(vec![by("price", true), by("id", false)], vec![Value::Int(1), Value::Int(2)])
    };
    assert_eq!(
        super::select(Dialect::Postgres, &select, &[0]).text,
        r#"SELECT "id", "_version" FROM (SELECT * FROM (SELECT "id", "_version" FROM "books" WHERE ("author_name" COLLATE "C" = $1::text) AND "price" = $2::numeric AND "id" > $3::bigint ORDER BY "price" DESC, "id" LIMIT 21) AS _part UNION ALL SELECT * FROM (SELECT "id", "_version" FROM "books" WHERE ("author_name" COLLATE "C" = $4::text) AND "price" < $5::numeric ORDER BY "price" DESC, "id" LIMIT 21) AS _part) AS _parts LIMIT 21"#,
    );
}

#[test]
fn parts_can_be_read_one_by_one() {
    let select = after(vec![by("price", true), by("id", false)], vec![Value::Int(1), Value::Int(2)]);
    let parts = super::select_parts(Dialect::Sqlite, &select, &[0]);
    assert_eq!(
        parts.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(),
        [
            r#"SELECT "id", "_version" FROM "books" WHERE "price" = ?1 AND "id" > ?2 ORDER BY "price" DESC, "id" LIMIT ?3"#,
            r#"SELECT "id", "_version" FROM "books" WHERE "price" < ?1 ORDER BY "price" DESC, "id" LIMIT ?2"#,
        ]
    );
    let whole = rows(vec![by("price", true), by("id", false)], Window::Offset { offset: 5, limit: 2 });
    assert_eq!(
        super::select_parts(Dialect::Sqlite, &whole, &[0])[0].text,
        super::select(Dialect::Sqlite, &whole, &[0]).text
    );
}

#[test]
fn backwards_everything_is_turned_round() {
    let keyset = Some(Keyset { values: vec![Value::Int(1), Value::Int(2)], backward: true });
    let select = rows(vec![by("published_year", false), by("id", false)], Window::Keyset { keyset, limit: 1 });
    assert_eq!(
        super::select(Dialect::Postgres, &select, &[]).text,
        r#"SELECT "_version" FROM "books" WHERE ("published_year", "id") < ((SELECT $1::integer), (SELECT $2::bigint)) ORDER BY "published_year" DESC NULLS FIRST, "id" DESC LIMIT 2"#,
    );
}

#[test]
fn counts_are_exact_capped_or_estimated() {
    let count = |dialect, count, filter| {
        let select = Select { count, filter, ..rows(vec![], Window::Offset { offset: 0, limit: 1 }) };
        super::count(dialect, &select).map(|it| it.text)
    };
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        assert_eq!(count(dialect, CountMode::None, Filter::All), None);
        assert_eq!(count(dialect, CountMode::Exact, Filter::All).unwrap(), r#"SELECT count(*) FROM "books""#);
    }
    let capped = r#"SELECT count(*) FROM (SELECT 1 FROM "books" WHERE ("author_name" = ?1) LIMIT ?2) AS capped"#;
    assert_eq!(count(Dialect::Sqlite, CountMode::Capped, mine()).unwrap(), capped);
    assert_eq!(count(Dialect::Sqlite, CountMode::Estimated, mine()).unwrap(), capped);
    let estimated = count(Dialect::Postgres, CountMode::Estimated, Filter::All).unwrap();
    assert!(estimated.contains("reltuples"), "{estimated}");
    let filtered = count(Dialect::Postgres, CountMode::Estimated, mine()).unwrap();
    assert!(filtered.ends_with("LIMIT 1001) AS capped"), "{filtered}");
}

#[test]
fn a_total_says_how_far_it_counted() {
    let select = |count| Select { count, ..rows(vec![], Window::Offset { offset: 0, limit: 1 }) };
    let total = |dialect, count, counted| super::total(dialect, &select(count), counted).map(|it| (it.rows, it.kind));
    assert_eq!(total(Dialect::Sqlite, CountMode::Exact, 70_000), Some((70_000, CountMode::Exact)));
    assert_eq!(total(Dialect::Sqlite, CountMode::Capped, 1_000), Some((1_000, CountMode::Exact)));
    assert_eq!(total(Dialect::Sqlite, CountMode::Capped, 1_001), Some((1_000, CountMode::Capped)));
    assert_eq!(total(Dialect::Postgres, CountMode::Estimated, -70_000), Some((70_000, CountMode::Estimated)));
    assert_eq!(total(Dialect::Postgres, CountMode::Estimated, 5), Some((5, CountMode::Exact)));
    assert_eq!(total(Dialect::Sqlite, CountMode::None, 1), None);
}

#[test]
fn one_row_is_met_under_its_scope() {
    let key = Key { scope: mine(), ..key() };
    check(
        |dialect| get(dialect, &key, &[1]),
        r#"SELECT "title", "_version" FROM "books" WHERE "id" = ?1 AND ("author_name" = ?2)"#,
        r#"SELECT "title", "_version" FROM "books" WHERE "id" = $1::bigint AND ("author_name" COLLATE "C" = $2::text)"#,
    );
    let changes = || vec![(1, Value::Text("b".to_owned())), (99, Value::Null)];
    check(
        |dialect| update(dialect, &key, changes(), Some(3), &[0]),
        r#"UPDATE "books" SET "title" = ?1, "_version" = "_version" + 1 WHERE "id" = ?2 AND ("author_name" = ?3) AND "_version" = ?4 RETURNING "id", "_version""#,
        r#"UPDATE "books" SET "title" = $1::text, "_version" = "_version" + 1 WHERE "id" = $2::bigint AND ("author_name" COLLATE "C" = $3::text) AND "_version" = $4::bigint RETURNING "id", "_version""#,
    );
    check(
        |dialect| delete(dialect, &key, None, &[]),
        r#"DELETE FROM "books" WHERE "id" = ?1 AND ("author_name" = ?2) RETURNING "_version""#,
        r#"DELETE FROM "books" WHERE "id" = $1::bigint AND ("author_name" COLLATE "C" = $2::text) RETURNING "_version""#,
    );
}

#[test]
fn an_identifier_that_is_null_is_left_to_the_table() {
    let text = |id| insert(Dialect::Sqlite, THING, vec![id, Value::Null], 1, &[0]).text;
    let expected = r#"INSERT INTO "group" ("user", "_version") VALUES (?1, ?2) RETURNING "id", "_version""#;
    assert_eq!(text(Value::Null), expected);
    let expected = r#"INSERT INTO "group" ("id", "user", "_version") VALUES (?1, ?2, ?3) RETURNING "id", "_version""#;
    assert_eq!(text(Value::Int(1)), expected);
}

static THING: &ResourceMeta = &ResourceMeta::new(
    "Thing",
    "things",
    "group",
    &[FieldMeta::of::<i64>("id").id(IdSource::Store), FieldMeta::of::<Option<String>>("name").column("user")],
);

#[test]
fn tables_are_quoted_and_checked() {
    assert_eq!(
        schema::table(Dialect::Sqlite, THING),
        r#"CREATE TABLE IF NOT EXISTS "group" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "user" TEXT, "_version" INTEGER NOT NULL DEFAULT 1) STRICT"#
    );
    assert_eq!(
        schema::table(Dialect::Postgres, THING),
        r#"CREATE TABLE IF NOT EXISTS "group" ("id" bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT "group__id__pkey" PRIMARY KEY, "user" text COLLATE "C", "_version" bigint NOT NULL DEFAULT 1)"#
    );
    let status =
        r#""status" TEXT NOT NULL CONSTRAINT "books__status__check" CHECK ("status" IN ('available', 'checked_out'))"#;
    assert!(schema::table(Dialect::Sqlite, BOOK).contains(status));
}

#[track_caller]
fn check_indexes(dialect: Dialect, meta: &ResourceMeta, expected: &[&str]) {
    let found = schema::indexes(dialect, meta);
    let on = |create: &str| create.split_once(" ON ").unwrap().1.split_once(' ').unwrap().1.to_owned();
    let found: Vec<_> = found.iter().map(|it| format!("{} {}", it.name, on(&it.create))).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_is_declared_is_indexed() {
    check_indexes(
        Dialect::Sqlite,
        BOOK,
        &[
            r#"books__isbn__key ("isbn")"#,
            r#"books__title__sort ("title")"#,
            r#"books__title__desc ("title" DESC)"#,
            r#"books__author_name__sort ("author_name")"#,
            r#"books__author_name__desc ("author_name" DESC)"#,
            r#"books__genre__created_at__page ("genre", "created_at" DESC)"#,
            r#"books__genre__fold (resource_fold("genre"))"#,
            r#"books__published_year__sort ("published_year")"#,
            r#"books__published_year__desc ("published_year" DESC)"#,
            r#"books__price__sort ("price")"#,
            r#"books__price__desc ("price" DESC)"#,
            r#"books__status__created_at__page ("status", "created_at" DESC)"#,
            r#"books__created_at__sort ("created_at")"#,
            r#"books__created_at__desc ("created_at" DESC)"#,
        ],
    );
}

/// PostgreSQL's pages have the columns of other filters too, but for texts.
#[test]
fn pages_of_one_value_are_filtered_in_their_index() {
    let pages: Vec<_> = schema::indexes(Dialect::Postgres, BOOK)
        .into_iter()
        .filter_map(|it| it.create.contains("__page").then(|| it.create.split_once(" (").map(|it| it.1.to_owned()))?)
        .collect();
    assert_eq!(
        pages,
        [
            r#""genre" COLLATE "C", "created_at" DESC, "id", "published_year", "price", "status" COLLATE "C")"#,
            r#""status" COLLATE "C", "created_at" DESC, "id", "published_year", "price")"#,
        ]
    );
}

const SHORT: &[RuleMeta] = &[RuleMeta::new(Rule::Length { min: None, max: Some(20), equal: None })];

static NOTE: &ResourceMeta = &ResourceMeta::new(
    "Note",
    "notes",
    "notes",
    &[
        FieldMeta::of::<uuid::Uuid>("id").id(IdSource::Store),
        FieldMeta::of::<String>("body").sortable().filters(&[FilterMeta::new(Operator::Eq)]),
        FieldMeta::of::<Option<String>>("kind").sortable().rules(SHORT),
        FieldMeta::of::<i64>("rank").filters(&[FilterMeta::new(Operator::Gt)]),
        FieldMeta::of::<i64>("quiet").sortable().without_index(),
        FieldMeta::of::<Vec<String>>("tags").filters(&[FilterMeta::new(Operator::HasAll)]),
    ],
)
.sort(&[SortMeta::desc("rank"), SortMeta::asc("kind")])
.unique(&[&["rank", "kind"]])
.indexes(&[&["kind", "quiet"]]);

#[test]
fn postgres_gets_the_indexes_that_its_planner_needs() {
    check_indexes(
        Dialect::Postgres,
        NOTE,
        &[
            r#"notes__rank__kind__key ("rank", "kind" COLLATE "C")"#,
            r#"notes__body__hash USING hash ("body" COLLATE "C")"#,
            r#"notes__kind__sort ("kind" COLLATE "C", "id")"#,
            r#"notes__kind__desc ("kind" COLLATE "C" DESC NULLS LAST, "id")"#,
            r#"notes__rank__idx ("rank")"#,
            r#"notes__tags__items USING gin (jsonb_object("tags", "tags"))"#,
            r#"notes__rank__kind__order ("rank" DESC, "kind" COLLATE "C", "id")"#,
            r#"notes__kind__quiet__idx ("kind" COLLATE "C", "quiet")"#,
        ],
    );
}

#[test]
fn soft_deletes_leave_deleted_rows_out_of_every_index() {
    check_indexes(
        Dialect::Sqlite,
        TRASHABLE,
        &[
            r#"leaves__name__live_key ("name") WHERE "deleted_at" IS NULL"#,
            r#"leaves__name__live_sort ("name") WHERE "deleted_at" IS NULL"#,
            r#"leaves__deleted_at__deleted ("deleted_at") WHERE "deleted_at" IS NOT NULL"#,
        ],
    );
    check_indexes(
        Dialect::Postgres,
        TRASHABLE,
        &[
            r#"leaves__name__live_key (md5("name" COLLATE "C")) WHERE "deleted_at" IS NULL"#,
            r#"leaves__name__live_hash USING hash ("name" COLLATE "C") WHERE "deleted_at" IS NULL"#,
            r#"leaves__deleted_at__deleted ("deleted_at", "id") WHERE "deleted_at" IS NOT NULL"#,
        ],
    );
    assert_eq!(
        schema::duplicates(Dialect::Sqlite, TRASHABLE, &["name"]),
        r#"SELECT "name", count(*) FROM "leaves" WHERE "deleted_at" IS NULL GROUP BY "name" HAVING count(*) > 1"#
    );
}

#[test]
fn names_are_short_and_tell_their_fields() {
    let long = "x".repeat(70);
    let name = schema::name(&long, &["é".repeat(40).as_str()], "key");
    assert!(name.len() <= 63 && name.ends_with("__key"), "{name}");
    assert_ne!(schema::name("a", &["b__c"], "key"), schema::name("a", &["b", "c"], "key"));
    assert_ne!(schema::name("a_", &["b"], "key"), schema::name("a", &["_b"], "key"));
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        assert_eq!(schema::fields_of(dialect, BOOK, "books__isbn__key"), Some(vec!["isbn"]));
        assert_eq!(schema::fields_of(dialect, NOTE, "notes__rank__kind__key"), Some(vec!["rank", "kind"]));
        assert_eq!(schema::fields_of(dialect, BOOK, "books__id__pkey"), Some(vec!["id"]));
        assert_eq!(schema::fields_of(dialect, BOOK, "of_somebody_else"), None);
    }
}
