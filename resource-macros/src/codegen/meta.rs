//! The description of fields and their rules.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::models::is_plainly_a_field;
use super::place::{Placed, asked, local, place, ty_at};
use crate::model::{Access, Bound, Check, CheckKind, Field, Filter, Number, Role, Rule, RuleKind, Value};

/// `<T as FieldType>::FIELD.named("name")`, and a call for everything else that was said of it.
pub(super) fn field(field: &Field) -> TokenStream {
    let Field {
        ident: _,
        name,
        wire,
        ty,
        doc,
        column,
        role,
        access,
        default,
        unique,
        sort,
        search,
        filters,
        rules,
        normalize,
        example,
        index,
        as_string,
    } = field;
    let of = &asked(name, ty);
    let doc = doc.as_ref().map(|it| quote!(.doc(#it)));
    let column = column.as_ref().map(|it| quote!(.column(#it)));
    let role = self::role(*role, of);
    let access = access.map(self::access);
    let default = default.as_ref().map(|it| literal(it, of)).map(|it| quote!(.default(#it)));
    let unique = unique.then(|| quote!(.unique()));
    let sort = sort.then(|| quote!(.sortable()));
    let search = search.then(|| quote!(.searchable()));
    let filters = list(filters.iter().map(|it| filter(it, of))).map(|it| quote!(.filters(#it)));
    let rules = self::rules(rules, of);
    let normalize = normalize.as_ref().map(|it| self::normalize(it, of));
    let example = example.as_ref().map(|it| literal(it, of)).map(|it| quote!(.example(#it)));
    let index = (!index).then(|| quote!(.without_index()));
    let as_string = as_string.then(|| quote!(.as_string()));
    let description = Placed::new(ty).item("FIELD");
    quote! {
        #description.named(#wire)
            #doc #column #role #access #default #unique #sort #search #filters #rules #normalize #example #index
            #as_string
    }
}

/// `.rules(&[…])`, where there are any.
pub(super) fn rules(rules: &[Rule], of: &TokenStream) -> Option<TokenStream> {
    list(rules.iter().map(|it| rule(it, of))).map(|it| quote!(.rules(#it)))
}

/// `&[…]`, empty or not.
pub(super) fn rule_list(rules: &[Rule], of: &TokenStream) -> TokenStream {
    list(rules.iter().map(|it| rule(it, of))).unwrap_or_else(|| quote!(&[]))
}

/// `&[…]`, where there is something in it.
pub(super) fn list(items: impl Iterator<Item = TokenStream>) -> Option<TokenStream> {
    let mut items = items.peekable();
    items.peek()?;
    Some(quote!(&[#(#items),*]))
}

fn role(role: Role, of: &TokenStream) -> Option<TokenStream> {
    match role {
        Role::Plain => None,
        Role::Id { client, span } => {
            let of = ty_at(of, span);
            let source = if client { "client_id" } else { "store_id" };
            let source = format_ident!("{source}", span = place(span));
            Some(quote!(.id(_rt::check::#source::<#of>())))
        }
        Role::CreatedAt => Some(quote!(.created_at())),
        Role::UpdatedAt => Some(quote!(.updated_at())),
        Role::DeletedAt { purge_after } => {
            let purge_after = purge_after.map(Literal::u64_unsuffixed);
            let purge_after = purge_after.map(|it| quote!(.purge_after(_rt::core::time::Duration::from_secs(#it))));
            Some(quote!(.soft_delete() #purge_after))
        }
    }
}

fn access(access: Access) -> TokenStream {
    let known = [
        (Access::READ_WRITE, "READ_WRITE"),
        (Access::READ_ONLY, "READ_ONLY"),
        (Access::WRITE_ONLY, "WRITE_ONLY"),
        (Access::IMMUTABLE, "IMMUTABLE"),
        (Access::HIDDEN, "HIDDEN"),
    ];
    if let Some((_, name)) = known.iter().find(|(it, _)| *it == access) {
        let name = format_ident!("{name}");
        return quote!(.access(_rt::Access::#name));
    }
    let Access { create, update, response } = access;
    let create = (!create).then(|| quote!(.skip_create()));
    let update = (!update).then(|| quote!(.skip_update()));
    let response = (!response).then(|| quote!(.skip_response()));
    quote!(.access(_rt::Access::READ_WRITE #create #update #response))
}

/// The function that gives a value written in an attribute.
fn literal(literal: &Value, of: &TokenStream) -> TokenStream {
    let value = value(literal, &|span| ty_at(of, span));
    // That one is a function already.
    if let Value::OfType(_) = literal { value } else { quote!(|| #value) }
}

/// A value written in an attribute; `ty` gives its type at a place.
fn value(value: &Value, ty: &dyn Fn(Span) -> TokenStream) -> TokenStream {
    match value {
        Value::OfType(span) => {
            let ty = ty(*span);
            quote_spanned!(place(*span)=> _rt::value::of_type::<#ty>)
        }
        Value::Number(Number { mantissa, scale, span }) => {
            let ty = ty(*span);
            let (mantissa, scale) = (Literal::i64_unsuffixed(*mantissa), Literal::u32_unsuffixed(*scale));
            quote_spanned!(place(*span)=> _rt::value::number::<#ty>(#mantissa, #scale))
        }
        Value::Text(text) => {
            let ty = ty(text.span());
            quote_spanned!(place(text.span())=> _rt::value::text::<#ty>(#text))
        }
        Value::List(items, span) => {
            let ty = ty(*span);
            // All at the brackets, so that a type which is no list is one error, however many items there are.
            let item = quote_spanned!(place(*span)=> _rt::value::ItemOf<#ty>);
            let items = items.iter().map(|it| self::value(it, &|_| item.clone()));
            quote_spanned!(place(*span)=> _rt::value::items::<#item>(_rt::value::list([#(#items),*])))
        }
        Value::Expression(expr) => {
            let ty = ty(expr.span());
            quote_spanned!(place(expr.span())=> _rt::value::expression::<#ty, _, _>(#expr))
        }
    }
}

fn filter(filter: &Filter, of: &TokenStream) -> TokenStream {
    let Filter { operator, parameter } = filter;
    let span = operator.span();
    let of = ty_at(of, span);
    // The user's own token, so that editors find the operator behind it.
    let function = self::operator(operator, span);
    let parameter = parameter.as_ref().map(|it| quote!(.parameter(#it)));
    quote_spanned!(place(span)=> _rt::op::#function::<#of>()#parameter)
}

/// What the runtime calls an operator: as attributes do, but for the one that is a keyword.
pub(super) fn operator(name: &Ident, span: Span) -> Ident {
    if name == "in" { Ident::new("is_in", span) } else { Ident::new(&name.to_string(), span) }
}

fn normalize(function: &Path, of: &TokenStream) -> TokenStream {
    let value = local("__value");
    let at = function.span();
    let of = ty_at(of, at);
    let call = quote_spanned!(place(at)=> _rt::value::normalize::<#of, _>(#value, &#function));
    quote!(.normalize(|#value| #call))
}

fn rule(rule: &Rule, of: &TokenStream) -> TokenStream {
    let Rule { kind, span, code, message } = rule;
    let at = place(*span);
    let here = ty_at(of, *span);
    let rule = match kind {
        RuleKind::Length { equal: Some(equal), .. } => {
            quote_spanned!(at=> _rt::rule::length_equal::<#here>(#equal))
        }
        RuleKind::Length { min, max, equal: None } => {
            let min = min.as_ref().map_or_else(|| quote!(0), ToTokens::to_token_stream);
            let max = max.as_ref().map_or_else(|| quote!(_rt::rule::NO_MAX), ToTokens::to_token_stream);
            quote_spanned!(at=> _rt::rule::length::<#here>(#min, #max))
        }
        RuleKind::Range { min, max, exclusive_min, exclusive_max } => {
            let low = limit(min.as_ref(), exclusive_min.as_ref());
            let high = limit(max.as_ref(), exclusive_max.as_ref());
            quote_spanned!(at=> _rt::rule::range::<#here>(#low, #high))
        }
        RuleKind::Email => quote_spanned!(at=> _rt::rule::email::<#here>()),
        RuleKind::Url => quote_spanned!(at=> _rt::rule::url::<#here>()),
        RuleKind::Regex(path) => {
            let pattern = quote_spanned!(place(path.span())=> _rt::rule::pattern(&#path));
            quote_spanned!(at=> _rt::rule::regex::<#here>(|| #pattern))
        }
        RuleKind::Contains(text) => quote_spanned!(at=> _rt::rule::contains::<#here>(#text)),
        RuleKind::DoesNotContain(text) => quote_spanned!(at=> _rt::rule::does_not_contain::<#here>(#text)),
        RuleKind::MustMatch { other, field, ty } => {
            let there = ty_at(&asked(field, ty), *span);
            quote_spanned!(at=> _rt::rule::must_match::<#here, #there, _>(#other))
        }
        RuleKind::Custom(function) => self::function("custom", function, of),
        RuleKind::Record(function) => self::function("record", function, of),
        RuleKind::Object(function) => self::function("object", function, of),
    };
    let code = code.as_ref().map(|it| quote!(.code(#it)));
    let message = message.as_ref().map(|it| quote!(.message(#it)));
    quote!(#rule #code #message)
}

/// A rule that calls a function of the user's, at the place of its name.
fn function(caller: &str, function: &Path, of: &TokenStream) -> TokenStream {
    let span = function.span();
    let (caller, value, of) = (format_ident!("{caller}"), local("__value"), ty_at(of, span));
    quote_spanned!(place(span)=> _rt::rule::function(|#value| _rt::rule::#caller::<#of, _>(#value, &#function)))
}

/// One end of a range.
fn limit(inclusive: Option<&Bound>, exclusive: Option<&Bound>) -> TokenStream {
    let (bound, function, variant) = match (inclusive, exclusive) {
        (Some(bound), _) => (bound, quote!(at), quote!(Inclusive)),
        (_, Some(bound)) => (bound, quote!(beyond), quote!(Exclusive)),
        (None, None) => return quote!(_rt::rule::Limit::Open),
    };
    match bound {
        Bound::Number(Number { mantissa, scale, .. }) => {
            let (mantissa, scale) = (Literal::i64_unsuffixed(*mantissa), Literal::u32_unsuffixed(*scale));
            quote!(_rt::rule::#function(#mantissa, #scale))
        }
        Bound::Expression(expr) => {
            quote!(_rt::rule::Limit::#variant(_rt::Bound::Expr(|| _rt::rule::IntoBound::into_bound(#expr))))
        }
    }
}

/// The calls that only types with the right abilities can be given to.
pub(super) fn checks(checks: &[Check]) -> TokenStream {
    // Most types are seen to be neither secret nor made by the server by anyone who reads the output.
    let of_type = |it: &Check| matches!(it.kind, CheckKind::Shown | CheckKind::Sent);
    let is_asked = |it: &&Check| !of_type(it) || !is_plainly_a_field(&it.ty);
    let call = |Check { kind, field, ty, span }: &Check| {
        let ty = ty_at(&asked(field, ty), *span);
        let (function, arguments) = match kind {
            CheckKind::Shown => {
                return quote_spanned!(place(*span)=> _rt::check::shown::<#ty, { <#ty as _rt::Ty>::SECRET }>(););
            }
            CheckKind::EmptyInNewRow => ("empty_in_new_row", None),
            CheckKind::CreatedAt => ("created_at", None),
            CheckKind::UpdatedAt => ("updated_at", None),
            CheckKind::SoftDelete => ("soft_delete", None),
            CheckKind::Comparable => ("comparable", None),
            CheckKind::Text => ("text", None),
            CheckKind::Sent => {
                return quote_spanned!(place(*span)=> _rt::check::sent::<#ty, { <#ty as _rt::Ty>::SENT }>(););
            }
            CheckKind::Nested => ("nested", None),
            CheckKind::AsString => ("as_string", None),
            CheckKind::Number(Number { mantissa, scale, .. }) => {
                let (mantissa, scale) = (Literal::i64_unsuffixed(*mantissa), Literal::u32_unsuffixed(*scale));
                ("number", Some(quote!(#mantissa, #scale)))
            }
            CheckKind::Item(Number { mantissa, scale, .. }) => {
                let (mantissa, scale) = (Literal::i64_unsuffixed(*mantissa), Literal::u32_unsuffixed(*scale));
                return quote_spanned!(place(*span)=> _rt::check::number::<_rt::value::ItemOf<#ty>>(#mantissa, #scale););
            }
        };
        let function = format_ident!("{function}", span = place(*span));
        quote_spanned!(place(*span)=> _rt::check::#function::<#ty>(#arguments);)
    };
    // Numbers are looked at while constants are evaluated, and that ends with the first that is wrong.
    let (numbers, types): (Vec<_>, Vec<_>) =
        checks.iter().filter(is_asked).partition(|it| matches!(it.kind, CheckKind::Number(_) | CheckKind::Item(_)));
    let numbers = numbers.into_iter().map(call).map(|it| quote!(const _: () = #it));
    let types = (!types.is_empty()).then(|| {
        let calls = types.into_iter().map(call);
        quote!(const _: () = { #(#calls)* };)
    });
    quote!(#types #(#numbers)*)
}
