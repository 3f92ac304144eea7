//! From what was written to what holds: every rule over attributes stands in here, and collects
//! what it finds. What only types can tell is left to the compiler, as a [`Check`].
//!
//! [`Check`]: crate::model::Check

mod access;
mod companion;
mod field;
mod foreign;
mod literal;
mod models;
mod names;
mod naming;
mod operations;
mod query;
mod resource;
mod rule;
mod views;

pub(crate) use companion::{object, value_enum};
pub(crate) use resource::resource;

use quote::format_ident;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, Meta, Path, parse_quote};

use crate::attrs::{Keyed, Root};
use crate::error::Errors;

/// An item that cannot be derived for: why, and what is known of it all the same.
#[derive(Debug)]
pub(crate) struct Rejected<T> {
    pub(crate) errors: Errors,
    pub(crate) outline: Option<Box<T>>,
}

/// The named fields of a struct that a derive can take.
fn named_fields<'a>(input: &'a DeriveInput, what: &str, errors: &mut Errors) -> Option<Vec<&'a syn::Field>> {
    check_generics(input, what, errors);
    let help = "write `struct Name { field: Type }`";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields.named.iter().collect()),
            Fields::Unnamed(fields) => errors.push(fields, format!("{what} has named fields"), help),
            Fields::Unit => errors.push(&input.ident, format!("{what} has fields"), help),
        },
        Data::Enum(data) => errors.push(
            data.enum_token,
            format!("{what} is a struct, not an enum"),
            "for an enum that fields can hold, derive `ResourceEnum`",
        ),
        Data::Union(data) => errors.push(data.union_token, format!("{what} is a struct, not a union"), help),
    }
    None
}

fn check_generics(input: &DeriveInput, what: &str, errors: &mut Errors) {
    if !input.generics.params.is_empty() {
        errors.push(
            &input.generics,
            format!("{what} cannot be generic"),
            "write its types out: its description is one, and cannot depend on a parameter",
        );
    }
}

/// The name as the wire has it, without `r#`.
fn plain_name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The text of the doc comments.
fn doc(attrs: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attrs
        .iter()
        .filter_map(|attr| match &attr.meta {
            Meta::NameValue(it) if it.path.is_ident("doc") => match &it.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .flat_map(|text| {
            text.split('\n').map(|it| it.strip_prefix(' ').unwrap_or(it).trim_end().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The path of the runtime.
fn krate(given: Option<Keyed<Root>>) -> Path {
    given.map_or_else(|| parse_quote!(::resource_runtime), |it| it.value.0)
}

/// `BookCreate`, at the place and with the hygiene of `Book`.
fn model_ident(ident: &Ident, suffix: &str) -> Ident {
    format_ident!("{}{}", ident.unraw(), suffix, span = ident.span())
}
