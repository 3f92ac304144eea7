//! The derives of `resource-runtime`.
//!
//! Three stages, with types between them that the next stage can rely on: `attrs` is what was
//! written, `model` what holds after `lower` has checked it, and `codegen` prints that and cannot
//! fail. Where something is wrong, all of it is reported at once, and stand-ins are printed.

mod attrs;
mod codegen;
mod error;
mod lower;
mod model;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a REST resource; documented where `resource-runtime` exports it.
#[proc_macro_derive(Resource, attributes(resource, validate))]
pub fn resource(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_resource(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum without data a field type; documented where `resource-runtime` exports it.
#[proc_macro_derive(ResourceEnum, attributes(resource))]
pub fn resource_enum(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_enum(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct a nested value in fields; documented where `resource-runtime` exports it.
#[proc_macro_derive(ResourceObject, attributes(resource, validate))]
pub fn resource_object(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_object(&parse_macro_input!(input as DeriveInput)).into()
}

fn expand_resource(input: &DeriveInput) -> TokenStream {
    match lower::resource(input) {
        Ok(model) => codegen::resource(&model),
        Err(rejected) => codegen::fallback(&rejected),
    }
}

fn expand_enum(input: &DeriveInput) -> TokenStream {
    match lower::value_enum(input) {
        Ok(model) => codegen::value_enum(&model),
        Err(rejected) => codegen::fallback_enum(&rejected),
    }
}

fn expand_object(input: &DeriveInput) -> TokenStream {
    match lower::object(input) {
        Ok(model) => codegen::object(&model),
        Err(rejected) => codegen::fallback_object(&rejected),
    }
}
