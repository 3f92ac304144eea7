//! The structs that a resource's models are, and what makes them models.

use proc_macro2::TokenStream;
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
        #[derive(#krate::__private::core::fmt::Debug, #krate::__private::core::clone::Clone)]
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        #vis struct #ident {
            #(#fields,)*
        }
    }
}

/// What makes a struct a model of the resource.
pub(super) fn model_impls(model: &Model, resource: &Ident) -> TokenStream {
    let Model { ident, usage, doc: _, fields } = model;
    let (values, it) = (local("__values"), local("__it"));
    let usage_tokens = self::usage(*usage);
    let taken = fields.iter().map(|ModelField { ident, ty, slot, form, .. }| match form {
        Form::Whole | Form::Computed => quote!(#ident: #values.take::<#ty>(#slot)?),
        Form::Optional => quote!(#ident: #values.take_update::<#ty>(#slot)?),
    });
    let given = fields.iter().map(|ModelField { ident, ty, slot, form, .. }| match form {
        Form::Whole | Form::Computed => quote!(.with::<#ty>(#slot, &self.#ident)),
        Form::Optional => quote!(.with_update::<#ty>(#slot, &self.#ident)),
    });
    let serde = serde_impls(ident, &quote!(_resource::model::serialize), &quote!(_resource::model::deserialize));
    let from = matches!(usage, Usage::Response | Usage::View(_)).then(|| {
        // Methods first: what follows moves fields out.
        let computed = fields
            .iter()
            .filter(|it| it.form == Form::Computed)
            .map(|ModelField { ident, .. }| quote!(#ident: #it.#ident()));
        let moved = fields
            .iter()
            .filter(|it| it.form != Form::Computed)
            .map(|ModelField { ident, .. }| quote!(#ident: #it.#ident));
        quote! {
            #[automatically_derived]
            impl _resource::core::convert::From<#resource> for #ident {
                fn from(#it: #resource) -> Self {
                    Self { #(#computed,)* #(#moved,)* }
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl _resource::Model for #ident {
            const RESOURCE: &'static _resource::ResourceMeta = <#resource as _resource::Resource>::META;
            const USAGE: _resource::Usage = #usage_tokens;

            fn from_values(#values: &mut _resource::Values) -> _resource::Result<Self, _resource::ValueError> {
                _resource::Ok(Self { #(#taken,)* })
            }

            fn to_values(&self) -> _resource::Values {
                _resource::Values::of(<Self as _resource::Model>::RESOURCE) #(#given)*
            }
        }
        #serde
        #from
    }
}

/// Serde's two traits, which call these functions.
pub(super) fn serde_impls(ident: &Ident, serialize: &TokenStream, deserialize: &TokenStream) -> TokenStream {
    let (serializer, deserializer) = (local("__serializer"), local("__deserializer"));
    quote! {
        #[automatically_derived]
        impl _resource::serde::Serialize for #ident {
            fn serialize<__S: _resource::serde::Serializer>(
                &self,
                #serializer: __S,
            ) -> _resource::Result<__S::Ok, __S::Error> {
                #serialize(self, #serializer)
            }
        }
        #[automatically_derived]
        impl<'de> _resource::serde::Deserialize<'de> for #ident {
            fn deserialize<__D: _resource::serde::Deserializer<'de>>(
                #deserializer: __D,
            ) -> _resource::Result<Self, __D::Error> {
                #deserialize(#deserializer)
            }
        }
    }
}

pub(super) fn usage(usage: Usage) -> TokenStream {
    match usage {
        Usage::Create => quote!(_resource::Usage::Create),
        Usage::Update => quote!(_resource::Usage::Update),
        Usage::Response => quote!(_resource::Usage::Response),
        Usage::View(index) => quote!(_resource::Usage::View(#index)),
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
        let doc = format!(" The field `{field}`, for queries in Rust.");
        quote! {
            #[doc = #doc]
            #vis const #ident: _resource::Field<Self, #ty> = _resource::Field::new(#slot);
        }
    });
    quote!(impl #resource { #(#handles)* })
}
