//! What was written: the attributes of an item, as keys with values, each with its place.
//!
//! # Design
//!
//! Darling finds the keys. It stops at the first value that does not parse, and its words are its
//! own; so here every key is taken as a [`Given`], which never fails: a wrong value, a repeated
//! and an unknown key are kept with the rest, and reported together with what [`lower`] finds.
//!
//! [`lower`]: crate::lower

mod companion;
mod resource;
mod validate;
mod value;

pub(crate) use companion::{ComputedAttrs, EnumAttrs, ObjectAttrs, ObjectFieldAttrs, VariantAttrs};
pub(crate) use resource::{FieldAttrs, PageAttrs, ResourceAttrs, SoftDeleteAttrs};
pub(crate) use validate::{
    ContainsAttrs, CustomAttrs, LengthAttrs, MustMatchAttrs, PlainRuleAttrs, RangeAttrs, RegexAttrs, SchemaAttrs,
    ValidateAttrs, ValidateStructAttrs,
};
pub(crate) use value::{
    Bare, Callable, Computed, ComputedItem, Expression, Filter, FilterItem, Id, MaybeExpression, Name, Names, Off,
    Root, Switch, Text, View,
};

use darling::ast::{MetaNameValueInvalidExpr, NestedMeta};
use darling::{FromAttributes, FromMeta};
use quote::quote;
use syn::{Attribute, Meta, Path};

use crate::error::{Dictionary, Errors, error, instead, translation};

/// A value that a key can have in an attribute.
pub(crate) trait Value: Sized {
    /// Reads the key's whole item: `key`, `key = …` or `key(…)`.
    fn from_item(item: &Meta) -> syn::Result<Self>;
}

/// A key with its value, or with what is wrong with it.
#[derive(Debug)]
pub(crate) struct Given<T> {
    key: Path,
    value: syn::Result<T>,
}

impl<T: Value> FromMeta for Given<T> {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        Ok(Self { key: item.path().clone(), value: T::from_item(item) })
    }

    fn from_invalid_expr(item: &MetaNameValueInvalidExpr) -> darling::Result<Self> {
        let key = key_name(&item.path);
        let value =
            Err(error(&item.value, format!("the value of `{key}` is not an expression"), "write a value after `=`"));
        Ok(Self { key: item.path.clone(), value })
    }
}

/// A value with the key that it stands under.
#[derive(Debug)]
pub(crate) struct Keyed<T> {
    pub(crate) key: Path,
    pub(crate) value: T,
}

