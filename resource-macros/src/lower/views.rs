//! The parts of a response: computed fields, views, and what lists answer with.

use syn::Ident;

use super::access::check_secret;
use super::naming::Naming;
use super::resource::Fields;
use super::{doc, plain_name};
use crate::attrs::{self, ComputedAttrs, ComputedItem, Keyed, Name};
use crate::error::{Errors, instead};
use crate::model::{Computed, View};

pub(super) fn lower_computed(
    items: impl Iterator<Item = ComputedItem>,
    fields: &Fields,
    naming: &mut Naming,
    errors: &mut Errors,
) -> Vec<Computed> {
    let mut computed: Vec<Computed> = Vec::new();
    for ComputedItem { attrs, name: ident, ty } in items {
        let name = plain_name(&ident);
        if fields.get(&name).is_some() {
            errors.push(&ident, format!("`{name}` is a field already"), "give the computed field another name");
            continue;
        }
        if computed.iter().any(|it| it.name == name) {
            errors.push(&ident, format!("`{name}` is given twice"), "keep one of the two");
            continue;
        }
        if let Some(attr) = attrs.iter().find(|it| !it.path().is_ident("doc") && !it.path().is_ident("resource")) {
            errors.push(attr, "only doc comments can stand here, and `#[resource(expose)]`", "remove it");
        }
        let ComputedAttrs { expose, unknown } =
            attrs::parse::<ComputedAttrs>("resource", &attrs, errors).unwrap_or_default();
        unknown.report(ComputedAttrs::KEYS, &[], errors);
        let wire = naming.name(&ident, None, errors);
        let ways_out = "give it another name, or write `#[resource(expose)]` before it if clients shall see it";
        check_secret(&ident, [&name, &wire], true, expose.take(errors).as_ref(), ways_out, errors);
        computed.push(Computed { doc: doc(&attrs), name, wire, ident, ty });
    }
    computed
}

pub(super) fn lower_views(
    views: Vec<Keyed<attrs::View>>,
    fields: &Fields,
    computed: &[Computed],
    errors: &mut Errors,
) -> Vec<(View, Ident)> {
    let mut lowered: Vec<(View, Ident)> = Vec::new();
    for Keyed { value: attrs::View { name, fields: members }, .. } in views {
        let view = plain_name(&name);
        if ["Create", "Update", "Response"].contains(&view.as_str()) {
            errors.push(&name, format!("`{view}` is a model of every resource"), "give the view another name");
            continue;
        }
        if lowered.iter().any(|(it, _)| it.name == view) {
            errors.push(&name, format!("there are two views `{view}`"), "give one of them another name");
            continue;
        }
        let mut names: Vec<String> = Vec::new();
        for member in members {
            let member_name = plain_name(&member);
            if names.contains(&member_name) {
                errors.push(&member, format!("`{member_name}` is named twice"), "name each field once");
                continue;
            }
            match fields.get(&member_name) {
                Some(it) if !it.access.response => errors.push(
                    &member,
                    format!("`{member_name}` does not leave the server"),
                    "remove it from the view, or let the field leave the server",
                ),
                None if !computed.iter().any(|it| it.name == member_name) => {
                    let known = fields.names().chain(computed.iter().map(|it| it.name.as_str()));
                    let what = format!("there is no field `{member_name}`");
                    errors.push(&member, what, instead(&member_name, known));
                }
                _ => names.push(member_name),
            }
        }
        lowered.push((View { name: view, fields: names }, name));
    }
    lowered
}

pub(super) fn lower_list(given: &Name, views: &[(View, Ident)], errors: &mut Errors) -> Option<String> {
    let name = plain_name(&given.0);
    if !views.iter().any(|(it, _)| it.name == name) {
        let help = if views.is_empty() {
            format!("declare it: `view({name}: a_field, another_field)`")
        } else {
            instead(&name, views.iter().map(|(it, _)| it.name.as_str()))
        };
        errors.push(&given.0, format!("there is no view `{name}`"), help);
        return None;
    }
    Some(name)
}
