//! Tokens. What comes in has been checked, so nothing in here can fail.
//!
//! Everything but the public items stands in `const _`, where `_rt` is the one name that is
//! brought in; and every path goes through it, so that nothing of the user's can get between.

mod companion;
mod fallback;
mod meta;
mod models;
mod resource;

pub(crate) use companion::{object, value_enum};
pub(crate) use fallback::{fallback, fallback_enum, fallback_object};
pub(crate) use resource::resource;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Path, Type};

/// Items that leave no names behind.
fn hidden(krate: &Path, items: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = {
            use #krate::__private as _rt;
            #items
        };
    }
}

/// A local name that no name of the user's can meet.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The place of a token of the user's, with the names of the derive.
fn place(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// The type as written, but at the place of the attribute that asks something of it: there the
/// compiler shows its answer.
fn ty_at(ty: &Type, span: Span) -> TokenStream {
    relocated(ty.to_token_stream(), span)
}

fn relocated(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| {
            let mut token = match token {
                TokenTree::Group(it) => TokenTree::Group(Group::new(it.delimiter(), relocated(it.stream(), span))),
                it => it,
            };
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}

/// `#[doc = "…"]`, one line each.
fn doc_attrs(text: &str) -> TokenStream {
    let lines = text.lines().map(|it| if it.is_empty() { String::new() } else { format!(" {it}") });
    quote!(#(#[doc = #lines])*)
}
