//! Enums and value objects.

use std::collections::HashMap;

use syn::{Data, DeriveInput, Fields};

use super::field::object_field;
use super::names::Case;
use super::naming::{self, Naming};
use super::rule::struct_rules;
use super::{Rejected, check_generics, doc, krate, named_fields, plain_name};
use crate::attrs::{
    self, EnumAttrs, FieldAttrs, ObjectAttrs, ObjectFieldAttrs, ResourceAttrs, ValidateAttrs, ValidateStructAttrs,
    VariantAttrs,
};
use crate::error::Errors;
use crate::model::{Companion, Enum, Object, RuleKind, Variant};

/// Lowers `#[derive(ResourceEnum)]`.
pub(crate) fn value_enum(input: &DeriveInput) -> Result<Enum, Rejected<Companion>> {
    let mut errors = Errors::default();
    let lowered = lower_enum(input, &mut errors);
    match lowered {
        Some(it) if errors.is_empty() => Ok(it),
        it => Err(Rejected {
            errors,
            outline: it
                .filter(|_| input.generics.params.is_empty())
                .map(|it| Box::new(Companion { krate: it.krate, ident: it.ident })),
        }),
    }
}

fn lower_enum(input: &DeriveInput, errors: &mut Errors) -> Option<Enum> {
    check_generics(input, "an enum in a resource", errors);
    let Data::Enum(data) = &input.data else {
        errors.push(
            &input.ident,
            "`ResourceEnum` is for enums",
            "for a nested struct derive `ResourceObject`, for a resource `Resource`",
        );
        return None;
    };
    let EnumAttrs { rename_all, krate: root, unknown } =
        attrs::parse::<EnumAttrs>("resource", &input.attrs, errors).unwrap_or_default();
    unknown.report(EnumAttrs::KEYS, &[(VariantAttrs::KEYS, "write it on a variant")], errors);
    let case = rename_all.value(errors).and_then(|it| naming::case(&it, errors)).unwrap_or(Case::Snake);
    if data.variants.is_empty() {
        errors.push(&input.ident, "an enum without variants has no values", "add a variant");
    }
    let mut names: HashMap<String, String> = HashMap::new();
    let mut variants = Vec::new();
    for variant in &data.variants {
        let VariantAttrs { rename, unknown } =
            attrs::parse::<VariantAttrs>("resource", &variant.attrs, errors).unwrap_or_default();
        unknown.report(VariantAttrs::KEYS, &[(EnumAttrs::KEYS, "write it on the enum")], errors);
        if !matches!(variant.fields, Fields::Unit) {
            errors.push(&variant.fields, "a variant of a resource's enum holds no data", "remove its fields");
        }
        let name = rename.value(errors).map_or_else(|| case.apply(&plain_name(&variant.ident)), |it| it.0.value());
        if name.is_empty() {
            errors.push(&variant.ident, "a name on the wire cannot be empty", "write `rename = \"a_name\"`");
        }
        if let Some(other) = names.insert(name.clone(), variant.ident.to_string()) {
            let what = format!("`{}` and `{other}` are both `{name}` on the wire", variant.ident);
            errors.push(&variant.ident, what, "write `#[resource(rename = \"another_name\")]`");
        }
        variants.push(Variant { ident: variant.ident.clone(), name, doc: doc(&variant.attrs) });
    }
    Some(Enum {
        krate: krate(root.take(errors)),
        ident: input.ident.clone(),
        name: plain_name(&input.ident),
        doc: doc(&input.attrs),
        variants,
    })
}

/// Lowers `#[derive(ResourceObject)]`.
pub(crate) fn object(input: &DeriveInput) -> Result<Object, Rejected<Companion>> {
    let mut errors = Errors::default();
    let lowered = lower_object(input, &mut errors);
    match lowered {
        Some(it) if errors.is_empty() => Ok(it),
        it => Err(Rejected {
            errors,
            outline: it
                .filter(|_| input.generics.params.is_empty())
                .map(|it| Box::new(Companion { krate: it.krate, ident: it.ident })),
        }),
    }
}

fn lower_object(input: &DeriveInput, errors: &mut Errors) -> Option<Object> {
    let fields = named_fields(input, "a value object", errors)?;
    let ObjectAttrs { rename_all, krate: root, unknown } =
        attrs::parse::<ObjectAttrs>("resource", &input.attrs, errors).unwrap_or_default();
    unknown.report(
        ObjectAttrs::KEYS,
        &[
            (ObjectFieldAttrs::KEYS, "write it on a field"),
            (ResourceAttrs::KEYS, "remove it: it is for resources, and this is a value object"),
            (FieldAttrs::KEYS, "remove it: it is for fields of resources, and this is a value object"),
        ],
        errors,
    );
    let rules = attrs::parse::<ValidateStructAttrs>("validate", &input.attrs, errors)
        .map(|it| struct_rules(it, RuleKind::Object, errors))
        .unwrap_or_default();
    if fields.is_empty() {
        errors.push(&input.ident, "a value object has fields", "add one");
    }
    let types: Vec<_> = fields.iter().filter_map(|it| Some((plain_name(it.ident.as_ref()?), &it.ty))).collect();
    let mut naming = Naming::new(rename_all.value(errors).as_ref(), errors);
    let mut checks = Vec::new();
    let mut lowered = Vec::new();
    for field in fields {
        let attrs = attrs::parse::<ObjectFieldAttrs>("resource", &field.attrs, errors);
        let validate = attrs::parse::<ValidateAttrs>("validate", &field.attrs, errors);
        let (attrs, validate) = (attrs.unwrap_or_default(), validate.unwrap_or_default());
        lowered.extend(object_field(field, attrs, validate, &types, &mut naming, &mut checks, errors));
    }
    naming.rename_in_rules(&mut lowered);
    Some(Object {
        krate: krate(root.take(errors)),
        ident: input.ident.clone(),
        name: plain_name(&input.ident),
        doc: doc(&input.attrs),
        fields: lowered,
        rules,
        checks,
    })
}
