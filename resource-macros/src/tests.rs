//! What the derives print, token by token, for the few items that show all of it.
//!
//! What the printed code does is tested where it is used: `tests/hygiene`, `tests/ui`, `tests/it`.

use proc_macro2::TokenStream;
use syn::DeriveInput;

mod mutants;

/// The book of the example API.
const BOOK: &str = include_str!("tests/book.rs");

fn input(text: &str) -> DeriveInput {
    syn::parse_str(text).unwrap()
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

/// The messages of all `compile_error!`s.
fn errors(text: &str) -> Vec<String> {
    let file: syn::File = syn::parse2(crate::expand_resource(&input(text))).unwrap();
    let calls = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(it) => Some(it.mac.parse_body::<syn::LitStr>().unwrap().value()),
        _ => None,
    });
    calls.collect()
}

#[test]
fn book() {
    let expansion = pretty(crate::expand_resource(&input(BOOK)));
    assert!(expansion.lines().count() <= 610, "{} lines for one resource", expansion.lines().count());
    insta::assert_snapshot!(expansion);
}

#[test]
fn value_enum() {
    let expansion = crate::expand_enum(&input(
        r#"
        /// Where a book is.
        #[resource(rename_all = "kebab-case")]
        enum BookStatus {
            /// On the shelf.
            Available,
            CheckedOut,
            #[resource(rename = "gone")]
            Archived,
        }
        "#,
    ));
    insta::assert_snapshot!(pretty(expansion));
}

#[test]
fn value_object() {
    let expansion = crate::expand_object(&input(
        r#"
        /// Where to write to.
        #[validate(schema(function = is_deliverable))]
        struct Address {
            #[validate(length(min = 1))]
            street: String,
            #[resource(default = "DE", normalize = upper, example = "FR")]
            country: String,
        }
        "#,
    ));
    insta::assert_snapshot!(pretty(expansion));
}

#[test]
fn a_resource_with_a_mistake_still_has_its_models() {
    let expansion = crate::expand_resource(&input(
        r#"
        struct Note {
            #[resource(id)]
            id: i64,
            #[resource(srot)]
            text: String,
        }
        "#,
    ));
    insta::assert_snapshot!(pretty(expansion));
}

#[test]
fn mistakes_of_all_stages_come_together() {
    let errors = errors(
        r#"
        #[resource(pathh = "notes", list = Summary, page(size = "many"))]
        struct Note {
            #[resource(sort, filter(gtee))]
            text: String,
            password: String,
        }
        "#,
    );
    insta::assert_snapshot!(errors.join("\n\n"));
}

mod keys {
    //! The tables of keys that messages list are the keys that are read.

    use darling::{FromAttributes, FromMeta};
    use syn::{Attribute, parse_quote};

    use crate::attrs::*;
    use crate::error::Errors;

    /// Whether a key is read: an unknown one is reported as such, a known one not, whatever its value.
    fn is_read(parse: impl Fn(&str, &mut Errors), key: &str) -> bool {
        let mut errors = Errors::default();
        parse(key, &mut errors);
        errors.is_empty()
    }

    macro_rules! tables {
        ($($test:ident: $attr:ident $attrs:ty;)*) => {$(
            #[test]
            fn $test() {
                let parse = |key: &str, errors: &mut Errors| {
                    let key: proc_macro2::TokenStream = key.parse().unwrap();
                    let attr: Attribute = parse_quote!(#[$attr(#key)]);
                    let attrs = <$attrs>::from_attributes(&[attr]).unwrap();
                    attrs.unknown.report(&[], &[], errors);
                };
                for key in <$attrs>::KEYS {
                    assert!(is_read(parse, key), "`{key}` is listed and not read");
                }
                assert!(!is_read(parse, "nothing"));
            }
        )*};
    }

    tables! {
        resource: resource ResourceAttrs;
        field: resource FieldAttrs;
        validate: validate ValidateAttrs;
        validate_struct: validate ValidateStructAttrs;
        value_enum: resource EnumAttrs;
        variant: resource VariantAttrs;
        computed: resource ComputedAttrs;
        object: resource ObjectAttrs;
        object_field: resource ObjectFieldAttrs;
    }

    #[test]
    fn soft_delete() {
        for key in SoftDeleteAttrs::KEYS {
            let item: syn::Meta = syn::parse_str(&format!("soft_delete({key} = 1)")).unwrap();
            let mut errors = Errors::default();
            SoftDeleteAttrs::from_meta(&item).unwrap().unknown.report(&[], &[], &mut errors);
            assert!(errors.is_empty(), "`{key}` is listed and not read");
        }
    }

    #[test]
    fn page() {
        for key in PageAttrs::KEYS {
            let item: syn::Meta = syn::parse_str(&format!("page({key} = 1)")).unwrap();
            let mut errors = Errors::default();
            PageAttrs::from_meta(&item).unwrap().unknown.report(&[], &[], &mut errors);
            assert!(errors.is_empty(), "`{key}` is listed and not read");
        }
    }
}
