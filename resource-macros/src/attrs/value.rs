//! The forms that a key's value can have.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitBool, LitStr, Meta, Path, Token, Type};

use super::{Value, key_name};
use crate::error::error;

/// `key` alone.
#[derive(Debug)]
pub(crate) struct Bare;

impl Value for Bare {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self),
            _ => Err(takes_no_value(item)),
        }
    }
}

pub(super) fn takes_no_value(item: &Meta) -> syn::Error {
    expected(item, "takes no value", |key| format!("write `{key}` alone"))
}

/// `key`, `key = true` or `key = false`.
#[derive(Debug)]
pub(crate) struct Switch(pub(crate) bool);

impl Value for Switch {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        match (item, literal(item)) {
            (Meta::Path(_), _) => Ok(Self(true)),
            (_, Some(Lit::Bool(it))) => Ok(Self(it.value)),
            _ => Err(expected(item, "is true or false", |key| format!("write `{key} = true`"))),
        }
    }
}

/// `key = false`.
#[derive(Debug)]
pub(crate) struct Off;

impl Value for Off {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        match literal(item) {
            Some(Lit::Bool(LitBool { value: false, .. })) => Ok(Self),
            _ => Err(expected(item, "can only be turned off", |key| {
                format!("remove it, as what has `sort`, `filter` or `unique` has one; `{key} = false` leaves that out")
            })),
        }
    }
}

/// `key = "text"`.
#[derive(Debug)]
pub(crate) struct Text(pub(crate) LitStr);

impl Value for Text {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        match literal(item) {
            Some(Lit::Str(it)) => Ok(Self(it)),
            _ => Err(expected(item, "takes a string", |key| format!("write `{key} = \"…\"`"))),
        }
    }
}

/// `key = Name`.
#[derive(Debug)]
pub(crate) struct Name(pub(crate) Ident);

impl Value for Name {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        let name = || syn::parse2(value(item)?.into_token_stream()).ok();
        match (literal(item), name()) {
            (Some(Lit::Str(it)), _) => it.parse().map(Self),
            (_, Some(it)) => Ok(Self(it)),
            _ => Err(expected(item, "takes a name", |key| format!("write `{key} = name`"))),
        }
    }
}

/// `key = path::to::it`, or the same in quotes.
#[derive(Debug)]
pub(crate) struct Callable(pub(crate) Path);

impl Value for Callable {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        match (literal(item), value(item)) {
            (Some(Lit::Str(it)), _) => it.parse().map(Self),
            (_, Some(Expr::Path(it))) if it.qself.is_none() => Ok(Self(it.path)),
            _ => {
                Err(expected(item, "takes the name of a function", |key| format!("write `{key} = name_of_a_function`")))
            }
        }
    }
}

/// `crate = path`.
#[derive(Debug)]
pub(crate) struct Root(pub(crate) Path);

impl Value for Root {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        let path = value(item).and_then(|it| Path::parse_mod_style.parse2(it.into_token_stream()).ok());
        match (literal(item), path) {
            (Some(Lit::Str(it)), _) => it.parse_with(Path::parse_mod_style).map(Self),
            (_, Some(it)) => Ok(Self(it)),
            _ => Err(expected(item, "takes a path", |key| format!("write `{key} = ::resource_runtime`"))),
        }
    }
}

/// `key = expression`.
#[derive(Debug)]
pub(crate) struct Expression(pub(crate) Expr);

impl Value for Expression {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        value(item).map(Self).ok_or_else(|| expected(item, "takes a value", |key| format!("write `{key} = …`")))
    }
}

/// `key` or `key = expression`.
#[derive(Debug)]
pub(crate) struct MaybeExpression(pub(crate) Option<Expr>);

impl Value for MaybeExpression {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        match item {
            Meta::List(_) => {
                Err(expected(item, "takes no list", |key| format!("write `{key}` alone, or `{key} = value`")))
            }
            _ => Ok(Self(value(item))),
        }
    }
}

/// `key(a, b)`.
#[derive(Debug)]
pub(crate) struct Names(pub(crate) Vec<Ident>);

impl Value for Names {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        let help = |key: &str| match key {
            "operations" => {
                "write `operations(crud)`, or those that there shall be: `operations(list, get)`".to_owned()
            }
            "skip" => "write `skip(create, update)`".to_owned(),
            key => format!("write `{key}(a_field, another_field)`"),
        };
        Ok(Self(items(item, name, help)?))
    }
}

/// A name, which may be a key word; not in quotes.
fn name(input: ParseStream<'_>) -> syn::Result<Ident> {
    if let Ok(quoted) = input.fork().parse::<LitStr>() {
        return Err(error(&quoted, "a name stands without quotes here", format!("write `{}`", quoted.value())));
    }
    input.call(Ident::parse_any)
}

