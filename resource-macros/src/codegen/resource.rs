//! `impl Resource`: the description as a constant, and the ways between the struct and its values.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;

use super::meta::{self, list};
use super::place::{Placed, aliases, asked, implement, local, place, ty_at};
use super::{hidden, models};
use crate::model::{Computed, Field, Operations, Page, Resource, Role, SortKey, View};

/// Everything that `#[derive(Resource)]` adds.
pub(crate) fn resource(resource: &Resource) -> TokenStream {
    let outline = &resource.outline;
    let ident = &outline.ident;
    let structs = models::structs(outline);
    let meta = self::meta(resource);
    let list = resource.list.as_ref().and_then(|name| resource.views.iter().position(|it| it.name == *name));
    let associated = models::associated(outline, &id(resource), list);
    let conversions = conversions(&resource.fields);
    let model_impls = outline.models.iter().map(|it| models::model_impls(it, ident));
    let handles = models::handles(outline);
    let declared = declared(resource);
    let checks = meta::checks(&resource.checks);
    let implement = implement(ident);
    let items = quote! {
        #implement _rt::Resource for #ident {
            const META: &'static _rt::ResourceMeta = &#meta;
            #associated
            #conversions
        }
        #(#model_impls)*
        #handles
        #declared
        #checks
    };
    let fields = resource.fields.iter().map(|it| (it.name.as_str(), &it.ty));
    let all = fields.chain(resource.computed.iter().map(|it| (it.name.as_str(), &it.ty)));
    let aliases = aliases(all, ident, &items);
    let hidden = hidden(&outline.krate, &quote!(#aliases #items));
    quote!(#structs #hidden)
}

/// The identifier's type, as what is asked goes to: a bound of the trait is a question too.
fn id(resource: &Resource) -> TokenStream {
    let id = resource.fields.iter().find(|it| matches!(it.role, Role::Id { .. }));
    match id {
        Some(it) if !models::is_plainly_a_field(&it.ty) => asked(&it.name, &it.ty),
        _ => resource.outline.id_ty.to_token_stream(),
    }
}

/// What clients may ask lists for, by the fields' positions: nothing, unless the runtime has clients.
fn declared(resource: &Resource) -> TokenStream {
    let ident = &resource.outline.ident;
    let slots = || resource.fields.iter().enumerate().map(|(slot, it)| (Literal::usize_unsuffixed(slot), it));
    let filters = slots().flat_map(|(slot, field)| {
        let operators = field.filters.iter().map(|it| meta::operator(&it.operator, Span::call_site()));
        operators.map(move |it| quote!(#slot #it)).collect::<Vec<_>>()
    });
    let sorts = slots().filter(|(_, it)| it.sort).map(|(slot, _)| slot);
    let search = resource.fields.iter().any(|it| it.search).then(|| quote!(search));
    quote!(_rt::declared!(#ident filters(#(#filters),*) sorts(#(#sorts),*) #search);)
}

fn meta(resource: &Resource) -> TokenStream {
    let Resource {
        outline,
        name,
        path,
        table,
        doc,
        fields,
        computed,
        views,
        list: list_view,
        sort,
        page,
        operations,
        require_if_match,
        unique,
        indexes,
        rules,
        checks: _,
    } = resource;
    let fields = fields.iter().map(meta::field);
    let doc = doc.as_ref().map(|it| quote!(.doc(#it)));
    let computed = self::computed(computed, &outline.ident);
    let views =
        list(views.iter().map(|View { name, fields }| quote!(_rt::ViewMeta { name: #name, fields: &[#(#fields),*] })))
            .map(|it| quote!(.views(#it)));
    let list_view = list_view.as_ref().map(|it| quote!(.list(#it)));
    let sort = list(sort.iter().map(sort_key)).map(|it| quote!(.sort(#it)));
    let page = page.map(|Page { size, max }| {
        let (size, max) = (Literal::u32_unsuffixed(size), Literal::u32_unsuffixed(max));
        quote!(.page(#size, #max))
    });
    let operations = operations.as_ref().map(|it| self::operations(it));
    let require_if_match = require_if_match.then(|| quote!(.require_if_match()));
    let unique = list(unique.iter().map(|it| quote!(&[#(#it),*]))).map(|it| quote!(.unique(#it)));
    let indexes = list(indexes.iter().map(|it| quote!(&[#(#it),*]))).map(|it| quote!(.indexes(#it)));
    let rules = meta::rules(rules, &outline.ident.to_token_stream());
    quote! {
        _rt::ResourceMeta::new(#name, #path, #table, &[#(#fields),*])
            #doc #computed #views #list_view #sort #page #operations #require_if_match #unique #indexes #rules
    }
}

fn sort_key(key: &SortKey) -> TokenStream {
    let SortKey { field, descending, nulls_first } = key;
    let direction = format_ident!("{}", if *descending { "desc" } else { "asc" });
    let nulls_first = nulls_first.then(|| quote!(.nulls_first()));
    quote!(_rt::SortMeta::#direction(#field) #nulls_first)
}

fn operations(operations: &[Operations]) -> TokenStream {
    let calls = operations.iter().map(|it| match it {
        Operations::Set(name) => {
            let name = Ident::new(name, proc_macro2::Span::call_site());
            quote!(.union(_rt::Operations::#name))
        }
        Operations::One(name) => {
            let name = Ident::new(name, proc_macro2::Span::call_site());
            quote!(.with(_rt::Operation::#name))
        }
    });
    quote!(.operations(_rt::Operations::NONE #(#calls)*))
}

/// The computed fields, and the one function that evaluates them all.
fn computed(computed: &[Computed], resource: &Ident) -> Option<TokenStream> {
    let metas = list(computed.iter().map(|Computed { ident: _, name: _, wire, ty, doc }| {
        let doc = doc.as_ref().map(|it| quote!(.doc(#it)));
        let description = Placed::new(ty).item("FIELD");
        quote!(_rt::ComputedMeta::new(#wire, #description) #doc)
    }))?;
    let (record, it) = (local("__record"), local("__it"));
    let values = computed.iter().map(|Computed { ident, name, ty, .. }| {
        let ty = ty_at(&asked(name, ty), ident.span());
        quote_spanned!(place(ident.span())=> _rt::value::expression::<#ty, _, _>(#it.#ident()))
    });
    Some(quote! {
        .computed(#metas, |#record| {
            let #it = <#resource as _rt::Resource>::from_record(_rt::core::clone::Clone::clone(#record))?;
            _rt::Ok(_rt::value::list([#(#values),*]))
        })
    })
}

/// The ways between a resource and a row.
fn conversions(fields: &[Field]) -> TokenStream {
    let (record, values) = (local("__record"), local("__values"));
    let (taken, given) = (taken(fields), given(fields));
    let id = fields
        .iter()
        .find(|it| matches!(it.role, Role::Id { .. }))
        .map(|Field { ident, .. }| quote!(fn id(&self) -> Self::Id { _rt::value::copy(&self.#ident) }));
    quote! {
        #id

        fn from_record(#record: _rt::Record) -> _rt::ValueResult<Self> {
            let #values = &mut _rt::Values::all(#record.values);
            _rt::Ok(Self { #taken })
        }

        fn into_values(self) -> _rt::Vec<_rt::Value> {
            #given
        }
    }
}

/// The fields of a struct, each from its value in `__values`.
pub(super) fn taken(fields: &[Field]) -> TokenStream {
    let values = local("__values");
    let taken = fields.iter().enumerate().map(|(slot, Field { ident, ty, .. })| {
        let (ty, slot) = (Placed::new(ty), Literal::usize_unsuffixed(slot));
        let (call, question) = (ty.call("__take", &quote!(#values, #slot)), ty.question());
        ty.field(ident, &quote!(#call #question))
    });
    quote!(#(#taken,)*)
}

/// The values of a struct's fields.
pub(super) fn given(fields: &[Field]) -> TokenStream {
    let given = fields.iter().map(|Field { ident, ty, .. }| {
        Placed::new(ty).call_with("into_value", &TokenStream::new(), &quote!(self.#ident))
    });
    quote!(_rt::value::list([#(#given),*]))
}
