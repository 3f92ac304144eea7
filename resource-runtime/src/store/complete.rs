use super::{Select, Store, Window};
use crate::error::ApiError;
use crate::field::Value;
use crate::query::{self, CountMode, Filter, Keyset, ListQuery, Operator, Paging};
use crate::resource::{Record, ResourceMeta};

/// How many rows that begin alike are looked through.
const MAX_ALIKE: u32 = 100;

/// Completes the keyset of a query whose cursor had no room for whole texts; call it before rows
/// are selected by a [`ListQuery`]. For any other query it does nothing.
///
/// # Design
///
/// Between the place that a cut text stands for and the place of the whole one there are at most
/// the rows that begin with the cut text (and are equal in the keys before it). If the row that the
/// cursor was made of is still there, it is one of them, and has the whole values. If it is gone
/// and so is every other row that begins like it, the two places are the same. Only where it is
/// gone and others are there, which takes rows whose texts have several hundred bytes in common,
/// nobody can know where the place was; then the cursor is refused, because any answer might skip
/// or repeat rows.
///
/// # Errors
///
/// The store's, and 400 where the place cannot be found again.
pub async fn complete(
    store: &dyn Store,
    meta: &'static ResourceMeta,
    scope: &Filter,
    list: &mut ListQuery,
) -> Result<(), ApiError> {
    let Some(abridged) = list.abridged.take() else { return Ok(()) };
    let Paging::Cursor { keyset: Some(keyset), .. } = &mut list.paging else { return Ok(()) };
    let select = |filter: Filter, limit: u32| Select {
        meta,
        scope: scope.clone(),
        filter,
        sort: list.sort.clone(),
        window: Window::Offset { offset: 0, limit },
        count: CountMode::None,
    };
    let alike = |keys: usize| {
        let keys = list.sort.iter().zip(keyset.values.iter().zip(&abridged.cut)).take(keys);
        keys.map(|(key, (value, &cut))| match value {
            Value::Null => Filter::one(key.field, Operator::IsNull, Value::Bool(true)),
            value if cut => Filter::one(key.field, Operator::StartsWith, value.clone()),
            value => Filter::one(key.field, Operator::Eq, value.clone()),
        })
        .fold(Filter::All, Filter::and)
    };

    let edge = |row: &Record| list.sort.iter().map(|it| row.get(it.field).clone()).collect::<Vec<_>>();
    let found = store.select(select(alike(list.sort.len()), MAX_ALIKE)).await?;
    if let Some(values) = found.records.iter().map(edge).find(|it| abridged.is_of(it)) {
        *keyset = Keyset { values, backward: keyset.backward };
        return Ok(());
    }
    // Only rows of the list itself can be skipped or repeated.
    let first_cut = abridged.cut.iter().position(|it| *it).map_or(0, |it| it + 1);
    let between = store.select(select(alike(first_cut).and(list.filter.clone()), 1)).await?;
    if between.records.is_empty() {
        return Ok(());
    }
    Err(query::invalid_cursor(
        "the row that the cursor points at is gone, and its place with it; begin again without it",
    ))
}

#[cfg(test)]
mod tests;
