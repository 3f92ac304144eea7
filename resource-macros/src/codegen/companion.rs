//! Enums and value objects.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Type, TypePath};

use super::meta;
use super::{hidden, local};
use crate::model::{Enum, Field, Object, Variant};

/// Everything that `#[derive(ResourceEnum)]` adds.
pub(crate) fn value_enum(value: &Enum) -> TokenStream {
    let Enum { krate, ident, name, doc, variants } = value;
    let doc = doc.as_deref().unwrap_or_default();
    let metas = variants.iter().map(|Variant { ident: _, name, doc }| {
        let doc = doc.as_deref().unwrap_or_default();
        quote!(_resource::Variant { name: #name, doc: #doc })
    });
    let to_index = variants.iter().enumerate().map(|(index, Variant { ident, .. })| quote!(Self::#ident => #index));
    let from_index = variants
        .iter()
        .enumerate()
        .map(|(index, Variant { ident, .. })| quote!(#index => _resource::Some(Self::#ident)));
    let items = quote! {
        #[automatically_derived]
        impl _resource::EnumType for #ident {
            const ENUM: &'static _resource::EnumMeta =
                &_resource::EnumMeta { name: #name, doc: #doc, variants: &[#(#metas),*] };

            fn index(&self) -> usize {
                match self { #(#to_index,)* }
            }

            fn from_index(__index: usize) -> _resource::Option<Self> {
                match __index {
                    #(#from_index,)*
                    _ => _resource::None,
                }
            }
        }
        #[automatically_derived]
        impl _resource::FieldType for #ident {
            const KIND: _resource::Kind = _resource::Kind::Enum(<Self as _resource::EnumType>::ENUM);
            _resource::__not_null!();

            fn into_value(self) -> _resource::Value {
                _resource::value::of_variant(&self)
            }

            fn from_value(__value: _resource::Value) -> _resource::Result<Self, _resource::ValueError> {
                _resource::value::to_variant(&__value)
            }
        }
        #[automatically_derived]
        impl _resource::NotNull for #ident {}
        #[automatically_derived]
        impl _resource::Element for #ident {}
    };
    hidden(krate, &items)
}

/// Everything that `#[derive(ResourceObject)]` adds.
pub(crate) fn object(object: &Object) -> TokenStream {
    let Object { krate, ident, name, doc, fields, rules, checks } = object;
    let doc = doc.as_deref().unwrap_or_default();
    let metas = fields.iter().map(meta::field);
    let ty = Type::Path(TypePath { qself: None, path: ident.clone().into(), attrs: Vec::new() });
    let rules = meta::rule_list(rules, &ty);
    let checks = meta::checks(checks);
    let values = local("__values");
    let taken = fields.iter().map(|Field { ident, ty, .. }| quote!(#ident: #values.take::<#ty>()?));
    let given =
        fields.iter().map(|Field { ident, ty, .. }| quote!(<#ty as _resource::FieldType>::into_value(self.#ident)));
    let items = quote! {
        #[automatically_derived]
        impl _resource::ObjectType for #ident {
            const OBJECT: &'static _resource::ObjectMeta =
                &_resource::ObjectMeta { name: #name, doc: #doc, fields: &[#(#metas),*], rules: #rules };

            fn into_values(self) -> _resource::Vec<_resource::Value> {
                _resource::vec![#(#given),*]
            }

            fn from_values(
                #values: _resource::Vec<_resource::Value>,
            ) -> _resource::Result<Self, _resource::ValueError> {
                let mut #values = _resource::Fields::new(#values);
                _resource::Ok(Self { #(#taken,)* })
            }
        }
        #[automatically_derived]
        impl _resource::FieldType for #ident {
            const KIND: _resource::Kind = _resource::Kind::Object(<Self as _resource::ObjectType>::OBJECT);
            _resource::__not_null!();

            fn into_value(self) -> _resource::Value {
                _resource::value::of_object(self)
            }

            fn from_value(#values: _resource::Value) -> _resource::Result<Self, _resource::ValueError> {
                _resource::value::to_object(#values)
            }
        }
        #[automatically_derived]
        impl _resource::NotNull for #ident {}
        #[automatically_derived]
        impl _resource::Element for #ident {}
        #checks
    };
    hidden(krate, &items)
}
