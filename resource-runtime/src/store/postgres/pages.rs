//! Pages of one value, read by plans for any values; see [`pages`](schema::pages).
//!
//! Whether a value's rows are few is counted, up to a bound, and remembered for a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::row;
use super::run::Runner;
use crate::field::Value;
use crate::json::write_value;
use crate::query::{CountMode, Filter, Operator};
use crate::store::sql::schema::pages::{Page, narrow, pages};
use crate::store::{COUNT_CAP, Select, StoreResult};

/// How long a count is believed.
const FRESH: Duration = Duration::from_secs(60);

/// How many values are remembered; clients decide which they ask for.
const REMEMBERED: usize = 4_096;

/// What is known of values.
#[derive(Default)]
pub(super) struct Pages {
    // A std mutex: what is done under it is a lookup.
    counted: Mutex<HashMap<Box<[u8]>, Counted>>,
}

#[derive(Clone, Copy)]
struct Counted {
    at: Instant,
    is_few: bool,
}

impl Pages {
    /// The selection as it is best asked for.
    pub(super) async fn narrow(&self, on: &mut impl Runner, mut select: Select) -> StoreResult<Select> {
        if select.filter == Filter::All {
            return Ok(select);
        }
        for page in pages(&select) {
            if page.is_whole || self.is_few(on, &select, &page).await? {
                select.filter = narrow(select.filter, page);
                break;
            }
        }
        Ok(select)
    }

    /// Whether so few rows have a value that it costs little to look at all of them in an index.
    async fn is_few(&self, on: &mut impl Runner, select: &Select, page: &Page) -> StoreResult<bool> {
        let name = name(select, page);
        let known = self.counted.lock().unwrap_or_else(PoisonError::into_inner).get(&name).copied();
        if let Some(Counted { is_few, .. }) = known.filter(|it| it.at.elapsed() < FRESH) {
            return Ok(is_few);
        }
        let filter = narrow(Filter::one(page.field, Operator::Eq, page.value.clone()), page.clone());
        let of_value = Select { filter, count: CountMode::Capped, ..select.clone() };
        let Some(count) = on.statements().count(&of_value) else { return Ok(false) };
        let rows = on.read(&count, Some(select.meta)).await?;
        let count = rows.first().map_or(Ok(0), |it| row::number(it, 0))?;
        let is_few = u64::try_from(count).is_ok_and(|it| it <= COUNT_CAP);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= REMEMBERED {
            counted.clear();
        }
        counted.insert(name, Counted { at: Instant::now(), is_few });
        Ok(is_few)
    }
}

/// A value's name among all of all tables.
fn name(select: &Select, Page { field, value, .. }: &Page) -> Box<[u8]> {
    let mut name = format!("{} {field} ", select.meta.table).into_bytes();
    if let (Some(of), false) = (select.meta.fields.get(*field), *value == Value::Null) {
        write_value(&mut name, value, &of.kind);
    }
    name.into()
}
