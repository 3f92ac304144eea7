//! One field.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{LitStr, Path, Type};

use super::access::{AccessAttrs, check_secret, of_role, role};
use super::foreign;
use super::literal::{literal, number_checks};
use super::naming::Naming;
use super::query::{OPERATORS, filters};
use super::rule::{Place, rules};
use super::{doc, plain_name};
use crate::attrs::{
    Bare, Expression, FieldAttrs, Keyed, MaybeExpression, ObjectFieldAttrs, Off, ResourceAttrs, ValidateAttrs,
};
use crate::error::Errors;
use crate::model::{Access, Check, CheckKind, Field, Filter, Role, Value};

/// A field of a resource, and what else there is to know of it.
pub(super) struct Lowered {
    pub(super) field: Field,
    pub(super) access: Access,
    pub(super) filters: Vec<(Filter, Option<LitStr>)>,
    pub(super) column: Option<LitStr>,
    /// The key that makes it the id.
    pub(super) id: Option<Path>,
}

/// Lowers a field of a resource.
pub(super) fn resource_field(
    field: &syn::Field,
    attrs: FieldAttrs,
    validate: ValidateAttrs,
    fields: &[(String, &Type)],
    naming: &mut Naming,
    checks: &mut Vec<Check>,
    errors: &mut Errors,
) -> Option<Lowered> {
    let FieldAttrs {
        id,
        created_at,
        updated_at,
        soft_delete,
        skip,
        read_only,
        write_only,
        immutable,
        hidden,
        expose,
        default,
        normalize,
        example,
        search,
        sort,
        filter,
        unique,
        index,
        column,
        rename,
        as_string,
        unknown,
    } = attrs;
    let ident = field.ident.clone()?;
    let (name, ty) = (plain_name(&ident), field.ty.clone());
    let wire = naming.name(&ident, rename.value(errors).as_ref(), errors);
    unknown.translated(foreign::ON_FIELDS, errors).report(
        FieldAttrs::KEYS,
        &[
            (ResourceAttrs::KEYS, "write it on the struct"),
            (ValidateAttrs::KEYS, "it is a rule: write it in `#[validate(…)]`"),
            (&OPERATORS, "it is an operator: write it in `filter(…)`"),
        ],
        errors,
    );

    let id_key = id.key();
    let id = id.take(errors);
    let (created_at, updated_at) = (created_at.take(errors), updated_at.take(errors));
    let role = role(id.as_ref(), created_at.as_ref(), updated_at.as_ref(), soft_delete.take(errors), errors);
    let written = AccessAttrs {
        skip: skip.take(errors),
        read_only: read_only.take(errors),
        write_only: write_only.take(errors),
        immutable: immutable.take(errors),
        hidden: hidden.take(errors),
    }
    .lower(role, errors);
    let access = written.unwrap_or_else(|| of_role(role));
    let ways_out = "mark it `write_only` or `hidden`, or `expose` if clients shall see it";
    check_secret(&ident, [&name, &wire], access.response, expose.take(errors).as_ref(), ways_out, errors);

    if access.create || access.update {
        checks.push(Check { kind: CheckKind::Sent, field: name.clone(), ty: ty.clone(), span: ty.span() });
    }
    if access.response {
        checks.push(Check { kind: CheckKind::Shown, field: name.clone(), ty: ty.clone(), span: ty.span() });
    }
    let mut check = |kind, at: &dyn ToTokens| {
        checks.push(Check { kind, field: name.clone(), ty: ty.clone(), span: at.span() });
    };
    match role {
        Role::CreatedAt => check(CheckKind::CreatedAt, &ty),
        Role::UpdatedAt => check(CheckKind::UpdatedAt, &ty),
        Role::DeletedAt { .. } => check(CheckKind::SoftDelete, &ty),
        Role::Plain | Role::Id { .. } => {}
    }

    let default = default.take(errors).and_then(|it| lower_default(it, role, errors));
    if matches!(role, Role::Plain) && !access.create && default.is_none() {
        check(CheckKind::EmptyInNewRow, &ty);
    }
    let example = example.take(errors).and_then(|it| lower_example(it, &name, &ty, checks, errors));
    for value in [&default, &example].into_iter().flatten() {
        number_checks(value, &name, &ty, checks);
    }

    let (search, sort) = (search.take(errors), sort.take(errors));
    let filter = filter.take(errors);
    if !access.response {
        let keys = [search.as_ref().map(|it| &it.key), sort.as_ref().map(|it| &it.key)];
        for key in keys.into_iter().flatten().chain(filter.iter().map(|it| &it.key)) {
            errors.push(
                key,
                format!("`{name}` does not leave the server, and this would tell its values"),
                "remove it, or let the field leave the server",
            );
        }
    }
    let mut compare = |key: &Option<Keyed<Bare>>, kind| {
        if let Some(key) = key {
            checks.push(Check { kind, field: name.clone(), ty: ty.clone(), span: key.key.span() });
        }
    };
    let unique = unique.take(errors);
    let as_string = as_string.take(errors);
    if let (Role::Id { .. }, Some(key)) = (role, &as_string) {
        let help = "remove it; make the id a `String` or a `Uuid` if clients cannot hold its numbers";
        errors.push(&key.key, "an id is the same in bodies as in its path", help);
    }
    compare(&as_string, CheckKind::AsString);
    compare(&search, CheckKind::Text);
    compare(&sort, CheckKind::Comparable);
    compare(&unique, CheckKind::Comparable);
    if let (Role::Id { .. }, Some(unique)) = (role, &unique) {
        errors.push(&unique.key, "an id is unique already", "remove `unique`");
    }
    if let (Role::DeletedAt { .. }, Some(unique)) = (role, &unique) {
        errors.push(&unique.key, NOT_UNIQUE, "remove `unique`");
    }
    let filters = filters(filter.into_iter().flat_map(|it| it.value.0).collect(), errors);
    let indexed = sort.is_some() || !filters.is_empty();
    let index = lower_index(index.take(errors).as_ref(), role, unique.is_some(), indexed, errors);

    let normalize = normalize.take(errors);
    let taken = access.create || access.update;
    if let (false, Some(normalize)) = (taken, &normalize) {
        errors.push(&normalize.key, NEVER_SENT, "remove it, or let clients send the field");
    }
    let rules = rules(validate, &Place { field: &name, ty: &field.ty, fields }, checks, errors);
    if let (false, Some(rule)) = (taken, rules.first()) {
        errors.add(syn::Error::new(
            rule.span,
            format!("{NEVER_SENT}\nhelp: remove the rule, or let clients send the field"),
        ));
    }

    let column = column.value(errors).map(|it| it.0);
    Some(Lowered {
        field: Field {
            doc: doc(&field.attrs),
            // Another name on the wire leaves the column's alone.
            column: column.as_ref().map(LitStr::value).or_else(|| (wire != name).then(|| name.clone())),
            role,
            access: written,
            default,
            unique: unique.is_some(),
            sort: sort.is_some(),
            search: search.is_some(),
            filters: Vec::new(),
            rules,
            normalize: normalize.map(|it| it.value.0),
            example,
            index,
            as_string: as_string.is_some(),
            ident,
            name,
            wire,
            ty,
        },
        access,
        filters,
        column,
        id: id_key,
    })
}

