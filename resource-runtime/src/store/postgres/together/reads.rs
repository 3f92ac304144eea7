//! Rows that are asked for by their identifiers.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Row;

use super::{Lines, Place};
use crate::field::{Kind, Value};
use crate::query::Filter;
use crate::resource::ResourceMeta;
use crate::store::postgres::row;
use crate::store::postgres::run::{self, Runner};
use crate::store::postgres::singles::Singles;
use crate::store::{Key, StoreResult};

/// The row of a key: these columns, then the version, and perhaps more. It is read after it was asked for.
pub(in crate::store::postgres) async fn row(
    singles: &Arc<Singles>,
    key: &Key,
    columns: &[usize],
) -> StoreResult<Option<Arc<Row>>> {
    let place = if can_be_one_of_several(key) {
        let of = Rows { meta: key.meta, scope: key.scope.clone(), columns: columns.to_vec() };
        singles.rows.join(singles, of, key.id.clone())
    } else {
        Place::Alone(Value::Null)
    };
    // Held until the answer is there.
    let _place = match place {
        Place::Behind(behind) => match behind.answer().await {
            Some(Some(row)) => return Ok(row),
            Some(None) | None => None,
        },
        place => Some(place),
    };
    run::row(&mut &*singles, key, columns).await
}

/// Whether what the database takes for equal is equal here.
fn can_be_one_of_several(key: &Key) -> bool {
    matches!(key.meta.id_field().kind, Kind::Int(_) | Kind::Uuid | Kind::Text)
}

/// The same columns of rows in the same scope.
pub(in crate::store::postgres) struct Rows {
    meta: &'static ResourceMeta,
    scope: Filter,
    columns: Vec<usize>,
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.meta, other.meta) && self.columns == other.columns && self.scope == other.scope
    }
}

impl super::Kind for Rows {
    type Item = Value;
    /// The row, if there is one; nothing where it has to be asked for by itself.
    type Answer = Option<Option<Arc<Row>>>;

    const MOST: usize = 64;
    // Where a round trip takes longer, several are under way.
    const PATIENCE: Duration = Duration::from_millis(1);
    const FLUSHES: bool = false;

    fn lines(singles: &Singles) -> &Lines<Self> {
        &singles.rows
    }

    async fn carry_out(&self, singles: &Arc<Singles>, ids: Vec<Value>) -> Vec<Self::Answer> {
        let Some(found) = self.find(singles, &ids).await else { return vec![None; ids.len()] };
        let row = |id| found.iter().find(|(of, _)| of == id).map(|(_, row)| Arc::clone(row));
        ids.iter().map(|it| Some(row(it))).collect()
    }
}

impl Rows {
    /// The rows that are there, with their identifiers; nothing where each has to be asked for by itself.
    async fn find(&self, singles: &Arc<Singles>, ids: &[Value]) -> Option<Vec<(Value, Arc<Row>)>> {
        let key = Key { meta: self.meta, id: Value::Null, scope: self.scope.clone() };
        let sql = singles.statements().get_many(&key, ids.to_vec(), &self.columns);
        let rows = (&mut &*singles).read(&sql, Some(self.meta)).await.ok()?;
        let id_column = self.columns.len() + 1;
        let id = |row: &Row| row::value(row, id_column, self.meta.id_field()).ok();
        let found: Vec<_> = rows.into_iter().map(|row| Some((id(&row)?, Arc::new(row)))).collect::<Option<_>>()?;
        // A row that nobody here takes for his was found by other rules than those of this code.
        found.iter().all(|(id, _)| ids.contains(id)).then_some(found)
    }
}
