//! The parameters that a list takes: the one table that the parser looks names up in and that the
//! API's description lists.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{LazyLock, PoisonError, RwLock};

use super::{OperandShape, Operator, cursor, list, page, search, tree};
use crate::field::{FieldMeta, IntKind, Kind, Value};
use crate::resource::ResourceMeta;

/// One parameter of a list.
#[derive(Debug, Clone)]
pub struct ParameterMeta {
    /// The name, in clear: `price[gte]`.
    pub name: String,
    /// Another name of the same parameter: `title[eq]` for `title`.
    pub alias: Option<String>,
    /// What it does, in a sentence.
    pub doc: String,
    /// What the parser does with it.
    pub role: ParameterRole,
    /// The name of the field that a filter compares.
    pub field: Option<&'static str>,
    /// What its value is, or each of its values.
    pub kind: Kind,
    /// Whether it takes several values: a comma list, and for filters a repeated parameter as well.
    pub many: bool,
    /// The values that there are, where they are names; for `sort` without `-` and `:nulls_first`.
    pub allowed: Vec<&'static str>,
    /// The least value of a number, the least length of a text, the least number of values.
    pub min: Option<u64>,
    /// The greatest, likewise.
    pub max: Option<u64>,
    /// What holds where the parameter is absent.
    pub default: Option<String>,
    /// A value to show.
    pub example: Option<String>,
}

/// What a list's parameter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterRole {
    /// A comparison of one field, by its position.
    Filter {
        /// The position of the field.
        field: usize,
        /// How it is compared.
        operator: Operator,
    },
    /// A condition in words.
    Tree,
    /// A text to look for.
    Search,
    /// The order.
    Sort,
    /// The field to order by.
    SortBy,
    /// The direction to order in.
    SortOrder,
    /// The fields to answer with.
    Fields,
    /// A page's number.
    Page,
    /// The rows of a page.
    PerPage,
    /// The place to go on from.
    Cursor,
    /// The rows after that place.
    Limit,
    /// Whether rows are counted.
    Count,
}

impl ParameterRole {
    /// Whether it says which rows are meant, and not how to answer with them.
    #[must_use]
    pub const fn is_condition(self) -> bool {
        matches!(self, Self::Filter { .. } | Self::Tree | Self::Search)
    }
}

/// Names that mean the same on every list, and that no filter can take.
const RESERVED: [&str; 12] = [
    "filter",
    "search",
    "sort",
    "sort_by",
    "sort_order",
    "fields",
    "expand",
    "page",
    "per_page",
    "cursor",
    "limit",
    "count",
];

/// Every parameter that a list of this resource takes, in the order that documentation lists them.
#[must_use]
pub fn parameters(meta: &'static ResourceMeta) -> Vec<ParameterMeta> {
    tables(meta).list.parameters.clone()
}

/// A map whose keys the program itself has put in: no client can choose ones that collide, so that its hashes need
/// not be hard to foresee.
type Map<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

/// The hash FNV-1a.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

/// The tables of one resource.
#[derive(Debug)]
pub(super) struct Tables {
    /// What its list takes.
    pub(super) list: Table,
    /// Those of them that are conditions.
    pub(super) conditions: Table,
}

/// Parameters, by name.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) parameters: Vec<ParameterMeta>,
    names: Map<String, usize>,
}

impl Table {
    /// The position of the parameter of this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// All names, aliases left out.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().map(|it| it.name.as_str())
    }

    /// The name of the filter that an operator in brackets would be, had it no name of its own.
    pub(super) fn in_brackets(&self, name: &str) -> Option<&str> {
        let (field, operator) = name.strip_suffix(']')?.split_once('[')?;
        let is_it = |it: &ParameterMeta| match it.role {
            ParameterRole::Filter { operator: own, .. } => it.field == Some(field) && own.name() == operator,
            _ => false,
        };
        self.parameters.iter().find(|it| is_it(it)).map(|it| it.name.as_str())
    }

    /// The names of the filters of one field.
    pub(super) fn names_of(&self, field: &str) -> impl Iterator<Item = &str> {
        self.parameters.iter().filter(move |it| it.field == Some(field)).map(|it| it.name.as_str())
    }
}

