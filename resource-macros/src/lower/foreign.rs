//! Names that other frameworks have for what is written otherwise here, with what to write.
//!
//! A person who comes from one of them writes its names first. A list of all keys would be an
//! answer too, and leave it to them which one is meant.

use crate::error::Dictionary;

/// Keys of `#[resource(…)]` on a field.
pub(super) const ON_FIELDS: Dictionary = &[
    (&["primary_key", "primary", "pk", "key"], "write `id`"),
    (
        &["auto_increment", "autoincrement", "auto", "serial", "generated"],
        "write `id`: the store counts integers, and makes UUIDs, by itself",
    ),
    (
        &["required", "not_null", "non_null", "mandatory"],
        "remove it: a field is required unless its type is an `Option` or it has a `default`",
    ),
    (&["nullable", "optional", "null", "blank"], "write the field's type as `Option<…>`"),
    (
        &["max_length", "min_length", "max_len", "min_len", "len", "size", "max_items", "min_items"],
        "write `#[validate(length(min = …, max = …))]`",
    ),
    (
        &["min", "max", "minimum", "maximum", "min_value", "max_value", "ge", "le", "multiple_of"],
        "write `#[validate(range(min = …, max = …))]`",
    ),
    (&["pattern", "format"], "write `#[validate(regex(path = *PATTERN))]`, or another rule of `#[validate(…)]`"),
    (&["validate", "validator", "validators"], "write `#[validate(…)]` as an attribute of its own"),
    (&["searchable", "full_text", "fulltext"], "write `search`"),
    (&["sortable", "orderable", "order", "order_by"], "write `sort`"),
    (&["filterable", "filters", "filterset", "lookup"], "write `filter(eq)`, with the operators that clients may use"),
    (&["write_once", "create_only", "insert_only"], "write `immutable`"),
    (&["private", "internal", "ignore", "exclude", "transient"], "write `hidden`, if clients neither send nor see it"),
    (&["skip_serializing", "skip_serializing_if"], "write `write_only`, or `hidden` if clients do not send it either"),
    (&["skip_deserializing"], "write `read_only`"),
    (
        &["public"],
        "remove it: clients see a field unless it says otherwise; `expose` is for names that look like a secret",
    ),
    (&["default_value", "default_factory", "server_default", "on_create"], "write `default = …`"),
    (&["on_update", "auto_now", "update_timestamp", "modified_at"], "write `updated_at`"),
    (&["auto_now_add", "create_timestamp", "creation_time", "inserted_at"], "write `created_at`"),
    (&["deleted_at", "soft_deleted", "paranoid"], "write `soft_delete`"),
    (&["name", "alias", "serialized_name", "json"], "write `rename = \"…\"`"),
    (
        &["column_name", "db_column", "column_type"],
        "write `column = \"…\"`; the column's type follows from the field's",
    ),
    (&["description", "comment", "help_text", "doc", "title", "verbose_name"], "write a doc comment: `/// …`"),
    (&["sample", "examples"], "write `example = …`"),
    (&["transform", "trim", "lowercase", "sanitize", "strip"], "write `normalize = name_of_a_function`"),
    (&["unique_key", "uniqueness"], "write `unique`"),
    (&["indexed", "db_index"], "remove it: what has `sort`, `filter` or `unique` has an index"),
    (
        &["foreign_key", "references", "belongs_to", "has_many", "relation", "relationship", "join"],
        "remove it: there are no relations; a field holds the other row's id",
    ),
    (&["string", "stringify"], "write `as_string`"),
];

/// Keys of `#[resource(…)]` on the struct.
pub(super) const ON_STRUCTS: Dictionary = &[
    (&["table_name", "tablename", "db_table"], "write `table = \"…\"`"),
    (
        &["route", "url", "uri", "endpoint", "base_path", "prefix", "plural", "name", "name_plural"],
        "write `path = \"…\"`, one segment; what stands before it is said by `nest`",
    ),
    (&["order", "ordering", "order_by", "default_sort", "sort_by"], "write `sort = \"-created_at\"`"),
    (
        &["page_size", "per_page", "limit", "max_page_size", "max_limit", "pagination", "paginate"],
        "write `page(size = 20, max = 100)`",
    ),
    (
        &["methods", "actions", "only", "except", "endpoints", "routes", "crud", "create", "update", "delete", "get"],
        "write `operations(list, get, create)`, with those that there shall be",
    ),
    (&["read_only", "readonly"], "write `operations(read)`, or `read_only` on a field"),
    (&["unique_together", "unique_constraint"], "write `unique(a_field, another_field)`"),
    (&["indexes", "indices", "index_together"], "write `index(a_field, another_field)`"),
    (&["primary_key", "pk"], "write `#[resource(id)]` on the field"),
    (
        &["timestamps"],
        "add fields: `#[resource(created_at)] created_at: Timestamp`, `#[resource(updated_at)] updated_at: Option<Timestamp>`",
    ),
    (&["deny_unknown_fields"], "remove it: members that a resource does not have are always refused"),
    (
        &["etag", "if_match", "optimistic_locking", "version"],
        "write `require_if_match`; every answer has an ETag anyway",
    ),
    (&["description", "doc", "title", "comment"], "write a doc comment: `/// …`"),
    (
        &["auth", "authorize", "permissions", "guard", "roles"],
        "remove it: a guard stands on the routes, with `.guard(…)`",
    ),
];

