use super::{Directory, done, everything, insert, rows, store};
use crate::field::{EnumMeta, FieldMeta, FilterMeta, IdSource, Kind, Value, Variant};
use crate::query::Operator;
use crate::resource::ResourceMeta;
use crate::store::sql::Statement;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store as _, StoreErrorKind};
use crate::testing::{BOOK, TRASHABLE};

static TWO: EnumMeta = EnumMeta {
    name: "State",
    doc: "",
    variants: &[Variant { name: "on", doc: "" }, Variant { name: "it's off", doc: "" }],
};

static FOUR: EnumMeta = EnumMeta {
    name: "Season",
    doc: "",
    variants: &[
        Variant { name: "spring", doc: "" },
        Variant { name: "summer's", doc: "" },
        Variant { name: "autumn", doc: "" },
        Variant { name: "winter", doc: "" },
    ],
};

const ID: FieldMeta = FieldMeta::of::<i64>("id").id(IdSource::Store);

static THING: &ResourceMeta = &ResourceMeta::new(
    "Thing",
    "things",
    "things",
    &[
        ID,
        FieldMeta::of::<String>("name").sortable().filters(&[FilterMeta::new(Operator::Ieq)]),
        FieldMeta::of::<Option<i64>>("year"),
        FieldMeta { kind: Kind::Enum(&TWO), ..FieldMeta::of::<String>("state") },
        FieldMeta::of::<rust_decimal::Decimal>("price").sortable(),
    ],
)
.unique(&[&["name", "year"]]);

static FRUIT: &ResourceMeta = &ResourceMeta::new(
    "Fruit",
    "fruits",
    "fruits",
    &[
        ID,
        FieldMeta { kind: Kind::Enum(&FOUR), ..FieldMeta::of::<String>("season") },
        FieldMeta { kind: Kind::Enum(&FOUR), ..FieldMeta::of::<Option<String>>("second") },
    ],
);

/// Runs statements as somebody with a shell of their own would (which has such a collation too).
fn by_hand(directory: &Directory, statements: &str) -> rusqlite::Result<()> {
    let location = super::super::Location::parse("x").unwrap();
    let path = directory.0.join("x.db");
    super::super::connection::open(&path, &location, super::super::Purpose::Write)?.execute_batch(statements)
}

/// Makes a table by hand, migrates, and gives the report.
async fn drift(table: &str) -> Result<(), String> {
    let directory = Directory::new();
    by_hand(&directory, table).unwrap();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    let Err(error) = store.migrate(&[THING]).await else { return Ok(()) };
    let StoreErrorKind::Drift { report } = error.kind() else { panic!("{error}") };
    store.close().await;

    // What the report proposes works, but for conflicts that only the user can settle.
    let mend: Vec<_> = report.lines().filter_map(|it| it.strip_prefix("    ")).collect();
    by_hand(&directory, &mend.join("\n")).unwrap_or_else(|it| panic!("{it}: {report}"));
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    store.migrate(&[THING]).await.unwrap_or_else(|it| panic!("still: {it}"));
    let rows = store.select(everything(THING)).await.unwrap().records;
    assert_eq!(rows.len(), 1, "the row of the old table");
    let values = vec![Value::Null, "new".to_owned().into_text(), Value::Null, "on".to_owned().into_text(), price()];
    assert_ne!(done(store.write(insert(THING, values)).await).get(0), rows[0].get(0));
    Err(report.clone())
}

trait IntoText {
    fn into_text(self) -> Value;
}

impl IntoText for String {
    fn into_text(self) -> Value {
        Value::Text(self)
    }
}

fn price() -> Value {
    Value::Decimal("1.10".parse().unwrap())
}

const FITS: &str = "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, year INTEGER, \
                    state TEXT NOT NULL, price TEXT COLLATE DECIMAL NOT NULL, _version INTEGER NOT NULL DEFAULT 1, \
                    more TEXT)";

#[tokio::test]
async fn a_table_that_fits_is_taken_whoever_made_it() {
    drift(FITS).await.unwrap();
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let store = store(&[BOOK, THING]).await;
    store.migrate(&[THING, BOOK]).await.unwrap();
}