/// The tables of a resource, made once.
///
/// A description is a constant that cannot hold its own tables, so they are found by its address,
/// which is that of a `'static` value and so never used again for another. What is leaked is
/// bounded by the number of descriptions in the program.
pub(super) fn tables(meta: &'static ResourceMeta) -> &'static Tables {
    static TABLES: LazyLock<RwLock<Map<usize, &'static Tables>>> = LazyLock::new(RwLock::default);
    let address = std::ptr::from_ref(meta).addr();
    // A table is complete before it is put in, so one that a panicking thread left behind is sound.
    if let Some(&found) = TABLES.read().unwrap_or_else(PoisonError::into_inner).get(&address) {
        return found;
    }
    let made: &'static Tables = Box::leak(Box::new(Tables::new(meta)));
    TABLES.write().unwrap_or_else(PoisonError::into_inner).entry(address).or_insert(made)
}

impl Tables {
    fn new(meta: &'static ResourceMeta) -> Self {
        let mut parameters = filters(meta);
        let has_filters = parameters.iter().any(|it| matches!(it.role, ParameterRole::Filter { .. }));
        let any_filter = meta.fields.iter().any(|it| it.access.response && !it.filters.is_empty());
        if has_filters || any_filter {
            parameters.push(tree_parameter());
        }
        let searched: Vec<_> = search::fields(meta).filter_map(|it| meta.fields.get(it)).map(|it| it.name).collect();
        if !searched.is_empty() {
            parameters.push(search_parameter(&searched));
        }
        parameters.extend(sorts(meta));
        parameters.push(fields_parameter(meta));
        parameters.extend(pages(meta));
        let conditions = parameters.iter().filter(|it| it.role.is_condition()).cloned().collect();
        Self { list: Table::new(parameters), conditions: Table::new(conditions) }
    }
}

impl Table {
    fn new(parameters: Vec<ParameterMeta>) -> Self {
        let mut names = Map::default();
        for (index, parameter) in parameters.iter().enumerate() {
            names.entry(parameter.name.clone()).or_insert(index);
        }
        for (index, parameter) in parameters.iter().enumerate() {
            if let Some(alias) = &parameter.alias {
                names.entry(alias.clone()).or_insert(index);
            }
        }
        Self { parameters, names }
    }
}

/// The comparisons that fields declare, each under its own name or its bracket form. Equality has
/// the field's name alone as well, unless that is taken.
fn filters(meta: &'static ResourceMeta) -> Vec<ParameterMeta> {
    let own_names: Vec<&str> =
        meta.fields.iter().flat_map(|field| field.filters.iter().filter_map(|it| it.parameter)).collect();
    let is_free = |name: &str| !RESERVED.contains(&name) && !own_names.contains(&name);
    let mut parameters = Vec::new();
    for (index, field) in meta.fields.iter().enumerate() {
        // The derive refuses filters on fields that clients do not see; to filter by one would be to
        // read it.
        for filter in field.filters.iter().filter(|_| field.access.response) {
            let bracket = format!("{}[{}]", field.name, filter.operator.name());
            let (name, alias) = match filter.parameter {
                Some(own) if RESERVED.contains(&own) => continue,
                Some(own) => (own.to_owned(), None),
                None if filter.operator == Operator::Eq && is_free(field.name) => {
                    (field.name.to_owned(), Some(bracket))
                }
                None => (bracket, None),
            };
            parameters.push(filter_parameter(index, field, filter.operator, name, alias));
        }
    }
    parameters
}

fn filter_parameter(
    index: usize,
    field: &FieldMeta,
    operator: Operator,
    name: String,
    alias: Option<String>,
) -> ParameterMeta {
    let kind = operand_kind(operator, &field.kind);
    let many = operator.takes_many();
    ParameterMeta {
        name,
        alias,
        doc: format!("`{}` {}.", field.name, operator.doc()),
        role: ParameterRole::Filter { field: index, operator },
        field: Some(field.name),
        kind,
        many,
        allowed: match &kind {
            Kind::Enum(meta) => meta.names().collect(),
            _ => Vec::new(),
        },
        min: many.then_some(1),
        max: many.then_some(list::MAX_VALUES as u64),
        default: None,
        example: match operator {
            Operator::IsNull => None,
            _ => field.example.and_then(|example| example_text(&example(), &kind)),
        },
    }
}

/// What an operator's operand is, or each of its operands.
pub(super) const fn operand_kind(operator: Operator, kind: &Kind) -> Kind {
    match (operator.operand(), kind) {
        (OperandShape::Bool, _) => Kind::Bool,
        (OperandShape::Text, _) => Kind::Text,
        (OperandShape::Items, Kind::List(item)) => **item,
        (OperandShape::One | OperandShape::Many | OperandShape::Items, _) => *kind,
    }
}

/// A value as it is written in a query string, before percent-encoding.
fn example_text(value: &Value, kind: &Kind) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.clone()),
        Value::List(items) => items.first().and_then(|it| example_text(it, kind)),
        _ if !kind.is_ordered() => None,
        _ => {
            let mut json = Vec::new();
            crate::json::write_value(&mut json, value, kind);
            String::from_utf8(json).ok().map(|it| it.trim_matches('"').to_owned())
        }
    }
}

