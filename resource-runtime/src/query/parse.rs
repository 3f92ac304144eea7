//! Query strings of operations, read against a resource's description.

mod given;

use std::borrow::Cow;

use given::{Given, collect, named};

use super::parameters::{ParameterRole, Table, tables};
use super::{
    Condition, CountMode, CursorKeys, Filter, ListQuery, Operand, Paging, SortKey, cursor, fields, list, page, params,
    search, sort, tree,
};
use crate::error::{ApiError, ErrorCode, Location, Problem, Problems};
use crate::field::{Kind, Mismatch, Value, parse_text, suggest};
use crate::resource::ResourceMeta;

/// The most problems that one answer lists. More of them come from machines, not from people.
const MAX_PROBLEMS: usize = 100;

/// What a request for one row asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemQuery {
    /// Positions (as in [`Values`](crate::model::Values)) of the fields to answer with, in the
    /// response model's order; all of them where the client names none.
    pub fields: Option<Vec<usize>>,
}

/// Reads the query string of a list (without the `?`).
///
/// # Errors
///
/// 422 with every mistake: parameters, fields and operators that the resource does not declare,
/// values that are none of their kind, parameters that are given twice or exclude each other. 400
/// for a cursor that is not one of this list. 414 for a query string that is too long.
pub fn parse(meta: &'static ResourceMeta, raw: &str, keys: &CursorKeys) -> Result<ListQuery, ApiError> {
    Reader::of(meta, &tables(meta).list, raw)?.finish(keys)
}

/// Reads the query string of an operation on every row that conditions hold for: the filters of the
/// list, `filter` and `search`, and nothing else that the list takes.
///
/// # Errors
///
/// As [`parse`], and 422 where there is no condition at all.
pub fn parse_conditions(meta: &'static ResourceMeta, raw: &str) -> Result<Filter, ApiError> {
    let table = &tables(meta).conditions;
    let mut reader = Reader::of(meta, table, raw)?;
    let filter = reader.filter();
    match finish(reader.problems, filter)? {
        Filter::All => Err(unconditional(table)),
        filter => Ok(filter),
    }
}

fn unconditional(table: &Table) -> ApiError {
    let detail = "this goes to every row that conditions hold for, and none was sent";
    let allowed: Vec<&str> = table.names().collect();
    let problem = Problem::parameter("", "condition_required", detail).param("allowed", allowed);
    Problems::from(vec![problem]).into_error(ErrorCode::CONDITION_REQUIRED)
}

/// Reads the query string of a request for one row, whose only parameter is `fields`.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_item(meta: &'static ResourceMeta, raw: &str) -> Result<ItemQuery, ApiError> {
    const ALLOWED: [&str; 1] = ["fields"];
    let mut problems = Problems::new();
    let params = params::split(raw, &mut problems)?;
    let mut query = ItemQuery::default();
    for (_, value) in named(&params, &ALLOWED, &mut problems) {
        query.fields = fields::parse(meta, &value, &mut problems);
    }
    finish(problems, query)
}

/// Reads the query string of an operation that takes at most these parameters, each at most once.
///
/// # Errors
///
/// 422 with every parameter that is none of them or is given twice.
pub fn parse_none(raw: &str, allowed: &[&str]) -> Result<Vec<(String, String)>, ApiError> {
    let mut problems = Problems::new();
    let params = params::split(raw, &mut problems)?;
    let values = named(&params, allowed, &mut problems);
    finish(problems, values)
}

fn finish<T>(problems: Problems, value: T) -> Result<T, ApiError> {
    let is_full = is_full(&problems);
    problems.finish(ErrorCode::INVALID_QUERY, value).map_err(|mut error| {
        if is_full {
            error.problems.truncate(MAX_PROBLEMS);
            error.detail = Some(format!("{MAX_PROBLEMS} or more parameters are invalid"));
        }
        error
    })
}

/// Whether no more problems need to be looked for. Suggestions take time, and lists of what is
/// allowed take room.
fn is_full(problems: &Problems) -> bool {
    problems.as_slice().len() >= MAX_PROBLEMS
}

/// A value that is none of a few names.
pub(super) fn choice(parameter: &str, value: &str, allowed: &[&str]) -> Problem {
    let near = suggest(value, allowed.iter().copied());
    let detail = format!("must be one of: {}", allowed.join(", "));
    Problem::parameter(parameter, "invalid_choice", detail).param("allowed", allowed.to_vec()).did_you_mean(near)
}

