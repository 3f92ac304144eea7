//! Enums and value objects.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use super::place::{Placed, aliases, implement, local};
use super::{hidden, meta, resource};
use crate::model::{Enum, Field, Object, Variant};

/// Everything that `#[derive(ResourceEnum)]` adds.
pub(crate) fn value_enum(value: &Enum) -> TokenStream {
    let Enum { krate, ident, name, doc, variants } = value;
    let doc = doc.as_deref().unwrap_or_default();
    let metas = variants.iter().map(|Variant { ident: _, name, doc }| {
        let doc = doc.as_deref().unwrap_or_default();
        quote!(_rt::Variant { name: #name, doc: #doc })
    });
    let to_index = variants
        .iter()
        .enumerate()
        .map(|(index, Variant { ident, .. })| (Literal::usize_unsuffixed(index), ident))
        .map(|(index, ident)| quote!(Self::#ident => #index));
    let from_index = variants
        .iter()
        .enumerate()
        .map(|(index, Variant { ident, .. })| (Literal::usize_unsuffixed(index), ident))
        .map(|(index, ident)| quote!(#index => _rt::Some(Self::#ident)));
    let items = quote! {
        impl _rt::EnumType for #ident {
            const ENUM: &'static _rt::EnumMeta =
                &_rt::EnumMeta { name: #name, doc: #doc, variants: &[#(#metas),*] };

            fn index(&self) -> usize {
                match self { #(#to_index,)* }
            }

            fn from_index(__index: usize) -> _rt::Option<Self> {
                match __index {
                    #(#from_index,)*
                    _ => _rt::None,
                }
            }
        }
        impl _rt::Derived for #ident {
            const KIND: _rt::Kind = _rt::Kind::Enum(<Self as _rt::EnumType>::ENUM);

            fn copied(&self) -> Self {
                _rt::value::copy_of_variant(self)
            }

            fn into_value(self) -> _rt::Value {
                _rt::value::of_variant(&self)
            }

            fn from_value(__value: _rt::Value) -> _rt::ValueResult<Self> {
                _rt::value::to_variant(&__value)
            }
        }
        impl _rt::Comparable for #ident {}
    };
    hidden(krate, &items)
}

/// Everything that `#[derive(ResourceObject)]` adds.
pub(crate) fn object(object: &Object) -> TokenStream {
    let Object { krate, ident, name, doc, fields, rules, checks } = object;
    let doc = doc.as_deref().unwrap_or_default();
    let metas = fields.iter().map(meta::field);
    let rules = meta::rule_list(rules, &ident.to_token_stream());
    let checks = meta::checks(checks);
    let values = local("__values");
    let (taken, given, copied) = (resource::taken(fields), resource::given(fields), copied(fields));
    let implement = implement(ident);
    let items = quote! {
        #implement _rt::ObjectType for #ident {
            const OBJECT: &'static _rt::ObjectMeta =
                &_rt::ObjectMeta { name: #name, doc: #doc, fields: &[#(#metas),*], rules: #rules };

            fn into_values(self) -> _rt::Vec<_rt::Value> {
                #given
            }

            fn from_values(#values: _rt::Vec<_rt::Value>) -> _rt::ValueResult<Self> {
                let #values = &mut _rt::Values::all(#values);
                _rt::Ok(Self { #taken })
            }
        }
        #implement _rt::Derived for #ident {
            const KIND: _rt::Kind = _rt::Kind::Object(<Self as _rt::ObjectType>::OBJECT);

            fn copied(&self) -> Self {
                Self { #copied }
            }

            fn into_value(self) -> _rt::Value {
                _rt::value::of_object(self)
            }

            fn from_value(#values: _rt::Value) -> _rt::ValueResult<Self> {
                _rt::value::to_object(#values)
            }
        }
        impl _rt::NestedValue for #ident {}
        #checks
    };
    let aliases = aliases(fields.iter().map(|it| (it.name.as_str(), &it.ty)), ident, &items);
    hidden(krate, &quote!(#aliases #items))
}

/// The fields of a struct, each once more.
fn copied(fields: &[Field]) -> TokenStream {
    let copied = fields.iter().map(|Field { ident, ty, .. }| {
        let ty = Placed::new(ty);
        ty.field(ident, &ty.call_with("__clone", &TokenStream::new(), &quote!(&self.#ident)))
    });
    quote!(#(#copied,)*)
}
