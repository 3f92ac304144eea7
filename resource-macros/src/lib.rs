//! The derives of `resource-runtime`.

use proc_macro::TokenStream;

/// Derives.
#[proc_macro_derive(Resource, attributes(resource, validate))]
pub fn resource(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Derives.
#[proc_macro_derive(ResourceEnum, attributes(resource))]
pub fn resource_enum(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Derives.
#[proc_macro_derive(ResourceObject, attributes(resource, validate))]
pub fn resource_object(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
