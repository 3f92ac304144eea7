//! Which of several unique sets of fields a write has broken.
//!
//! SQLite names the index that it came to first, which is the newest one. A client is told of the
//! same fields whatever the store is: of the identifier before all others, then of single fields
//! and of sets, in the order in which they are declared.

use rusqlite::Connection;

use super::bind::{self, Failure};
use super::error;
use crate::field::Value;
use crate::query::{CountMode, Filter, Operator};
use crate::resource::ResourceMeta;
use crate::store::sql::Statements;
use crate::store::{Select, Window};

/// The failure of a write, with the fields that it has to name. `row` is the row as it would have
/// been, and `replaced` the identifier of the row in whose place.
pub(super) fn settle(
    connection: &Connection,
    statements: &Statements,
    meta: &'static ResourceMeta,
    failure: Failure,
    row: impl FnOnce() -> Result<Option<Vec<Value>>, Failure>,
    replaced: Option<&Value>,
) -> Failure {
    let Failure::Sql(error) = failure else { return failure };
    if !error::is_duplicate(&error) || sets(meta).nth(1).is_none() {
        return Failure::Sql(error);
    }
    let found = row().and_then(|row| match row {
        Some(row) => first_taken(connection, statements, meta, &row, replaced),
        None => Ok(None),
    });
    match found {
        Ok(Some(fields)) => Failure::Duplicate { fields, error },
        // An index of somebody else's, about which SQLite knows more.
        Ok(None) | Err(_) => Failure::Sql(error),
    }
}

/// The positions of the fields of each unique set.
fn sets(meta: &'static ResourceMeta) -> impl Iterator<Item = Vec<usize>> {
    let single = meta.fields.iter().enumerate().filter(|(_, field)| field.unique).map(|(index, _)| vec![index]);
    let several = meta.unique.iter().map(|names| names.iter().filter_map(|it| Some(meta.field(it)?.0)).collect());
    std::iter::once(vec![meta.id()]).chain(single).chain(several)
}

fn first_taken(
    connection: &Connection,
    statements: &Statements,
    meta: &'static ResourceMeta,
    row: &[Value],
    replaced: Option<&Value>,
) -> Result<Option<Vec<&'static str>>, Failure> {
    let live = meta.soft_delete().map_or(Filter::All, |mark| Filter::one(mark, Operator::IsNull, Value::Bool(true)));
    for set in sets(meta) {
        let values: Option<Vec<_>> =
            set.iter().map(|&field| Some((field, row.get(field).filter(|it| !it.is_null())?.clone()))).collect();
        // Nulls are all different.
        let Some(values) = values else { continue };
        let others = replaced.map_or(Filter::All, |id| Filter::one(meta.id(), Operator::Ne, id.clone()));
        let filter =
            values.into_iter().map(|(field, value)| Filter::one(field, Operator::Eq, value)).fold(others, Filter::and);
        let select = Select {
            meta,
            // A deleted row keeps nothing from others but its identifier.
            scope: if set == [meta.id()] { Filter::All } else { live.clone() },
            filter,
            sort: Vec::new(),
            window: Window::Offset { offset: 0, limit: 1 },
            count: CountMode::None,
        };
        if bind::one(connection, &statements.select(&select, &[]), |_| Ok(()))?.is_some() {
            return Ok(Some(set.iter().filter_map(|&it| meta.fields.get(it)).map(|it| it.name).collect()));
        }
    }
    Ok(None)
}
