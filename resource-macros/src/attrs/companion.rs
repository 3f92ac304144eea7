//! The attributes of enums and value objects.

use darling::FromAttributes;

use super::{Bare, Callable, Expression, MaybeExpression, Once, Root, Text, Unknown};

/// `#[resource(…)]` on an enum.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(resource))]
pub(crate) struct EnumAttrs {
    #[darling(multiple)]
    pub(crate) rename_all: Once<Text>,
    #[darling(multiple, rename = "crate")]
    pub(crate) krate: Once<Root>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl EnumAttrs {
    pub(crate) const KEYS: &[&'static str] = &["rename_all", "crate"];
}

/// `#[resource(…)]` on a variant.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(resource))]
pub(crate) struct VariantAttrs {
    #[darling(multiple)]
    pub(crate) rename: Once<Text>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl VariantAttrs {
    pub(crate) const KEYS: &[&'static str] = &["rename"];
}

/// `#[resource(…)]` on a computed field.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(resource))]
pub(crate) struct ComputedAttrs {
    #[darling(multiple)]
    pub(crate) expose: Once<Bare>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl ComputedAttrs {
    pub(crate) const KEYS: &[&'static str] = &["expose"];
}

/// `#[resource(…)]` on the struct of a value object.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(resource))]
pub(crate) struct ObjectAttrs {
    #[darling(multiple)]
    pub(crate) rename_all: Once<Text>,
    #[darling(multiple, rename = "crate")]
    pub(crate) krate: Once<Root>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl ObjectAttrs {
    pub(crate) const KEYS: &[&'static str] = &["rename_all", "crate"];
}

/// `#[resource(…)]` on a field of a value object.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(resource))]
pub(crate) struct ObjectFieldAttrs {
    #[darling(multiple)]
    pub(crate) default: Once<MaybeExpression>,
    #[darling(multiple)]
    pub(crate) normalize: Once<Callable>,
    #[darling(multiple)]
    pub(crate) example: Once<Expression>,
    #[darling(multiple)]
    pub(crate) expose: Once<Bare>,
    #[darling(multiple)]
    pub(crate) rename: Once<Text>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl ObjectFieldAttrs {
    pub(crate) const KEYS: &[&'static str] = &["default", "normalize", "example", "expose", "rename"];
}