/// What has been read of a list's query string.
struct Reader {
    meta: &'static ResourceMeta,
    problems: Problems,
    /// With the positions of their parameters.
    filters: Vec<(usize, Filter)>,
    tree: Option<Filter>,
    search: Option<Filter>,
    sort: Option<Option<Vec<SortKey>>>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    fields: Option<Vec<usize>>,
    page: Option<u64>,
    per_page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
    count: Option<CountMode>,
    /// The first parameters of page mode and of cursor mode that were given, sound or not.
    page_mode: Option<&'static str>,
    cursor_mode: Option<&'static str>,
}

impl Reader {
    const fn new(meta: &'static ResourceMeta) -> Self {
        Self {
            meta,
            problems: Problems::new(),
            filters: Vec::new(),
            tree: None,
            search: None,
            sort: None,
            sort_by: None,
            sort_order: None,
            fields: None,
            page: None,
            per_page: None,
            limit: None,
            cursor: None,
            count: None,
            page_mode: None,
            cursor_mode: None,
        }
    }

    /// Reads the parameters of a table, as far as they are sound each by itself.
    fn of(meta: &'static ResourceMeta, table: &'static Table, raw: &str) -> Result<Self, ApiError> {
        let mut problems = Problems::new();
        let params = params::split(raw, &mut problems)?;
        let mut reader = Self { problems, ..Self::new(meta) };
        for given in collect(table, &params, &mut reader.problems) {
            if is_full(&reader.problems) {
                break;
            }
            reader.read(&given);
        }
        Ok(reader)
    }

    fn read(&mut self, given: &Given<'_>) {
        let meta = self.meta;
        let value = given.value;
        match given.meta.role {
            ParameterRole::Filter { field, operator } => {
                if let Some(operand) = self.operand(given) {
                    let condition = Condition { field, operator, operand };
                    self.filters.push((given.index, Filter::Condition(condition)));
                }
            }
            ParameterRole::Tree => match tree::parse(meta, value) {
                Ok(filter) => self.tree = Some(filter),
                Err(problems) => self.problems.extend(problems),
            },
            ParameterRole::Search => {
                let search = search::parse(meta, value);
                self.search = self.sound(search);
            }
            ParameterRole::Sort => self.sort = Some(sort::parse(meta, value, &mut self.problems)),
            ParameterRole::SortBy => self.sort_by = Some(value.to_owned()),
            ParameterRole::SortOrder => self.sort_order = Some(value.to_owned()),
            ParameterRole::Fields => self.fields = fields::parse(meta, value, &mut self.problems),
            ParameterRole::Page => {
                self.page_mode.get_or_insert("page");
                self.page = self.sound(page::number("page", value, page::max_page(meta)));
            }
            ParameterRole::PerPage => {
                self.page_mode.get_or_insert("per_page");
                self.per_page = self.size("per_page", value);
            }
            ParameterRole::Limit => {
                self.cursor_mode.get_or_insert("limit");
                self.limit = self.size("limit", value);
            }
            ParameterRole::Cursor => {
                self.cursor_mode.get_or_insert("cursor");
                self.cursor = Some(value.to_owned());
            }
            ParameterRole::Count => self.count = self.sound(page::count(value)),
        }
    }

