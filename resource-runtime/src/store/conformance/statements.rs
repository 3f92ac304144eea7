//! That statements found by their shape are those that would be put together.

use std::collections::HashMap;

use super::pool::draw_zoo_row;
use super::random::{draw_changes, draw_filter, draw_select};
use super::rng::Rng;
use super::zoo::ZOO;
use crate::field::Value;
use crate::query::Filter;
use crate::resource::Record;
use crate::store::Key;
use crate::store::sql::{self, Dialect, SqlText, Statement, Statements};

/// Compares what is found with what is put together, and notes which text each shape has.
#[derive(Default)]
struct Pairs {
    texts: HashMap<u64, String>,
    compared: usize,
}

impl Pairs {
    fn check(&mut self, found: &Statement, made: &SqlText) {
        assert_eq!(*found.text, *made.text);
        assert_eq!(format!("{:?}", found.binds), format!("{:?}", made.binds), "{}", made.text);
        assert_eq!(found.for_values, made.for_values, "{}", made.text);
        assert_eq!(*self.texts.entry(found.shape).or_insert_with(|| made.text.clone()), made.text);
        self.compared += 1;
    }

    fn check_all(&mut self, found: &[Statement], made: &[SqlText]) {
        assert_eq!(found.len(), made.len());
        found.iter().zip(made).for_each(|(found, made)| self.check(found, made));
    }
}

fn check(dialect: Dialect) {
    let rng = &mut Rng::new(0xC0FFEE);
    let statements = Statements::new(dialect);
    let rows: Vec<_> = (0..20).map(|_| Record { values: draw_zoo_row(rng), version: 1 }).collect();
    let mut pairs = Pairs::default();
    for _ in 0..3_000 {
        let select = draw_select(rng, &rows);
        let columns: Vec<_> = (0..ZOO.fields.len()).filter(|_| rng.one_in(8)).collect();
        pairs.check(&statements.select(&select, &columns), &sql::select(dialect, &select, &columns));
        pairs.check(&statements.select_counted(&select, &columns), &sql::select_counted(dialect, &select, &columns));
        pairs.check_all(&statements.select_parts(&select, &columns), &sql::select_parts(dialect, &select, &columns));
        let counts = [statements.count(&select)].into_iter().flatten().collect::<Vec<_>>();
        pairs.check_all(&counts, sql::count(dialect, &select).as_slice());

        let scope = if rng.one_in(2) { draw_filter(rng, 2) } else { Filter::All };
        let key = Key { meta: ZOO, id: rng.pick(&rows).get(0).clone(), scope };
        let version = rng.one_in(2).then_some(7);
        let changes = draw_changes(rng);
        pairs.check(&statements.get(&key, &columns), &sql::get(dialect, &key, &columns));
        pairs.check(&statements.version_of(&key), &sql::version_of(dialect, &key));
        let update = sql::update(dialect, &key, changes.clone(), version, &columns);
        pairs.check(&statements.update(&key, changes, version, &columns), &update);
        pairs.check(&statements.delete(&key, version, &columns), &sql::delete(dialect, &key, version, &columns));
        let mut values = draw_zoo_row(rng);
        if rng.one_in(2) {
            values[ZOO.id()] = Value::Null;
        }
        let insert = sql::insert(dialect, ZOO, values.clone(), 1, &columns);
        pairs.check(&statements.insert(ZOO, values, 1, &columns), &insert);
    }
    let shapes = pairs.texts.len();
    assert!(shapes > 1_000 && shapes < pairs.compared, "{shapes} shapes of {}", pairs.compared);
}

#[test]
fn statements_of_sqlite_are_found_as_they_are_made() {
    check(Dialect::Sqlite);
}

#[test]
fn statements_of_postgresql_are_found_as_they_are_made() {
    check(Dialect::Postgres);
}
