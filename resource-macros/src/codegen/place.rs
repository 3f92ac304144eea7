//! Where printed tokens stand, as far as the compiler's messages are concerned.
//!
//! # Design
//!
//! One mistake in a type is met in many places of the output. The compiler shows two errors as one if they are equal in
//! everything, their place included. So whatever the output says of a field's type stands at the place of that type, from its
//! first token to its last, and its own tokens keep their place as it is, which is that of the user's struct too.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;

use super::models::{has_arguments, is_plainly_a_field, is_there_everywhere};

/// A local name that no name of the user's can meet.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// `impl`, at the place of an item's name: see [`aliases`].
pub(super) fn implement(item: &Ident) -> TokenStream {
    quote_spanned!(item.span()=> impl)
}

/// The place of a token of the user's, with the names of the derive.
pub(super) fn place(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// What a field's type is called at the places of attributes that ask something of it.
///
/// Were the type itself printed there, one that does not exist would be missed at each of them. Those that are there
/// everywhere need no other name.
pub(super) fn asked(field: &str, ty: &Type) -> TokenStream {
    if is_there_everywhere(ty) { ty.to_token_stream() } else { alias(field).to_token_stream() }
}

fn alias(field: &str) -> Ident {
    format_ident!("__{field}")
}

/// `type __title = String;` for each of the fields (names with types) whose alias `output` has.
///
/// The alias has the place of the item's name, as the models have: the compiler may suggest to make a missing type
/// a parameter of the item that it is missed in, and then says the same of all of them.
pub(super) fn aliases<'a>(
    fields: impl IntoIterator<Item = (&'a str, &'a Type)>,
    item: &Ident,
    output: &TokenStream,
) -> TokenStream {
    let mut used = HashSet::new();
    collect_idents(output, &mut used);
    let (mut aliases, mut doubt) = (TokenStream::new(), None);
    for (name, ty) in fields {
        let mut alias = alias(name);
        if !used.contains(&alias) {
            continue;
        }
        alias.set_span(item.span());
        if is_plainly_a_field(ty) {
            aliases.extend(quote!(type #alias = #ty;));
            continue;
        }
        // Whatever is asked of a type that is no field, the answer shall be no further error.
        let given = format_ident!("_T_{name}", span = item.span());
        aliases.extend(quote! {
            type #given = #ty;
            type #alias = <[#given; _rt::Probe::<#given>::FIELDS] as _rt::Asked>::Of;
        });
        doubt = Some(quote!(
            use _rt::NotAField as _;
        ));
    }
    quote!(#doubt #aliases)
}

fn collect_idents(tokens: &TokenStream, idents: &mut HashSet<Ident>) {
    for token in tokens.clone() {
        match token {
            TokenTree::Group(it) => collect_idents(&it.stream(), idents),
            TokenTree::Ident(it) => {
                idents.insert(it);
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// A type, at the place of the attribute that asks something of it: there the compiler shows its answer.
pub(super) fn ty_at(ty: &TokenStream, span: Span) -> TokenStream {
    relocated(ty.clone(), &|it| it.located_at(span))
}

/// A type of the user's, and calls of what `FieldType` has for it, all at the type's place.
pub(super) struct Placed {
    first: Span,
    last: Span,
    ty: TokenStream,
    /// Whether it is made of another type that may be no field.
    nested: bool,
}

/// A local of the user's hygiene, see [`Placed::call_with`].
const OWN: &str = "__own";

impl Placed {
    pub(super) fn new(ty: &Type) -> Self {
        let tokens = ty.to_token_stream();
        let first = tokens.clone().into_iter().next().map_or_else(Span::call_site, |it| first(&it));
        let last = tokens.clone().into_iter().last().map_or(first, |it| last(&it));
        Self { first, last, ty: tokens, nested: has_arguments(ty) && !is_plainly_a_field(ty) }
    }

    /// The type itself.
    pub(super) const fn ty(&self) -> &TokenStream {
        &self.ty
    }

    /// `<T as FieldType>::name`, by the short name that generated code has for the trait.
    pub(super) fn item(&self, name: &str) -> TokenStream {
        let Self { first, last, ty, nested: _ } = self;
        let name = format_ident!("{name}", span = *last);
        let open = quote_spanned!(*first=> <);
        quote_spanned!(*last=> #open #ty as _rt::Ty>::#name)
    }

    /// `<T as FieldType>::name(arguments)`.
    pub(super) fn call(&self, name: &str, arguments: &TokenStream) -> TokenStream {
        let item = self.item(name);
        let (first, last) = (self.first, self.last);
        // `&self.field` goes from the first token to the last as well. Locals and `self` keep their hygiene.
        let arguments = arguments.clone().into_iter().map(|mut token| {
            let is_self = matches!(&token, TokenTree::Ident(it) if it == "self");
            let begins = is_self
                || matches!(&token, TokenTree::Ident(it) if it == OWN)
                || matches!(&token, TokenTree::Punct(it) if it.as_char() == '&');
            let is_local = matches!(&token, TokenTree::Ident(it) if it.to_string().starts_with("__"));
            let at = if begins { first } else { last };
            token.set_span(if is_local || is_self { token.span().located_at(at) } else { at });
            token
        });
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments.collect());
        arguments.set_span(last);
        quote!(#item #arguments)
    }

    /// `<T as FieldType>::name(arguments, value)`, with a value such as `&self.field`.
    pub(super) fn call_with(&self, name: &str, arguments: &TokenStream, value: &TokenStream) -> TokenStream {
        if !self.nested {
            return self.call(name, &quote!(#arguments #value));
        }
        // For what a type is made of the compiler blames the argument, and `self` there has the derive's hygiene.
        let own = Ident::new(OWN, self.first);
        let call = self.call(name, &quote!(#arguments #own.0));
        quote!({ let #own = (#value,); #call })
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