    fn sound<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|it| self.problems.push(it)).ok()
    }

    fn size(&mut self, name: &str, value: &str) -> Option<u32> {
        let number = page::number(name, value, u64::from(self.meta.page.max));
        self.sound(number).and_then(|it| u32::try_from(it).ok())
    }

    /// Reads a filter's value or values; what cannot be read is reported, each value by itself.
    fn operand(&mut self, given: &Given<'_>) -> Option<Operand> {
        let kind = &given.meta.kind;
        if !given.meta.many {
            let value = read_value(kind, given.value);
            let value = value.map_err(|it| it.at(Location::Parameter(given.name.to_owned())));
            return self.sound(value).map(Operand::One);
        }
        let all = std::iter::once(given.value).chain(given.more.iter().copied());
        let texts: Vec<Cow<'_, str>> = all.flat_map(list::split).collect();
        if texts.len() > list::MAX_VALUES {
            let detail = format!("must be at most {} values, found {}", list::MAX_VALUES, texts.len());
            self.problems.push(Problem::parameter(given.name, "length", detail).param("max", list::MAX_VALUES));
            return None;
        }
        let mut values: Vec<Value> = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            if is_full(&self.problems) {
                return None;
            }
            let value = read_value(kind, text).map_err(|it| {
                let mut problem = it.at(Location::Parameter(given.name.to_owned())).param("index", index);
                if texts.len() > 1 {
                    problem.detail = format!("value {}: {}", index + 1, problem.detail);
                }
                problem
            });
            values.extend(self.sound(value));
        }
        (values.len() == texts.len()).then_some(Operand::Many(values))
    }

    fn finish(mut self, keys: &CursorKeys) -> Result<ListQuery, ApiError> {
        let sort = self.order();
        if let (Some(page), Some(cursor)) = (self.page_mode, self.cursor_mode) {
            self.problems.push(conflict(page, cursor, "pages are asked for by number or by cursor, not by both"));
        }
        let filter = self.filter();
        let size = self.meta.page.size;
        let mut query = ListQuery {
            filter,
            sort: sort.unwrap_or_default(),
            paging: Paging::Page { page: self.page.unwrap_or(1), per_page: self.per_page.unwrap_or(size) },
            count: self.count.unwrap_or(CountMode::Exact),
            fields: self.fields.take(),
            abridged: None,
        };
        let cursor = self.cursor.take().filter(|it| !it.is_empty());
        if self.cursor_mode.is_some() {
            query.paging = Paging::Cursor { limit: self.limit.unwrap_or(size), keyset: None };
            query.count = self.count.unwrap_or(CountMode::None);
        }
        // A cursor is read last: what it is bound to has to be sound first.
        let mut query = finish(self.problems, query)?;
        if let (Some(cursor), Paging::Cursor { keyset, .. }) = (cursor, &mut query.paging) {
            let (found, abridged) = cursor::decode(self.meta, &query.filter, &query.sort, &cursor, keys)?;
            *keyset = Some(found);
            query.abridged = abridged;
        }
        Ok(query)
    }

    /// The order, by whichever form it was asked for. None where it is not sound.
    fn order(&mut self) -> Option<Vec<SortKey>> {
        let (sort, by, order) = (self.sort.take(), self.sort_by.take(), self.sort_order.take());
        for (name, other) in [("sort_by", by.is_some()), ("sort_order", order.is_some())] {
            if sort.is_some() && other {
                self.problems.push(conflict(name, "sort", "`sort` says the order already"));
            }
        }
        match (sort, by, order) {
            (Some(sort), _, _) => sort,
            (None, Some(by), order) => sort::parse_two(self.meta, &by, order.as_deref(), &mut self.problems),
            (None, None, Some(order)) => {
                sort::direction(&order, &mut self.problems);
                let problem = Problem::parameter("sort_order", "conflicting_parameters", "needs `sort_by` with it");
                self.problems.push(problem.param("requires", vec!["sort_by"]));
                None
            }
            (None, None, None) => Some(sort::default(self.meta)),
        }
    }

    /// All conditions together: the parameters in the order of the table, `filter`, `search`.
    fn filter(&mut self) -> Filter {
        self.filters.sort_by_key(|(index, _)| *index);
        let mut filter = Filter::All;
        for (_, it) in std::mem::take(&mut self.filters) {
            filter = filter.and(it);
        }
        for it in [self.tree.take(), self.search.take()] {
            filter = filter.and(it.unwrap_or_default());
        }
        filter
    }
}

/// Reads a filter's value. Where a `+` was meant, which in a query string is a space, that is said:
/// offsets of timestamps have one.
fn read_value(kind: &Kind, text: &str) -> Result<Value, Mismatch> {
    parse_text(kind, text).map_err(|mut it| {
        let meant = text.replace(' ', "+");
        if meant != text && parse_text(kind, &meant).is_ok() {
            it.detail.push_str("; a `+` is a space in a query string, unless it is written `%2B`");
            return it.param("did_you_mean", meant.replace('+', "%2B"));
        }
        it
    })
}

fn conflict(name: &'static str, other: &'static str, why: &str) -> Problem {
    let problem = Problem::parameter(name, "conflicting_parameters", format!("cannot go with `{other}`: {why}"));
    problem.param("conflicts_with", vec![other])
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