const NEVER_SENT: &str = "clients never send this field, so nothing would call this";

/// What there is to say of `unique` over the time of a delete.
pub(super) const NOT_UNIQUE: &str =
    "what has to be unique is looked for among the rows that are not deleted, and none of them has this field";

/// Lowers a field of a value object.
pub(super) fn object_field(
    field: &syn::Field,
    attrs: ObjectFieldAttrs,
    validate: ValidateAttrs,
    fields: &[(String, &Type)],
    naming: &mut Naming,
    checks: &mut Vec<Check>,
    errors: &mut Errors,
) -> Option<Field> {
    let ObjectFieldAttrs { default, normalize, example, expose, rename, unknown } = attrs;
    let ident = field.ident.clone()?;
    let (name, ty) = (plain_name(&ident), field.ty.clone());
    let wire = naming.name(&ident, rename.value(errors).as_ref(), errors);
    unknown.report(
        ObjectFieldAttrs::KEYS,
        &[
            (FieldAttrs::KEYS, "remove it: it is for fields of resources, and this is one of a value object"),
            (ValidateAttrs::KEYS, "it is a rule: write it in `#[validate(…)]`"),
        ],
        errors,
    );
    let ways_out = "an object leaves the server whole: move the field to the resource and mark it `write_only` or `hidden`, or \
                    `expose` it";
    check_secret(&ident, [&name, &wire], true, expose.take(errors).as_ref(), ways_out, errors);
    let default = default.take(errors).and_then(|it| lower_default(it, Role::Plain, errors));
    for kind in [CheckKind::Shown, CheckKind::Sent] {
        checks.push(Check { kind, field: name.clone(), ty: ty.clone(), span: ty.span() });
    }
    let example = example.take(errors).and_then(|it| lower_example(it, &name, &ty, checks, errors));
    for value in [&default, &example].into_iter().flatten() {
        number_checks(value, &name, &ty, checks);
    }
    let rules = rules(validate, &Place { field: &name, ty: &field.ty, fields }, checks, errors);
    Some(Field {
        doc: doc(&field.attrs),
        column: None,
        role: Role::Plain,
        access: None,
        default,
        unique: false,
        sort: false,
        search: false,
        filters: Vec::new(),
        rules,
        normalize: normalize.value(errors).map(|it| it.0),
        example,
        index: true,
        as_string: false,
        ident,
        name,
        wire,
        ty,
    })
}

fn lower_default(given: Keyed<MaybeExpression>, role: Role, errors: &mut Errors) -> Option<Value> {
    if !matches!(role, Role::Plain) {
        errors.push(&given.key, "the framework sets this field by itself", "remove `default`");
        return None;
    }
    match given.value.0 {
        None => Some(Value::OfType(given.key.span())),
        Some(expr) => errors.handle(literal(expr)),
    }
}

fn lower_example(
    given: Keyed<Expression>,
    field: &str,
    ty: &Type,
    checks: &mut Vec<Check>,
    errors: &mut Errors,
) -> Option<Value> {
    checks.push(Check { kind: CheckKind::Shown, field: field.to_owned(), ty: ty.clone(), span: given.key.span() });
    errors.handle(literal(given.value.0))
}

/// Whether the store keeps an index for the field's filters and sort.
fn lower_index(off: Option<&Keyed<Off>>, role: Role, unique: bool, indexed: bool, errors: &mut Errors) -> bool {
    let Some(off) = off else { return true };
    if matches!(role, Role::Id { .. }) || unique {
        errors.push(&off.key, "what is unique has an index", "remove `index = false`");
    } else if !indexed {
        errors.push(&off.key, "there is no index to leave out: the field has neither `sort` nor `filter`", "remove it");
    }
    false
}
