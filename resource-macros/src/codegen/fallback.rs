//! What is written where an item is wrong: its errors, and implementations that only stand in, so
//! that code that uses the item is not reported too.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{hidden, models};
use crate::lower::Rejected;
use crate::model::{Companion, Outline};

/// For a resource.
pub(crate) fn fallback(rejected: &Rejected<Outline>) -> TokenStream {
    let errors = rejected.errors.to_tokens();
    let stub = rejected.outline.as_deref().map(stub);
    quote!(#errors #stub)
}

fn stub(outline: &Outline) -> TokenStream {
    let structs = models::structs(outline);
    let ident = &outline.ident;
    let name = ident.to_string();
    let associated = models::associated(outline, &outline.id_ty.to_token_stream(), None);
    let handles = models::handles(outline);
    let model_impls = outline.models.iter().map(|model| {
        let (resource, ident) = (&outline.ident, &model.ident);
        let usage = models::usage(model.usage);
        let common = models::common_impls(model);
        quote! {
            impl _rt::Model for #ident {
                const RESOURCE: &'static _rt::ResourceMeta =
                    <#resource as _rt::Resource>::META;
                const USAGE: _rt::Usage = #usage;
                fn from_values(_: &mut _rt::Values) -> _rt::ValueResult<Self> {
                    _rt::never()
                }
                fn to_values(&self) -> _rt::Values {
                    _rt::never()
                }
            }
            #common
        }
    });
    let items = quote! {
        impl _rt::Resource for #ident {
            const META: &'static _rt::ResourceMeta = &_rt::ResourceMeta::new(#name, "", "", &[]);
            #associated
            fn id(&self) -> Self::Id {
                _rt::never()
            }
            fn from_record(_: _rt::Record) -> _rt::ValueResult<Self> {
                _rt::never()
            }
            fn into_values(self) -> _rt::Vec<_rt::Value> {
                _rt::never()
            }
        }
        #(#model_impls)*
        #handles
        _rt::declared!(#ident any);
    };
    let hidden = hidden(&outline.krate, &items);
    quote!(#structs #hidden)
}

/// For an enum.
pub(crate) fn fallback_enum(rejected: &Rejected<Companion>) -> TokenStream {
    let stub = quote! {
        const ENUM: &'static _rt::EnumMeta = &_rt::EnumMeta { name: "", doc: "", variants: &[] };
        fn index(&self) -> usize {
            _rt::never()
        }
        fn from_index(_: usize) -> _rt::Option<Self> {
            _rt::never()
        }
    };
    companion(rejected, &quote!(EnumType), &quote!(Comparable), &stub, &quote!(Enum(<Self as _rt::EnumType>::ENUM)))
}

/// For a value object.
pub(crate) fn fallback_object(rejected: &Rejected<Companion>) -> TokenStream {
    let stub = quote! {
        const OBJECT: &'static _rt::ObjectMeta =
            &_rt::ObjectMeta { name: "", doc: "", fields: &[], rules: &[] };
        fn into_values(self) -> _rt::Vec<_rt::Value> {
            _rt::never()
        }
        fn from_values(_: _rt::Vec<_rt::Value>) -> _rt::ValueResult<Self> {
            _rt::never()
        }
    };
    companion(
        rejected,
        &quote!(ObjectType),
        &quote!(NestedValue),
        &stub,
        &quote!(Object(<Self as _rt::ObjectType>::OBJECT)),
    )
}

fn companion(
    rejected: &Rejected<Companion>,
    of: &TokenStream,
    ability: &TokenStream,
    stub: &TokenStream,
    kind: &TokenStream,
) -> TokenStream {
    let errors = rejected.errors.to_tokens();
    let stub = rejected.outline.as_deref().map(|Companion { krate, ident }| {
        let items = quote! {
            impl _rt::#of for #ident { #stub }
            impl _rt::Derived for #ident {
                const KIND: _rt::Kind = _rt::Kind::#kind;
                fn copied(&self) -> Self {
                    _rt::never()
                }
                fn into_value(self) -> _rt::Value {
                    _rt::never()
                }
                fn from_value(_: _rt::Value) -> _rt::ValueResult<Self> {
                    _rt::never()
                }
            }
            impl _rt::#ability for #ident {}
        };
        hidden(krate, &items)
    });
    quote!(#errors #stub)
}