/// Keys of `#[validate(…)]` on a field.
pub(super) const RULES: Dictionary = &[
    (&["min_length", "max_length", "len", "size", "min_items", "max_items"], "write `length(min = …, max = …)`"),
    (
        &["min", "max", "minimum", "maximum", "min_value", "max_value", "gt", "gte", "ge", "lt", "lte", "le"],
        "write `range(min = …, max = …)`",
    ),
    (&["pattern"], "write `regex(path = *PATTERN)`"),
    (&["uri"], "write `url`"),
    (&["phone", "uuid", "ascii", "alphanumeric"], "write `regex(path = *PATTERN)`, or `custom(function = …)`"),
    (&["unique"], "write `#[resource(unique)]`"),
    (&["dive"], "write `nested`"),
    (&["function", "with"], "write `custom(function = name_of_a_function)`"),
];

/// Rules of the validator crate that are not ours.
pub(super) const RULES_OF_VALIDATOR: Dictionary = &[
    (&["required"], "remove it: a field that is not an `Option` is required already"),
    (&["skip"], "remove it: a field without rules has none to skip"),
    (&["credit_card", "ip", "non_control_character"], "write a function, and `custom(function = …)`"),
];

/// Keys of `range(…)`.
pub(super) const BOUNDS: Dictionary = &[
    (&["ge", "gte", "minimum", "from"], "write `min = …`"),
    (&["le", "lte", "maximum", "to"], "write `max = …`"),
    (&["gt", "exclusive_minimum"], "write `exclusive_min = …`"),
    (&["lt", "exclusive_maximum"], "write `exclusive_max = …`"),
];

/// Keys of `length(…)`.
pub(super) const LENGTHS: Dictionary = &[
    (&["min_length", "minimum", "ge", "gte"], "write `min = …`"),
    (&["max_length", "maximum", "le", "lte"], "write `max = …`"),
    (&["exact", "eq", "len"], "write `equal = …`"),
];

/// Keys of `page(…)`.
pub(super) const PAGES: Dictionary = &[
    (&["default", "per_page", "limit", "page_size"], "write `size = …`"),
    (&["maximum", "max_size", "max_limit"], "write `max = …`"),
];

/// Operators of `filter(…)`.
pub(super) const OPERATORS: Dictionary = &[
    (&["exact", "equals", "is"], "write `eq`"),
    (&["iexact"], "write `ieq`"),
    (&["not", "not_eq", "exclude"], "write `ne`"),
    (&["min", "from", "after", "since"], "write `gte`, with the name of its parameter: `gte = \"after\"`"),
    (&["max", "to", "before", "until"], "write `lte`, with the name of its parameter: `lte = \"before\"`"),
    (&["range", "between"], "write `gte, lte`"),
    (&["like", "search"], "write `contains`, or `icontains` where the case of the letters does not matter"),
    (&["ilike"], "write `icontains`"),
    (&["prefix", "istartswith"], "write `starts_with`"),
    (&["suffix", "iendswith"], "write `ends_with`"),
    (&["one_of"], "write `in`"),
    (&["not_in", "notin"], "write `nin`"),
    (&["null", "not_null", "is_not_null", "exists"], "write `is_null`, which clients give true or false"),
    (&["has", "all"], "write `has_all`"),
    (&["any", "overlap"], "write `has_any`"),
];

/// Names in `operations(…)`.
pub(super) const OPERATIONS: Dictionary = &[
    (&["index", "list_all", "get_all", "find_all"], "write `list`"),
    (&["retrieve", "show", "find", "get_one", "detail"], "write `get`"),
    (&["post", "insert", "add", "store"], "write `create`"),
    (&["put"], "write `replace`"),
    (&["patch", "edit", "partial_update"], "write `update`"),
    (&["destroy", "remove"], "write `delete`"),
    (&["all"], "write `crud`, and `bulk` for many rows at a time"),
    (&["write"], "write `create, replace, update, delete`"),
    (&["batch"], "write `bulk`"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::attrs::{FieldAttrs, LengthAttrs, PageAttrs, RangeAttrs, ResourceAttrs, ValidateAttrs};
    use crate::lower::query;

    #[test]
    fn no_name_of_ours_is_foreign_and_none_is_translated_twice() {
        let all = [
            (ON_FIELDS, FieldAttrs::KEYS),
            (ON_STRUCTS, ResourceAttrs::KEYS),
            (RULES, ValidateAttrs::KEYS),
            (RULES_OF_VALIDATOR, ValidateAttrs::KEYS),
            (BOUNDS, RangeAttrs::KEYS),
            (LENGTHS, LengthAttrs::KEYS),
            (PAGES, PageAttrs::KEYS),
            (OPERATORS, query::OPERATORS.as_slice()),
        ];
        for (dictionary, ours) in all {
            let mut seen = HashSet::new();
            for name in dictionary.iter().flat_map(|(names, _)| names.iter()) {
                assert!(!ours.contains(name), "`{name}` is ours");
                assert!(seen.insert(name), "`{name}` is there twice");
            }
        }
    }
}
