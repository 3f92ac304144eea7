//! What is written where an item is wrong: its errors, and implementations that only stand in, so
//! that code that uses the item is not reported too.

use proc_macro2::TokenStream;
use quote::quote;

use super::{hidden, models};
use crate::lower::Rejected;
use crate::model::{Companion, Outline};

/// For a resource.
pub(crate) fn fallback(rejected: &Rejected<Outline>) -> TokenStream {
    let errors = rejected.errors.to_tokens();
    let stub = rejected.outline.as_ref().map(stub);
    quote!(#errors #stub)
}

fn stub(outline: &Outline) -> TokenStream {
    let structs = models::structs(outline);
    let ident = &outline.ident;
    let name = ident.to_string();
    let associated = models::associated(outline);
    let handles = models::handles(outline);
    let model_impls = outline.models.iter().map(|model| {
        let (resource, ident) = (&outline.ident, &model.ident);
        let usage = models::usage(model.usage);
        let serde = models::serde_impls(ident, &quote!(_resource::never_write), &quote!(_resource::never_read));
        quote! {
            impl _resource::Model for #ident {
                const RESOURCE: &'static _resource::ResourceMeta =
                    <#resource as _resource::Resource>::META;
                const USAGE: _resource::Usage = #usage;
                fn from_values(_: &mut _resource::Values) -> _resource::Result<Self, _resource::ValueError> {
                    _resource::never()
                }
                fn to_values(&self) -> _resource::Values {
                    _resource::never()
                }
            }
            #serde
        }
    });
    let items = quote! {
        impl _resource::Resource for #ident {
            const META: &'static _resource::ResourceMeta = &_resource::ResourceMeta::new(#name, "", "", &[]);
            #associated
            fn from_record(_: _resource::Record) -> _resource::Result<Self, _resource::ValueError> {
                _resource::never()
            }
            fn into_values(self) -> _resource::Vec<_resource::Value> {
                _resource::never()
            }
        }
        #(#model_impls)*
        #handles
    };
    let hidden = hidden(&outline.krate, &items);
    quote!(#structs #hidden)
}

/// For an enum.
pub(crate) fn fallback_enum(rejected: &Rejected<Companion>) -> TokenStream {
    let stub = quote! {
        const ENUM: &'static _resource::EnumMeta = &_resource::EnumMeta { name: "", doc: "", variants: &[] };
        fn index(&self) -> usize {
            _resource::never()
        }
        fn from_index(_: usize) -> _resource::Option<Self> {
            _resource::never()
        }
    };
    companion(rejected, &quote!(EnumType), &stub, &quote!(Enum(<Self as _resource::EnumType>::ENUM)))
}

/// For a value object.
pub(crate) fn fallback_object(rejected: &Rejected<Companion>) -> TokenStream {
    let stub = quote! {
        const OBJECT: &'static _resource::ObjectMeta =
            &_resource::ObjectMeta { name: "", doc: "", fields: &[], rules: &[] };
        fn into_values(self) -> _resource::Vec<_resource::Value> {
            _resource::never()
        }
        fn from_values(_: _resource::Vec<_resource::Value>) -> _resource::Result<Self, _resource::ValueError> {
            _resource::never()
        }
    };
    companion(rejected, &quote!(ObjectType), &stub, &quote!(Object(<Self as _resource::ObjectType>::OBJECT)))
}

fn companion(rejected: &Rejected<Companion>, of: &TokenStream, stub: &TokenStream, kind: &TokenStream) -> TokenStream {
    let errors = rejected.errors.to_tokens();
    let stub = rejected.outline.as_ref().map(|Companion { krate, ident }| {
        let items = quote! {
            impl _resource::#of for #ident { #stub }
            impl _resource::FieldType for #ident {
                const KIND: _resource::Kind = _resource::Kind::#kind;
                _resource::__not_null!();
                fn into_value(self) -> _resource::Value {
                    _resource::never()
                }
                fn from_value(_: _resource::Value) -> _resource::Result<Self, _resource::ValueError> {
                    _resource::never()
                }
            }
            impl _resource::NotNull for #ident {}
            impl _resource::Element for #ident {}
        };
        hidden(krate, &items)
    });
    quote!(#errors #stub)
}