#[tokio::test]
async fn missing_columns_are_added_with_a_value() {
    let report = drift(
        "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, price TEXT COLLATE DECIMAL NOT NULL);
         INSERT INTO things VALUES (7, 'a', '2.50')",
    )
    .await
    .unwrap_err();
    assert!(report.contains("the column \"state\" is missing"), "{report}");
    assert!(report.contains("the column \"_version\" is missing"), "{report}");
    assert!(report.contains("ADD COLUMN \"year\" INTEGER;"), "{report}");
}

#[tokio::test]
async fn columns_of_another_type_are_remade() {
    let report = drift(
        "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(10), year TEXT, state TEXT NOT NULL, \
         price REAL NOT NULL, _version INTEGER NOT NULL DEFAULT 1, extra TEXT NOT NULL);
         INSERT INTO things VALUES (7, NULL, '1999', 'on', 2.5, 3, 'kept')",
    )
    .await
    .unwrap_err();
    for problem in [
        "the column \"name\" is of type VARCHAR(10), and should be TEXT",
        "the column \"name\" takes nulls, and should refuse them",
        "the column \"year\" is of type TEXT, and should be INTEGER",
        "the column \"extra\", which no field fills, cannot be null",
    ] {
        assert!(report.contains(problem), "{report}");
    }
}

#[tokio::test]
async fn an_enum_with_a_new_variant_is_drift() {
    let report = drift(
        "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, year INTEGER, \
         state TEXT NOT NULL CONSTRAINT \"things__state__check\" CHECK (state IN ('on', 'gone')), \
         price TEXT COLLATE DECIMAL NOT NULL, _version INTEGER NOT NULL DEFAULT 1);
         INSERT INTO things VALUES (7, 'a', 1, 'on', '2.50', 1)",
    )
    .await
    .unwrap_err();
    assert!(report.contains("the column \"state\" cannot be 'it's off'"), "{report}");
    assert!(report.contains("the column \"state\" can be 'gone', which State has not"), "{report}");
}

#[tokio::test]
async fn a_column_of_an_enum_takes_its_values_and_no_others() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    // The second time compares the conditions that are there.
    for _ in 0..2 {
        store.migrate(&[FRUIT]).await.unwrap();
    }
    for variant in FOUR.names() {
        let values = vec![Value::Null, variant.to_owned().into_text(), Value::Null];
        done(store.write(insert(FRUIT, values)).await);
    }
    by_hand(&directory, "INSERT INTO fruits (season, second) VALUES ('winter', 'summer''s')").unwrap();
    for (season, second) in [("'Winter'", "NULL"), ("'winter'", "''"), ("'season'", "NULL")] {
        let statement = format!("INSERT INTO fruits (season, second) VALUES ({season}, {second})");
        let error = by_hand(&directory, &statement).unwrap_err().to_string();
        assert!(error.contains("CHECK constraint failed: fruits__"), "{error}");
    }
}

#[tokio::test]
async fn a_condition_on_the_values_of_an_enum_may_be_the_list_that_it_was_before() {
    let directory = Directory::new();
    let list = "IN ('spring', 'summer''s', 'autumn', 'winter')";
    by_hand(
        &directory,
        &format!(
            "CREATE TABLE fruits (id INTEGER PRIMARY KEY AUTOINCREMENT, \
             season TEXT NOT NULL CONSTRAINT \"fruits__season__check\" CHECK (\"season\" {list}), \
             second TEXT CONSTRAINT \"fruits__second__check\" CHECK (\"second\" {list}), \
             _version INTEGER NOT NULL DEFAULT 1) STRICT"
        ),
    )
    .unwrap();
    SqliteStore::open(&directory.url("x.db")).unwrap().migrate(&[FRUIT]).await.unwrap();
}

#[tokio::test]
async fn an_insertion_makes_no_table_of_an_enums_values() {
    let store = store(&[FRUIT]).await;
    let values = vec![Value::Null, "winter".to_owned().into_text(), Value::Null];
    let insert = store.statements.insert(FRUIT, values, 1, &[]);
    let explain = Statement { text: format!("EXPLAIN {}", insert.text).into(), ..insert };
    let steps = rows(&store, &explain, 1);
    assert!(steps.iter().any(|it| it == "OpenWrite"), "{steps:?}");
    assert!(!steps.iter().any(|it| it == "OpenEphemeral"), "{steps:?}");
}

