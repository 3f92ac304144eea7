//! What a list has to answer with, worked out in the plainest way.

use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::field::Value;
use crate::json::Projection;
use crate::query::{CountMode, Keyset, SortKey};
use crate::resource::Record;
use crate::store::{COUNT_CAP, JsonSelection, Select, Selection, Total, Window};

/// What a selection has to be.
#[derive(Debug)]
pub(super) struct Expected<'a> {
    pub(super) rows: Vec<&'a Record>,
    matching: u64,
    has_more: bool,
}

/// The answer that these rows give.
pub(super) fn expected<'a>(rows: &'a [Record], select: &Select) -> Expected<'a> {
    let seen = |it: &&Record| select.scope.matches(select.meta, it) && select.filter.matches(select.meta, it);
    let mut all: Vec<&Record> = rows.iter().filter(seen).collect();
    all.sort_by(|a, b| order(&select.sort, &keys(&select.sort, a), &keys(&select.sort, b)));
    let matching = all.len() as u64;
    let limit = select.limit() as usize;
    let (rows, has_more) = match &select.window {
        Window::Offset { offset, .. } => {
            let offset = usize::try_from(*offset).unwrap_or(usize::MAX);
            (all.into_iter().skip(offset).take(limit).collect(), false)
        }
        Window::Keyset { keyset: None, .. } => {
            let more = all.len() > limit;
            (all.into_iter().take(limit).collect(), more)
        }
        Window::Keyset { keyset: Some(Keyset { values, backward }), .. } => {
            let side = if *backward { Ordering::Less } else { Ordering::Greater };
            all.retain(|it| order(&select.sort, &keys(&select.sort, it), values) == side);
            let more = all.len() > limit;
            if *backward {
                all.drain(..all.len().saturating_sub(limit));
            } else {
                all.truncate(limit);
            }
            (all, more)
        }
    };
    Expected { rows, matching, has_more }
}

impl Expected<'_> {
    #[track_caller]
    pub(super) fn assert_records(&self, found: &Selection, select: &Select) {
        assert_eq!(ids(select, &found.records), ids(select, self.rows.iter().copied()), "rows of {}", describe(select));
        for (found, expected) in found.records.iter().zip(&self.rows) {
            assert_eq!(found, *expected, "a row of {}", describe(select));
        }
        assert_eq!(found.has_more, self.has_more, "`has_more` of {}", describe(select));
        self.assert_total(found.total, select);
    }

    #[track_caller]
    pub(super) fn assert_json(&self, found: &JsonSelection, select: &Select, projection: &Projection) {
        let mut items = Vec::new();
        for (index, record) in self.rows.iter().enumerate() {
            if index > 0 {
                items.extend_from_slice(projection.separator());
            }
            record.write_json(&mut items, projection).unwrap();
        }
        assert_eq!(text(&found.items), text(&items), "rows of {}", describe(select));
        assert_eq!(found.len, self.rows.len(), "`len` of {}", describe(select));
        if let Window::Keyset { .. } = select.window {
            assert_eq!(found.has_more, self.has_more, "`has_more` of {}", describe(select));
            let ends = self.rows.first().zip(self.rows.last());
            let edges = ends.map(|(first, last)| (keys(&select.sort, first), keys(&select.sort, last)));
            assert_eq!(found.edges, edges, "`edges` of {}", describe(select));
        }
        self.assert_total(found.total, select);
    }

    #[track_caller]
    fn assert_total(&self, found: Option<Total>, select: &Select) {
        let rows = self.matching;
        let counted = Total { rows, kind: CountMode::Exact };
        let capped = (rows > COUNT_CAP).then_some(Total { rows: COUNT_CAP, kind: CountMode::Capped });
        let right = match (select.count, found) {
            (CountMode::None, None) => true,
            (CountMode::Exact, Some(it)) => it == counted,
            (CountMode::Capped, Some(it)) => it == capped.unwrap_or(counted),
            // An estimate may be wrong, as long as it says that it is one.
            (CountMode::Estimated, Some(it)) => it.kind == CountMode::Estimated || it == counted || Some(it) == capped,
            _ => false,
        };
        assert!(right, "{rows} rows match, the total is {found:?}, of {}", describe(select));
    }
}

/// The values of a row's sort keys.
pub(super) fn keys(sort: &[SortKey], record: &Record) -> Vec<Value> {
    sort.iter().map(|it| record.get(it.field).clone()).collect()
}

/// A selection as a failure shows it.
pub(super) fn describe(select: &Select) -> String {
    let name = |field: usize| select.meta.fields.get(field).map_or("?", |it| it.name);
    let mut text = String::from("a list of ");
    text.push_str(select.meta.name);
    for key in &select.sort {
        let sign = if key.descending { "-" } else { "" };
        let nulls = if key.nulls_first { ":nulls_first" } else { "" };
        let _ = write!(text, " {sign}{}{nulls}", name(key.field));
    }
    let _ = write!(text, "\n  window {:?}\n  filter {:?}\n  scope {:?}", select.window, select.filter, select.scope);
    text
}

fn order(sort: &[SortKey], a: &[Value], b: &[Value]) -> Ordering {
    for ((key, a), b) in sort.iter().zip(a).zip(b) {
        let place = |it: &Value| match (it.is_null(), key.nulls_first) {
            (true, true) => 0,
            (false, _) => 1,
            (true, false) => 2,
        };
        let values = a.compare(b);
        let of_key = place(a).cmp(&place(b)).then(if key.descending { values.reverse() } else { values });
        if of_key.is_ne() {
            return of_key;
        }
    }
    Ordering::Equal
}

fn ids<'a>(select: &Select, records: impl IntoIterator<Item = &'a Record>) -> Vec<&'a Value> {
    let id = select.meta.id();
    records.into_iter().map(|it| it.get(id)).collect()
}

fn text(json: &[u8]) -> &str {
    std::str::from_utf8(json).expect("the store's JSON is UTF-8")
}