/// A key that may be given once.
#[derive(Debug)]
pub(crate) struct Once<T>(Vec<Given<T>>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Once<T> {
    // Darling builds every key that can stand in several places with these two.
    pub(crate) fn push(&mut self, given: Given<T>) {
        self.0.push(given);
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The key with its value, if it was given; what is wrong with it goes to the errors.
    pub(crate) fn take(self, errors: &mut Errors) -> Option<Keyed<T>> {
        let mut all = self.0.into_iter();
        let first = all.next();
        for again in all {
            let name = key_name(&again.key);
            // From the one to the other, so that both are shown.
            let both = first.as_ref().map(|it| &it.key).into_iter().chain([&again.key]);
            errors.push(quote!(#(#both)*), format!("`{name}` is given twice"), "keep one of the two");
        }
        first.and_then(|it| Some(Keyed { value: errors.handle(it.value)?, key: it.key }))
    }

    /// The key, whatever there is to its value.
    pub(crate) fn key(&self) -> Option<Path> {
        self.0.first().map(|it| it.key.clone())
    }

    /// The value alone.
    pub(crate) fn value(self, errors: &mut Errors) -> Option<T> {
        self.take(errors).map(|it| it.value)
    }
}

/// A key that may be given any number of times.
#[derive(Debug)]
pub(crate) struct Many<T>(Vec<Given<T>>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Many<T> {
    pub(crate) fn push(&mut self, given: Given<T>) {
        self.0.push(given);
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The values that are right, with their keys.
    pub(crate) fn take(self, errors: &mut Errors) -> Vec<Keyed<T>> {
        self.0.into_iter().filter_map(|it| Some(Keyed { value: errors.handle(it.value)?, key: it.key })).collect()
    }
}

/// The keys that an attribute does not have.
#[derive(Debug, Default)]
pub(crate) struct Unknown(Vec<Path>);

impl FromMeta for Unknown {
    fn from_list(items: &[NestedMeta]) -> darling::Result<Self> {
        let path = |item: &NestedMeta| match item {
            NestedMeta::Meta(it) => Some(it.path().clone()),
            NestedMeta::NameValueInvalidExpr(it) => Some(it.path.clone()),
            // `parse` has refused them before.
            NestedMeta::Lit(_) => None,
        };
        Ok(Self(items.iter().filter_map(path).collect()))
    }
}

impl Unknown {
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Without the names in a dictionary: each is reported with what to write, after `what` is wrong with it.
    pub(crate) fn without(
        mut self,
        dictionary: Dictionary,
        what: impl Fn(&str) -> String,
        errors: &mut Errors,
    ) -> Self {
        self.0.retain(|key| {
            let name = key_name(key);
            let help = translation(dictionary, &name);
            if let Some(help) = help {
                errors.push(key, what(&name), help);
            }
            help.is_none()
        });
        self
    }

    /// Without the names that other frameworks have for a key.
    pub(crate) fn translated(self, dictionary: Dictionary, errors: &mut Errors) -> Self {
        self.without(dictionary, |name| format!("there is no key `{name}`"), errors)
    }

    /// Reports each, for an attribute with these keys; `elsewhere` says where keys go that do not go here.
    pub(crate) fn report(self, keys: &[&'static str], elsewhere: &[(&[&str], &str)], errors: &mut Errors) {
        for key in self.0 {
            let name = key_name(&key);
            match elsewhere.iter().find(|(others, _)| others.contains(&name.as_str())) {
                Some((_, help)) => errors.push(&key, format!("`{name}` does not belong here"), help),
                None => errors.push(&key, format!("there is no key `{name}`"), instead(&name, keys.iter().copied())),
            }
        }
    }
}

/// The keys' name as users write it.
pub(crate) fn key_name(key: &Path) -> String {
    key.segments.iter().map(|it| it.ident.to_string()).collect::<Vec<_>>().join("::")
}

/// Reads all attributes of this name on one item.
///
/// What cannot be read at all (a missing comma) is reported; then there is no value, and later
/// stages know nothing of the item's other keys either.
pub(crate) fn parse<T: FromAttributes>(name: &str, attrs: &[Attribute], errors: &mut Errors) -> Option<T> {
    let before = errors.len();
    for attr in attrs.iter().filter(|it| it.path().is_ident(name)) {
        check_syntax(name, attr, errors);
    }
    if errors.len() > before {
        return None;
    }
    errors.handle(T::from_attributes(attrs))
}

fn check_syntax(name: &str, attr: &Attribute, errors: &mut Errors) {
    let Meta::List(meta) = &attr.meta else {
        errors.push(
            &attr.meta,
            format!("`{name}` without its parentheses says nothing"),
            format!("write `#[{name}(…)]`, or remove it"),
        );
        return;
    };
    let items = NestedMeta::parse_meta_list(meta.tokens.clone())
        .map_err(|it| value::with_help(&it, "write `key`, `key = value` or `key(…)`, with commas between them"));
    let Some(items) = errors.handle(items) else { return };
    if items.is_empty() {
        errors.push(&attr.meta, format!("`{name}()` says nothing"), "remove it");
    }
    for item in items {
        if let NestedMeta::Lit(literal) = item {
            errors.push(literal, "a value without its key", "write `key = value`");
        }
    }
}

/// Reads the list of a key that has keys of its own: `page(size = 20)`.
fn nested<T: FromMeta>(item: &Meta, example: &str) -> syn::Result<T> {
    let key = key_name(item.path());
    let Meta::List(meta) = item else {
        return Err(error(item, format!("`{key}` takes a list in parentheses"), format!("write `{example}`")));
    };
    let items = NestedMeta::parse_meta_list(meta.tokens.clone())
        .map_err(|it| value::with_help(&it, &format!("write `{example}`")))?;
    if items.is_empty() {
        return Err(error(item, format!("`{key}()` says nothing"), format!("write `{example}`")));
    }
    if let Some(literal) = items.iter().find(|it| matches!(it, NestedMeta::Lit(_))) {
        return Err(error(literal, "a value without its key", format!("write `{example}`")));
    }
    T::from_list(&items).map_err(Into::into)
}
