//! Where printed tokens stand, as far as the compiler's messages are concerned.
//!
//! # Design
//!
//! One mistake in a type is met in many places of the output. The compiler shows two errors as one
//! if they are equal in everything, their place included. So whatever asks something of a field's
//! type is printed with the place of that type: from its first token to its last.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;

/// A local name that no name of the user's can meet.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The place of a token of the user's, with the names of the derive.
pub(super) fn place(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// The type, at the place of the attribute that asks something of it: there the compiler shows its
/// answer.
pub(super) fn ty_at(ty: &Type, span: Span) -> TokenStream {
    relocated(ty.to_token_stream(), &|it| it.located_at(span))
}

/// A type of the user's, and calls of what `FieldType` has for it, all at the type's place.
pub(super) struct Placed {
    first: Span,
    last: Span,
    ty: TokenStream,
}

impl Placed {
    pub(super) fn new(ty: &Type) -> Self {
        let tokens = ty.to_token_stream();
        let first = tokens.clone().into_iter().next().map_or_else(Span::call_site, |it| first(&it));
        let last = tokens.clone().into_iter().last().map_or(first, |it| last(&it));
        Self { first: place(first), last: place(last), ty: relocated(tokens, &place) }
    }

    /// The type itself.
    pub(super) const fn ty(&self) -> &TokenStream {
        &self.ty
    }

    /// `<T as FieldType>::name`, by the short name that generated code has for the trait.
    pub(super) fn item(&self, name: &str) -> TokenStream {
        let Self { first, last, ty } = self;
        let name = format_ident!("{name}", span = *last);
        let open = quote_spanned!(*first=> <);
        quote_spanned!(*last=> #open #ty as _rt::Ty>::#name)
    }

    /// `<T as FieldType>::name(arguments)`.
    pub(super) fn call(&self, name: &str, arguments: &TokenStream) -> TokenStream {
        let item = self.item(name);
        let (first, last) = (self.first, self.last);
        // `&self.field` goes from the first token to the last as well. Locals keep their hygiene; the rest needs that of
        // the derive, because the compiler joins no places of different hygiene.
        let arguments = arguments.clone().into_iter().map(|mut token| {
            let begins = matches!(&token, TokenTree::Ident(it) if it == "self")
                || matches!(&token, TokenTree::Punct(it) if it.as_char() == '&');
            let is_local = matches!(&token, TokenTree::Ident(it) if it.to_string().starts_with("__"));
            let at = if begins { first } else { last };
            token.set_span(if is_local { token.span().located_at(at) } else { at });
            token
        });
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments.collect());
        arguments.set_span(last);
        quote!(#item #arguments)
    }

    /// `<T as FieldType>::name(argument)`, with an argument that is looked for in another place.
    pub(super) fn call_at(&self, span: Span, name: &str, argument: &TokenStream) -> TokenStream {
        let item = self.item(name);
        let argument = relocated(argument.clone(), &|it| it.located_at(span));
        let mut argument = Group::new(Delimiter::Parenthesis, argument);
        argument.set_span(self.last);
        quote!(#item #argument)
    }

    /// `ident: value`, at the type's place too: the compiler looks at the type once more where a
    /// field gets its value.
    pub(super) fn field(&self, ident: &Ident, value: &TokenStream) -> TokenStream {
        let mut ident = ident.clone();
        ident.set_span(self.first);
        let colon = quote_spanned!(self.first=> :);
        quote!(#ident #colon #value)
    }

    /// `?`, at the end of the type.
    pub(super) fn question(&self) -> TokenStream {
        quote_spanned!(self.last=> ?)
    }
}

fn first(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(it) if it.delimiter() != Delimiter::None => it.span_open(),
        TokenTree::Group(it) => it.stream().into_iter().next().map_or_else(|| it.span(), |it| first(&it)),
        it => it.span(),
    }
}

fn last(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(it) if it.delimiter() != Delimiter::None => it.span_close(),
        TokenTree::Group(it) => it.stream().into_iter().last().map_or_else(|| it.span(), |it| last(&it)),
        it => it.span(),
    }
}

fn relocated(tokens: TokenStream, span: &dyn Fn(Span) -> Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| {
            let mut token = match token {
                TokenTree::Group(it) => TokenTree::Group(Group::new(it.delimiter(), relocated(it.stream(), span))),
                // `$crate` is what its hygiene says.
                TokenTree::Ident(it) if it == "$crate" => return TokenTree::Ident(it),
                it => it,
            };
            token.set_span(span(token.span()));
            token
        })
        .collect()
}