#[tokio::test]
async fn rows_that_are_not_unique_are_reported() {
    let directory = Directory::new();
    let table = |collation: &str| {
        format!(
            "DROP TABLE IF EXISTS things;
             CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL, year INTEGER, state TEXT NOT NULL, \
             price TEXT {collation} NOT NULL, _version INTEGER NOT NULL);
             INSERT INTO things VALUES (1, 'a', 1, 'on', '1', 1), (2, 'a', 1, 'on', '1', 1);"
        )
    };
    by_hand(&directory, &table("COLLATE DECIMAL")).unwrap();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    let error = store.migrate(&[BOOK, THING]).await.unwrap_err();
    let StoreErrorKind::Drift { report } = error.kind() else { panic!("{error}") };
    assert!(report.contains("rows with the same name, year"), "{report}");
    assert!(report.contains("GROUP BY \"name\", \"year\" HAVING count(*) > 1"), "{report}");
    // Nothing was done by halves.
    assert!(store.select(everything(BOOK)).await.is_err());

    by_hand(&directory, &table("")).unwrap();
    let error = store.migrate(&[THING]).await.unwrap_err().to_string();
    assert!(error.contains("\"price\" is of type TEXT, and should be TEXT COLLATE DECIMAL"), "{error}");
}

#[tokio::test]
async fn values_that_are_unique_together_are_refused_twice() {
    let store = store(&[THING]).await;
    let values =
        |name: &str, year| vec![Value::Null, name.to_owned().into_text(), year, "on".to_owned().into_text(), price()];
    done(store.write(insert(THING, values("a", Value::Int(1)))).await);
    done(store.write(insert(THING, values("a", Value::Null))).await);
    done(store.write(insert(THING, values("a", Value::Null))).await);
    let error = store.write(insert(THING, values("a", Value::Int(1)))).await.unwrap_err();
    assert_eq!(*error.kind(), StoreErrorKind::Duplicate { fields: vec!["name", "year"] });
    let mut again = values("b", Value::Null);
    again[0] = Value::Int(1);
    let error = store.write(insert(THING, again)).await.unwrap_err();
    assert_eq!(*error.kind(), StoreErrorKind::Duplicate { fields: vec!["id"] });
}

/// Before its deletes were soft.
static HARD: &ResourceMeta = &ResourceMeta::new("Leaf", "leaves", "leaves", {
    let [fields @ .., _] = TRASHABLE.fields else { panic!("it has fields") };
    fields
});

#[tokio::test]
async fn a_table_from_before_its_deletes_were_soft_is_reported_with_what_mends_it() {
    let row = |name: &str| vec![Value::Null, name.to_owned().into_text(), Value::Null];
    let gone = |name: &str| [row(name), vec![Value::Timestamp(jiff::Timestamp::UNIX_EPOCH)]].concat();
    let directory = Directory::new();
    let open = || SqliteStore::open(&directory.url("x.db")).unwrap();
    let report = async |meta: &'static ResourceMeta| {
        let store = open();
        let error = store.migrate(&[meta]).await.unwrap_err();
        store.close().await;
        let StoreErrorKind::Drift { report } = error.kind() else { panic!("{error}") };
        report.clone()
    };
    let mend = |report: &str| {
        let statements: Vec<_> = report.lines().filter_map(|it| it.strip_prefix("    ")).collect();
        by_hand(&directory, &statements.join("\n")).unwrap();
    };
    let store = open();
    store.migrate(&[HARD]).await.unwrap();
    done(store.write(insert(HARD, row("a"))).await);
    store.close().await;
    let found = report(TRASHABLE).await;
    assert!(found.contains("the column \"deleted_at\" is missing"), "{found}");
    assert!(found.contains("\"leaves__name__key\" keeps values unique that deleted rows leave free"), "{found}");
    mend(&found);
    let store = open();
    store.migrate(&[TRASHABLE]).await.unwrap();
    for row in [gone("a"), gone("b"), [row("b"), vec![Value::Null]].concat()] {
        done(store.write(insert(TRASHABLE, row)).await);
    }
    store.close().await;
    // And back again, where what is deleted counts like any other row.
    let found = report(HARD).await;
    assert!(found.contains("\"leaves__name__live_key\""), "{found}");
    mend(&found);
    let found = report(HARD).await;
    assert!(found.contains("has rows with the same name"), "{found}");
}
