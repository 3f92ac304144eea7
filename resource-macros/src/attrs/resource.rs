use darling::{FromAttributes, FromMeta};
use syn::Meta;

use super::{
    Bare, Callable, Computed, Expression, Filter, Id, Many, MaybeExpression, Name, Names, Off, Once, Root, Switch,
    Text, Unknown, Value, View, nested,
};

/// `#[resource(…)]` on the struct of a resource.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(resource))]
pub(crate) struct ResourceAttrs {
    #[darling(multiple)]
    pub(crate) path: Once<Text>,
    #[darling(multiple)]
    pub(crate) table: Once<Text>,
    #[darling(multiple)]
    pub(crate) view: Many<View>,
    #[darling(multiple)]
    pub(crate) list: Once<Name>,
    #[darling(multiple)]
    pub(crate) computed: Many<Computed>,
    #[darling(multiple)]
    pub(crate) sort: Once<Text>,
    #[darling(multiple)]
    pub(crate) page: Once<PageAttrs>,
    #[darling(multiple)]
    pub(crate) operations: Once<Names>,
    #[darling(multiple)]
    pub(crate) require_if_match: Once<Switch>,
    #[darling(multiple)]
    pub(crate) unique: Many<Names>,
    #[darling(multiple)]
    pub(crate) index: Many<Names>,
    #[darling(multiple, rename = "crate")]
    pub(crate) krate: Once<Root>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl ResourceAttrs {
    /// What can be written; a test holds that it is all there is.
    pub(crate) const KEYS: &[&'static str] = &[
        "path",
        "table",
        "view",
        "list",
        "computed",
        "sort",
        "page",
        "operations",
        "require_if_match",
        "unique",
        "index",
        "crate",
    ];
}

/// `page(size = 20, max = 100)`.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct PageAttrs {
    #[darling(multiple)]
    pub(crate) size: Once<Expression>,
    #[darling(multiple)]
    pub(crate) max: Once<Expression>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl PageAttrs {
    pub(crate) const KEYS: &[&'static str] = &["size", "max"];
}

impl Value for PageAttrs {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        nested(item, "page(size = 20, max = 100)")
    }
}

/// `soft_delete` or `soft_delete(purge_after = "30 days")`.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct SoftDeleteAttrs {
    #[darling(multiple)]
    pub(crate) purge_after: Once<Text>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl SoftDeleteAttrs {
    pub(crate) const KEYS: &[&'static str] = &["purge_after"];
}

impl Value for SoftDeleteAttrs {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        if let Meta::Path(_) = item {
            return Ok(Self::default());
        }
        nested(item, "soft_delete(purge_after = \"30 days\")")
    }
}

/// `#[resource(…)]` on a field of a resource.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(resource))]
pub(crate) struct FieldAttrs {
    #[darling(multiple)]
    pub(crate) id: Once<Id>,
    #[darling(multiple)]
    pub(crate) created_at: Once<Bare>,
    #[darling(multiple)]
    pub(crate) updated_at: Once<Bare>,
    #[darling(multiple)]
    pub(crate) soft_delete: Once<SoftDeleteAttrs>,
    #[darling(multiple)]
    pub(crate) skip: Once<Names>,
    #[darling(multiple)]
    pub(crate) read_only: Once<Bare>,
    #[darling(multiple)]
    pub(crate) write_only: Once<Bare>,
    #[darling(multiple)]
    pub(crate) immutable: Once<Bare>,
    #[darling(multiple)]
    pub(crate) hidden: Once<Bare>,
    #[darling(multiple)]
    pub(crate) expose: Once<Bare>,
    #[darling(multiple)]
    pub(crate) default: Once<MaybeExpression>,
    #[darling(multiple)]
    pub(crate) normalize: Once<Callable>,
    #[darling(multiple)]
    pub(crate) example: Once<Expression>,
    #[darling(multiple)]
    pub(crate) search: Once<Bare>,
    #[darling(multiple)]
    pub(crate) sort: Once<Bare>,
    #[darling(multiple)]
    pub(crate) filter: Many<Filter>,
    #[darling(multiple)]
    pub(crate) unique: Once<Bare>,
    #[darling(multiple)]
    pub(crate) index: Once<Off>,
    #[darling(multiple)]
    pub(crate) column: Once<Text>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl FieldAttrs {
    pub(crate) const KEYS: &[&'static str] = &[
        "id",
        "created_at",
        "updated_at",
        "soft_delete",
        "skip",
        "read_only",
        "write_only",
        "immutable",
        "hidden",
        "expose",
        "default",
        "normalize",
        "example",
        "search",
        "sort",
        "filter",
        "unique",
        "index",
        "column",
    ];
}
