//! What clients may ask lists for: filters, their parameters, and the order.

use std::collections::HashMap;

use syn::LitStr;

use super::foreign;
use crate::attrs::FilterItem;
use crate::error::{Errors, error, instead, translated_or_instead};
use crate::model::{Access, Field, Filter, SortKey};

/// Names that mean something in every list's query string.
const RESERVED: [&str; 13] = [
    "page",
    "per_page",
    "sort",
    "sort_by",
    "sort_order",
    "filter",
    "search",
    "fields",
    "expand",
    "cursor",
    "limit",
    "count",
    "atomic",
];

pub(super) const OPERATORS: [&str; 16] = [
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "nin",
    "contains",
    "starts_with",
    "ends_with",
    "ieq",
    "icontains",
    "is_null",
    "has_all",
    "has_any",
];

/// The filters of one field, and the literals of their parameters' names.
pub(super) fn filters(items: Vec<FilterItem>, errors: &mut Errors) -> Vec<(Filter, Option<LitStr>)> {
    let mut filters: Vec<(Filter, Option<LitStr>)> = Vec::new();
    for FilterItem { operator, parameter } in items {
        let name = operator.to_string();
        if !OPERATORS.contains(&name.as_str()) {
            let help = translated_or_instead(foreign::OPERATORS, &name, OPERATORS);
            errors.push(&operator, format!("there is no operator `{name}`"), help);
            continue;
        }
        if filters.iter().any(|(it, _)| it.operator == operator) {
            errors.push(&operator, format!("`{name}` is given twice"), "keep one of the two");
            continue;
        }
        if let Some(parameter) = &parameter {
            check_parameter(parameter, errors);
        }
        filters.push((Filter { operator, parameter: parameter.as_ref().map(LitStr::value) }, parameter));
    }
    filters
}

fn check_parameter(parameter: &LitStr, errors: &mut Errors) {
    let name = parameter.value();
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    if !starts || !chars.all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-') {
        errors.push(
            parameter,
            format!("`{name}` cannot be the name of a parameter"),
            "it starts with a letter, and has ASCII letters, digits, `_` and `-`",
        );
    }
    if RESERVED.contains(&name.as_str()) {
        errors.push(parameter, format!("`{name}` is a parameter of every list"), "take another name");
    }
}

/// No two filters of a resource may be asked for by one parameter.
#[derive(Default)]
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    /// Enters the filters of one field.
    pub(super) fn enter(&mut self, field: &str, filters: &[(Filter, Option<LitStr>)], errors: &mut Errors) {
        if let Some((filter, _)) = filters.iter().find(|(it, _)| it.parameter.is_none() && RESERVED.contains(&field)) {
            errors.push(
                &filter.operator,
                format!("`{field}` is a parameter of every list, so a filter cannot go by that name"),
                format!("give it one of its own: `{} = \"by_{field}\"`", filter.operator),
            );
        }
        for (filter, literal) in filters {
            let operator = filter.operator.to_string();
            let names = match &filter.parameter {
                Some(name) => vec![name.clone()],
                // `field=value` says the same as `field[eq]=value`.
                None if operator == "eq" => vec![field.to_owned(), format!("{field}[eq]")],
                None => vec![format!("{field}[{operator}]")],
            };
            let filter_name = format!("`{operator}` of `{field}`");
            for name in names {
                let Some(other) = self.0.insert(name.clone(), filter_name.clone()) else { continue };
                let what = format!("the parameter `{name}` stands for {other} already");
                let help = "give each its own name";
                match literal {
                    Some(literal) => errors.push(literal, what, help),
                    None => errors.push(&filter.operator, what, help),
                }
            }
        }
    }
}

/// The order of `sort = "-created_at,title"`.
pub(super) fn sort(text: &LitStr, fields: &[(&Field, Access)], errors: &mut Errors) -> Vec<SortKey> {
    let mut keys: Vec<SortKey> = Vec::new();
    for part in text.value().split(',') {
        match sort_key(text, part, fields) {
            Ok(key) if keys.iter().any(|it| it.field == key.field) => {
                errors.push(text, format!("`{}` is named twice", key.field), "name each field once");
            }
            Ok(key) => keys.push(key),
            Err(error) => errors.add(error),
        }
    }
    keys
}

fn sort_key(text: &LitStr, part: &str, fields: &[(&Field, Access)]) -> syn::Result<SortKey> {
    let part = part.trim();
    let (part, descending) = part.strip_prefix('-').map_or((part, false), |it| (it, true));
    let (field, nulls_first) = match part.split_once(':') {
        None => (part, false),
        Some((field, "nulls_first")) => (field, true),
        Some((_, suffix)) => {
            let help = "write `:nulls_first`, or nothing for nulls last";
            return Err(error(text, format!("there is no suffix `:{suffix}`"), help));
        }
    };
    match fields.iter().find(|(it, _)| it.name == field) {
        Some((_, access)) if !access.response => Err(error(
            text,
            format!("`{field}` does not leave the server, and an order by it would tell its values"),
            "sort by another field",
        )),
        Some(_) => Ok(SortKey { field: field.to_owned(), descending, nulls_first }),
        None => {
            let known = fields.iter().map(|(it, _)| it.name.as_str());
            let what =
                if field.is_empty() { "a name is missing".to_owned() } else { format!("there is no field `{field}`") };
            Err(error(text, what, instead(field, known)))
        }
    }
}
