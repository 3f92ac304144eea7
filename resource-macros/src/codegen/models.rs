//! The structs that a resource's models are, and what makes them models.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, Path, Visibility};

use super::{doc_attrs, local};
use crate::model::{Form, Handle, Model, ModelField, Outline, Usage};

/// The structs themselves: they stand beside the user's.
pub(super) fn structs(outline: &Outline) -> TokenStream {
    outline.models.iter().map(|it| model_struct(it, &outline.vis, &outline.krate)).collect()
}

fn model_struct(model: &Model, vis: &Visibility, krate: &Path) -> TokenStream {
    let Model { ident, usage: _, doc, fields } = model;
    let doc = doc_attrs(doc);
    let fields = fields.iter().map(|ModelField { vis, ident, ty, doc, slot: _, form }| {
        let doc = doc_attrs(doc);
        match form {
            Form::Whole | Form::Computed => quote!(#doc #vis #ident: #ty),
            Form::Optional => quote!(#doc #vis #ident: #krate::__private::UpdateOf<#ty>),
        }
    });
    quote! {
        #doc
        #[derive(#krate::__private::core::clone::Clone)]
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery)]
        #vis struct #ident {
            #(#fields,)*
        }
    }
}

/// What makes a struct a model of the resource.
pub(super) fn model_impls(model: &Model, resource: &Ident) -> TokenStream {
    let Model { ident, usage, doc: _, fields } = model;
    let values = local("__values");
    let usage_tokens = self::usage(*usage);
    let taken = fields.iter().map(|ModelField { vis: _, ident, ty, doc: _, slot, form }| {
        let slot = Literal::usize_unsuffixed(*slot);
        match form {
            Form::Whole | Form::Computed => quote!(#ident: #values.take::<#ty>(#slot)?),
            Form::Optional => quote!(#ident: #values.take_update::<#ty>(#slot)?),
        }
    });
    let given = fields.iter().map(|ModelField { vis: _, ident, ty, doc: _, slot, form }| {
        let slot = Literal::usize_unsuffixed(*slot);
        match form {
            Form::Whole | Form::Computed => quote!(.with::<#ty>(#slot, &self.#ident)),
            Form::Optional => quote!(.with_update::<#ty>(#slot, &self.#ident)),
        }
    });
    let delegations = delegations(ident);
    quote! {
        #[automatically_derived]
        impl _rt::Model for #ident {
            const RESOURCE: &'static _rt::ResourceMeta = <#resource as _rt::Resource>::META;
            const USAGE: _rt::Usage = #usage_tokens;

            fn from_values(#values: &mut _rt::Values) -> _rt::Result<Self, _rt::ValueError> {
                _rt::Ok(Self { #(#taken,)* })
            }

            fn to_values(&self) -> _rt::Values {
                _rt::Values::of(<Self as _rt::Model>::RESOURCE) #(#given)*
            }
        }
        #delegations
    }
}

/// What the runtime does for all models alike.
pub(super) fn delegations(ident: &Ident) -> TokenStream {
    let (it, formatter) = (local("__it"), local("__f"));
    quote! {
        #[automatically_derived]
        impl _rt::Serialize for #ident {
            fn serialize<S: _rt::Serializer>(&self, #it: S) -> _rt::Result<S::Ok, S::Error> {
                _rt::model::serialize(self, #it)
            }
        }
        #[automatically_derived]
        impl<'de> _rt::Deserialize<'de> for #ident {
            fn deserialize<D: _rt::Deserializer<'de>>(#it: D) -> _rt::Result<Self, D::Error> {
                _rt::model::deserialize(#it)
            }
        }
        #[automatically_derived]
        impl _rt::fmt::Debug for #ident {
            fn fmt(&self, #formatter: &mut _rt::fmt::Formatter<'_>) -> _rt::fmt::Result {
                _rt::model::debug(self, #formatter)
            }
        }
    }
}

pub(super) fn usage(usage: Usage) -> TokenStream {
    match usage {
        Usage::Create => quote!(_rt::Usage::Create),
        Usage::Update => quote!(_rt::Usage::Update),
        Usage::Response => quote!(_rt::Usage::Response),
        Usage::View(index) => {
            let index = Literal::usize_unsuffixed(index);
            quote!(_rt::Usage::View(#index))
        }
    }
}

/// The models as the resource's associated types.
pub(super) fn associated(outline: &Outline) -> TokenStream {
    let types = outline.models.iter().filter_map(|it| {
        let name = match it.usage {
            Usage::Create => "Create",
            Usage::Update => "Update",
            Usage::Response => "Response",
            Usage::View(_) => return None,
        };
        let (name, ident) = (format_ident!("{name}"), &it.ident);
        Some(quote!(type #name = #ident;))
    });
    let id = &outline.id_ty;
    quote!(type Id = #id; #(#types)*)
}

/// `Book::TITLE` and so on.
pub(super) fn handles(outline: &Outline) -> TokenStream {
    let resource = &outline.ident;
    let handles = outline.handles.iter().map(|Handle { vis, ident, field, slot, ty }| {
        let slot = Literal::usize_unsuffixed(*slot);
        let doc = format!(" The field `{field}`, for queries in Rust.");
        quote! {
            #[doc = #doc]
            #vis const #ident: _rt::Field<Self, #ty> = _rt::field(#slot);
        }
    });
    quote!(impl #resource { #(#handles)* })
}
