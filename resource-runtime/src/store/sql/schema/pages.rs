//! Pages of the rows that have one value in a field, in the order of lists that ask for none: which
//! indexes have them, and how PostgreSQL is asked for them.
//!
//! # Design
//!
//! Such a page is the beginning of a range of the field's index, whatever the value, and so are its
//! rows' number and, because the index has the [columns](covered) of other filters too, those that
//! are left out. Planning costs several times as much as reading that, but PostgreSQL's plans for any
//! values are bad ones: they reckon with an average value, for which it may be shorter to go along the
//! order's index, and go along it to its end where the value is rare.
//!
//! So the value is said [three times](narrow), as equal, not less and not more, which all rows fulfil
//! that fulfil the first. The planner takes a range for a two-hundredth of the rows, and finds that the
//! field's index is the shortest way to so few. The server drops what is said twice before it reads. So
//! few rows it would rather sort than read in order; it is kept from that by a limit that it does not know.
//!
//! That way is a bad one where a value is frequent and few of its rows fulfil the other conditions. Who
//! asks so has to know that the value's rows are few, or that there are no other conditions.

use crate::field::{FieldMeta, Role, Value};
use crate::query::{Condition, Filter, Operand, Operator};
use crate::resource::ResourceMeta;
use crate::store::sql::Dialect;
use crate::store::{Select, Window};

use super::indexes::{fits, is_equality, is_range};

/// The most columns of other filters in an index.
const MOST: usize = 6;

/// Whether the rows of one value of a field are indexed in the order of lists that ask for none.
///
/// Orders that cannot be there are those of texts, of what each update changes, and of the identifier
/// alone.
pub(super) fn is_paged(dialect: Dialect, meta: &ResourceMeta, field: &FieldMeta) -> bool {
    let id = meta.id_field().name;
    let follows = |key: &FieldMeta| {
        let is_other = key.name != field.name && key.name != id;
        is_other && key.index && !key.kind.is_text() && key.role != Role::UpdatedAt
    };
    let is_its_own = field.index && field.name != id && !field.sort && !field.unique;
    is_its_own
        && is_equality(field)
        && field.kind.is_ordered()
        && fits(dialect, field)
        && !meta.sort.is_empty()
        && meta.sort.iter().all(|key| meta.field(key.field).is_some_and(|(_, key)| follows(key)))
}

/// The fields by which rows of one value are filtered in its index: those with filters and an index of
/// their own, whose values are short.
pub(super) fn covered<'a>(
    meta: &'a ResourceMeta,
    field: &'a FieldMeta,
) -> impl Iterator<Item = &'static FieldMeta> + 'a {
    let in_order = |name: &str| name == meta.id_field().name || meta.sort.iter().any(|it| it.field == name);
    let is_short = |it: &FieldMeta| it.kind.is_ordered() && !it.kind.is_text();
    let fields: &'static [FieldMeta] = meta.fields;
    let covered = fields.iter().filter(move |it| {
        let is_filtered = it.index && (is_equality(it) || is_range(it)) && it.role != Role::UpdatedAt;
        is_filtered && is_short(it) && it.name != field.name && !in_order(it.name)
    });
    covered.take(MOST)
}

/// A value whose rows' pages are asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    pub(crate) field: usize,
    pub(crate) value: Value,
    /// Whether all its rows are meant.
    pub(crate) is_whole: bool,
}

/// The values of which a selection is a page that PostgreSQL can read from an index. Pages after a
/// place are none: their planner finds rows that are equal in the order by its index.
pub(crate) fn pages(select: &Select) -> Vec<Page> {
    let meta = select.meta;
    let has_place = matches!(&select.window, Window::Keyset { keyset: Some(_), .. });
    if has_place || !is_default_order(select) || !is_plain(&select.scope) {
        return Vec::new();
    }
    let Some(conditions) = conditions(&select.filter) else { return Vec::new() };
    let page = |it: &&Condition| {
        let field = meta.fields.get(it.field)?;
        let value = match (&it.operand, it.operator) {
            (Operand::One(value), Operator::Eq) if !value.is_null() => value.clone(),
            _ => return None,
        };
        if !is_paged(Dialect::Postgres, meta, field) {
            return None;
        }
        let mut others = conditions.iter().filter(|other| other.field != it.field);
        let is_whole = others.clone().next().is_none();
        others.all(|other| is_read_there(meta, field, other)).then_some(Page { field: it.field, value, is_whole })
    };
    conditions.iter().filter_map(page).collect()
}

/// The conditions with a page's value said three times.
pub(crate) fn narrow(filter: Filter, page: Page) -> Filter {
    let Page { field, value, .. } = page;
    filter.and(Filter::one(field, Operator::Gte, value.clone())).and(Filter::one(field, Operator::Lte, value))
}

/// Whether a selection says one of its pages' values three times: a plan for any values is a good one.
pub(crate) fn is_narrow(select: &Select) -> bool {
    let Some(conditions) = conditions(&select.filter) else { return false };
    let is_bound = |it: &Condition, operator| it.operator == operator;
    if !conditions.iter().any(|it| is_bound(it, Operator::Gte)) {
        return false;
    }
    let says = |page: &Page, operator| {
        let same = |it: &&Condition| it.field == page.field && is_bound(it, operator);
        conditions
            .iter()
            .filter(|it| same(it))
            .any(|it| matches!(&it.operand, Operand::One(value) if *value == page.value))
    };
    pages(select).iter().any(|page| says(page, Operator::Gte) && says(page, Operator::Lte))
}

/// Conditions all of which have to hold.
fn conditions(filter: &Filter) -> Option<Vec<&Condition>> {
    let all = match filter {
        Filter::And(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    all.iter().map(|it| if let Filter::Condition(it) = it { Some(it) } else { None }).collect()
}

fn is_default_order(select: &Select) -> bool {
    let Some((id, keys)) = select.sort.split_last() else { return false };
    let is_id = id.field == select.meta.id() && !id.descending;
    let mut pairs = keys.iter().zip(select.meta.sort);
    let same = pairs.all(|(key, declared)| {
        let field = select.meta.field(declared.field).map(|(index, _)| index);
        field == Some(key.field) && key.descending == declared.descending && key.nulls_first == declared.nulls_first
    });
    is_id && same && keys.len() == select.meta.sort.len()
}

/// Whether a scope says no more than that rows are not deleted, which indexes say as well.
fn is_plain(scope: &Filter) -> bool {
    matches!(scope, Filter::All | Filter::Condition(Condition { operator: Operator::IsNull, .. }))
}

/// Whether a page's index has what a condition is on.
fn is_read_there(meta: &ResourceMeta, field: &FieldMeta, condition: &Condition) -> bool {
    let Some(other) = meta.fields.get(condition.field) else { return false };
    let is_order = meta.sort.iter().any(|it| it.field == other.name);
    (is_order || covered(meta, field).any(|it| it.name == other.name))
        && matches!(
            condition.operator,
            Operator::Eq
                | Operator::Ne
                | Operator::Gt
                | Operator::Gte
                | Operator::Lt
                | Operator::Lte
                | Operator::In
                | Operator::Nin
                | Operator::IsNull
        )
}
