//! Tokens. What comes in has been checked, so nothing in here can fail.
//!
//! Everything but the public items stands in `const _`, where `_rt` is the one name that is
//! brought in; and every path goes through it, so that nothing of the user's can get between.

mod companion;
mod fallback;
mod meta;
mod models;
mod place;
mod resource;

pub(crate) use companion::{object, value_enum};
pub(crate) use fallback::{fallback, fallback_enum, fallback_object};
pub(crate) use resource::resource;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

/// Items that leave no names behind, and that no lint of the user's has anything to say about.
fn hidden(krate: &Path, items: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(warnings, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        const _: () = {
            use #krate::__private as _rt;
            #items
        };
    }
}

/// `#[doc = "…"]`, one line each.
fn doc_attrs(text: &str) -> TokenStream {
    let lines = text.lines().map(|it| if it.is_empty() { String::new() } else { format!(" {it}") });
    quote!(#(#[doc = #lines])*)
}