/// A parameter of a text, to be changed.
fn plain(name: &str, role: ParameterRole, doc: impl Into<String>) -> ParameterMeta {
    ParameterMeta {
        name: name.to_owned(),
        alias: None,
        doc: doc.into(),
        role,
        field: None,
        kind: Kind::Text,
        many: false,
        allowed: Vec::new(),
        min: None,
        max: None,
        default: None,
        example: None,
    }
}

fn tree_parameter() -> ParameterMeta {
    let doc = "A condition made of comparisons, `and`, `or`, `not` and parentheses.";
    ParameterMeta { min: Some(1), max: Some(tree::MAX_LENGTH as u64), ..plain("filter", ParameterRole::Tree, doc) }
}

fn search_parameter(searched: &[&str]) -> ParameterMeta {
    let names: Vec<_> = searched.iter().map(|it| format!("`{it}`")).collect();
    let doc = format!("A text that occurs in {}, whatever the case of the letters.", names.join(" or "));
    ParameterMeta {
        min: Some(search::MIN_LENGTH as u64),
        max: Some(search::MAX_LENGTH as u64),
        ..plain("search", ParameterRole::Search, doc)
    }
}

fn sorts(meta: &'static ResourceMeta) -> [ParameterMeta; 3] {
    let allowed: Vec<_> = super::sort::fields(meta).map(|(_, it)| it.name).collect();
    let default: Vec<_> = meta
        .sort
        .iter()
        .map(|it| {
            let sign = if it.descending { "-" } else { "" };
            format!("{sign}{}{}", it.field, if it.nulls_first { super::sort::NULLS_FIRST } else { "" })
        })
        .collect();
    let doc = "The order: fields, each with `-` before it for the greatest first, and with `:nulls_first` after it for \
               nulls before everything else instead of after it.";
    let sort = ParameterMeta {
        many: true,
        allowed: allowed.clone(),
        min: Some(1),
        max: Some(super::sort::MAX_KEYS as u64),
        default: (!default.is_empty()).then(|| default.join(",")),
        example: allowed.first().map(|it| format!("-{it}")),
        ..plain("sort", ParameterRole::Sort, doc)
    };
    let doc = "The field to order by, instead of `sort`.";
    let sort_by = ParameterMeta { allowed, ..plain("sort_by", ParameterRole::SortBy, doc) };
    let sort_order = ParameterMeta {
        allowed: vec!["asc", "desc"],
        default: Some("asc".to_owned()),
        ..plain("sort_order", ParameterRole::SortOrder, "The direction that goes with `sort_by`.")
    };
    [sort, sort_by, sort_order]
}

fn fields_parameter(meta: &'static ResourceMeta) -> ParameterMeta {
    let allowed: Vec<_> = super::fields::names(meta).collect();
    ParameterMeta {
        many: true,
        min: Some(1),
        max: Some(allowed.len() as u64),
        allowed,
        ..plain("fields", ParameterRole::Fields, "The fields to answer with, instead of all.")
    }
}

fn pages(meta: &'static ResourceMeta) -> [ParameterMeta; 5] {
    let number = |name, role, doc, max, default: Option<u64>| ParameterMeta {
        kind: Kind::Int(IntKind::I64),
        min: Some(1),
        max: Some(max),
        default: default.map(|it| it.to_string()),
        ..plain(name, role, doc)
    };
    let size = u64::from(meta.page.size);
    let max = u64::from(meta.page.max);
    let doc = "The page's number, from 1. Not together with `cursor` and `limit`.";
    let page = number("page", ParameterRole::Page, doc, page::max_page(meta), Some(1));
    let per_page = number("per_page", ParameterRole::PerPage, "How many rows a page has.", max, Some(size));
    let doc = "Where to go on: a `next_cursor` or `prev_cursor` of the same list; empty for its beginning.";
    let cursor = ParameterMeta { max: Some(cursor::MAX_LENGTH as u64), ..plain("cursor", ParameterRole::Cursor, doc) };
    let doc = "How many rows to answer with, going on from `cursor` or from the beginning.";
    let limit = number("limit", ParameterRole::Limit, doc, max, Some(size));
    let doc = "How the rows that match are counted; `exact` by default for pages, `none` for cursors.";
    let count = ParameterMeta {
        allowed: page::COUNTS.map(|(name, _)| name).to_vec(),
        ..plain("count", ParameterRole::Count, doc)
    };
    [page, per_page, cursor, limit, count]
}

#[cfg(test)]
mod tests;