/// `id` or `id(client)`.
#[derive(Debug)]
pub(crate) enum Id {
    Store,
    Client,
}

impl Value for Id {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        if let Meta::Path(_) = item {
            return Ok(Self::Store);
        }
        let help = |_: &str| "write `id(client)` if clients choose it, else `id` alone".to_owned();
        match items(item, name, help)?.as_slice() {
            [one] if one == "client" => Ok(Self::Client),
            [one, ..] => Err(error(one, format!("an id has no `{one}`"), help(""))),
            [] => Err(expected(item, "says nothing in its parentheses", help)),
        }
    }
}

/// `view(Name: field, …)`.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) name: Ident,
    pub(crate) fields: Vec<Ident>,
}

impl Value for View {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        let help = |_: &str| "write `view(Name: a_field, another_field)`".to_owned();
        let Meta::List(meta) = item else { return Err(expected(item, "takes a name and fields", help)) };
        let parse = |input: ParseStream<'_>| {
            let name = name(input)?;
            input.parse::<Token![:]>()?;
            let fields = Punctuated::<Ident, Token![,]>::parse_terminated_with(input, self::name)?;
            Ok(Self { name, fields: fields.into_iter().collect() })
        };
        let view = meta.parse_args_with(parse).map_err(|it| with_help(&it, &help("")))?;
        if view.fields.is_empty() {
            return Err(error(&view.name, format!("the view `{}` has no fields", view.name), help("")));
        }
        Ok(view)
    }
}

/// `computed(name: Type, …)`.
#[derive(Debug)]
pub(crate) struct Computed(pub(crate) Vec<ComputedItem>);

/// One entry of [`Computed`].
#[derive(Debug)]
pub(crate) struct ComputedItem {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

impl Parse for ComputedItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Self { attrs, name, ty: input.parse()? })
    }
}

impl Value for Computed {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        items(item, ComputedItem::parse, |_| "write `computed(name_of_a_method: ItsType)`".to_owned()).map(Self)
    }
}

/// `filter(operator, operator = "parameter")`.
#[derive(Debug)]
pub(crate) struct Filter(pub(crate) Vec<FilterItem>);

/// One entry of [`Filter`].
#[derive(Debug)]
pub(crate) struct FilterItem {
    pub(crate) operator: Ident,
    pub(crate) parameter: Option<LitStr>,
}

impl Parse for FilterItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let operator = name(input)?;
        let parameter = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if !input.peek(LitStr) {
                let help = format!("write `{operator} = \"name_of_the_parameter\"`");
                return Err(error(input.parse::<Expr>()?, "the name of a parameter is a string", help));
            }
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self { operator, parameter })
    }
}

impl Value for Filter {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        let help = |_: &str| "write `filter(eq, gte = \"min_price\")`".to_owned();
        items(item, FilterItem::parse, help).map(Self)
    }
}

/// The expression after `=`, without the invisible groups of `macro_rules!`.
fn value(item: &Meta) -> Option<Expr> {
    let Meta::NameValue(it) = item else { return None };
    Some(ungrouped(it.value.clone()))
}

fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(it) => ungrouped(*it.expr),
        it => it,
    }
}

fn literal(item: &Meta) -> Option<Lit> {
    match value(item)? {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        _ => None,
    }
}

/// The items of `key(…)`, at least one.
fn items<T>(
    item: &Meta,
    parse: fn(ParseStream<'_>) -> syn::Result<T>,
    help: impl Fn(&str) -> String,
) -> syn::Result<Vec<T>> {
    let Meta::List(meta) = item else { return Err(expected(item, "takes a list in parentheses", help)) };
    let list = |input: ParseStream<'_>| Punctuated::<T, Token![,]>::parse_terminated_with(input, parse);
    let items = meta.parse_args_with(list).map_err(|it| with_help(&it, &help(&key_name(item.path()))))?;
    if items.is_empty() {
        return Err(expected(item, "says nothing in its parentheses", help));
    }
    Ok(items.into_iter().collect())
}

/// A syntax error with what to write; one that says so already stays as it is.
pub(super) fn with_help(syntax: &syn::Error, help: &str) -> syn::Error {
    if syntax.to_string().contains("help:") {
        return syntax.clone();
    }
    syn::Error::new(syntax.span(), format!("{syntax}\nhelp: {help}"))
}

/// An error on the value, or on the key where it has none.
fn expected(item: &Meta, what: &str, help: impl Fn(&str) -> String) -> syn::Error {
    let key = key_name(item.path());
    let at: TokenStream = match item {
        Meta::NameValue(it) => it.value.to_token_stream(),
        Meta::Path(_) | Meta::List(_) => item.to_token_stream(),
    };
    error(at, format!("`{key}` {what}"), help(&key))
}
