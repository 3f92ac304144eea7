//! The structs that a resource's models are, and the typed names of its fields.

use quote::format_ident;
use syn::{DeriveInput, Visibility};

use super::field::Lowered;
use super::{doc, model_ident, plain_name};
use crate::model::{Access, Computed, Form, Handle, Model, ModelField, Usage, View};

/// `BookCreate`, `BookUpdate`, `BookResponse`, and one for each view.
pub(super) fn models(
    input: &DeriveInput,
    fields: &[&syn::Field],
    lowered: &[Lowered],
    computed: &[Computed],
    views: &[View],
) -> Vec<Model> {
    let name = plain_name(&input.ident);
    let parts = Parts { name: &name, vis: &input.vis, fields, lowered, computed };
    let model = |suffix: &str, usage, doc: String, fields| Model {
        ident: model_ident(&input.ident, suffix),
        usage,
        doc,
        fields,
    };
    let create = parts.fields(|it| it.create, |it| if it.default.is_some() { Form::Optional } else { Form::Whole });
    let update = parts.fields(|it| it.update, |_| Form::Optional);
    let mut response = parts.fields(|it| it.response, |_| Form::Whole);
    response.extend(parts.computed());
    let mut models = vec![
        model("Create", Usage::Create, format!("What a client sends to create a [`{name}`]."), create),
        model(
            "Update",
            Usage::Update,
            format!("What a client sends to change a [`{name}`]: every field can be left out."),
            update,
        ),
        model("Response", Usage::Response, format!("A [`{name}`] as it leaves the server."), response),
    ];
    for (index, view) in views.iter().enumerate() {
        let all = parts.fields(|it| it.response, |_| Form::Whole).into_iter().chain(parts.computed());
        let mut members: Vec<ModelField> = all.filter(|it| view.fields.contains(&plain_name(&it.ident))).collect();
        members.sort_by_key(|it| view.fields.iter().position(|name| *name == plain_name(&it.ident)));
        let doc = format!("The view `{}` of a [`{name}`].", view.name);
        models.push(model(&view.name, Usage::View(index), doc, members));
    }
    models
}

struct Parts<'a> {
    name: &'a str,
    vis: &'a Visibility,
    fields: &'a [&'a syn::Field],
    lowered: &'a [Lowered],
    computed: &'a [Computed],
}

impl Parts<'_> {
    fn fields(&self, has: fn(Access) -> bool, form: fn(&crate::model::Field) -> Form) -> Vec<ModelField> {
        let pairs = self.fields.iter().zip(self.lowered).enumerate();
        pairs
            .filter(|(_, (_, it))| has(it.access))
            .map(|(slot, (field, it))| ModelField {
                vis: field.vis.clone(),
                ident: it.field.ident.clone(),
                ty: it.field.ty.clone(),
                doc: doc(&field.attrs).unwrap_or_else(|| self.default_doc(&it.field.name)),
                slot,
                form: form(&it.field),
            })
            .collect()
    }

    fn computed(&self) -> Vec<ModelField> {
        let first = self.lowered.len();
        let fields = self.computed.iter().enumerate().map(|(index, it)| ModelField {
            vis: self.vis.clone(),
            ident: it.ident.clone(),
            ty: it.ty.clone(),
            doc: it.doc.clone().unwrap_or_else(|| self.default_doc(&it.name)),
            slot: first + index,
            form: Form::Computed,
        });
        fields.collect()
    }

    // The user's crate may ask for documentation on everything that is public.
    fn default_doc(&self, field: &str) -> String {
        format!("`{field}` of the [`{}`].", self.name)
    }
}

/// `Book::TITLE` and so on.
pub(super) fn handles(fields: &[&syn::Field], lowered: &[Lowered]) -> Vec<Handle> {
    fields
        .iter()
        .zip(lowered)
        .enumerate()
        .map(|(slot, (field, it))| Handle {
            vis: field.vis.clone(),
            ident: format_ident!("{}", it.field.name.to_uppercase(), span = it.field.ident.span()),
            field: it.field.name.clone(),
            slot,
            ty: it.field.ty.clone(),
        })
        .collect()
}
