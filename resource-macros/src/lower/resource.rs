//! A resource as a whole: what its fields have to agree on.

use std::collections::HashMap;

use syn::spanned::Spanned as _;
use syn::{DeriveInput, Ident, LitStr, Path, Type};

use super::field::{Lowered, NOT_UNIQUE, resource_field};
use super::foreign;
use super::literal::count;
use super::names::plural_of;
use super::naming::Naming;
use super::operations;
use super::query::{self, Parameters};
use super::rule::struct_rules;
use super::views::{lower_computed, lower_list, lower_views};
use super::{Rejected, doc, krate, models, named_fields, plain_name};
use crate::attrs::{self, FieldAttrs, Keyed, Names, PageAttrs, ResourceAttrs, ValidateAttrs, ValidateStructAttrs};
use crate::error::{Errors, instead};
use crate::model::{
    Access, Check, CheckKind, Computed, Field, Filter, Outline, Page, Resource, Role, RuleKind, SortKey, View,
};

/// Lowers `#[derive(Resource)]`.
pub(crate) fn resource(input: &DeriveInput) -> Result<Resource, Rejected<Outline>> {
    let mut errors = Errors::default();
    let lowered = lower(input, &mut errors);
    match lowered {
        Some(it) if errors.is_empty() => Ok(it),
        it => Err(Rejected {
            errors,
            outline: it.filter(|_| input.generics.params.is_empty()).map(|it| Box::new(it.outline)),
        }),
    }
}

fn lower(input: &DeriveInput, errors: &mut Errors) -> Option<Resource> {
    let fields = named_fields(input, "a resource", errors)?;
    let attrs = attrs::parse::<ResourceAttrs>("resource", &input.attrs, errors).unwrap_or_default();
    let ResourceAttrs {
        path,
        table,
        rename_all,
        view,
        list,
        computed,
        sort,
        page,
        operations,
        require_if_match,
        unique,
        index,
        krate: root,
        unknown,
    } = attrs;
    unknown.translated(foreign::ON_STRUCTS, errors).report(
        ResourceAttrs::KEYS,
        &[(FieldAttrs::KEYS, "write it on a field")],
        errors,
    );
    let rules = attrs::parse::<ValidateStructAttrs>("validate", &input.attrs, errors)
        .map(|it| struct_rules(it, RuleKind::Record, errors))
        .unwrap_or_default();
    let mut checks = Vec::new();
    let mut naming = Naming::new(rename_all.value(errors).as_ref(), errors);
    let all = Fields::lower(&input.ident, &fields, &mut naming, &mut checks, errors);

    let name = plain_name(&input.ident);
    let path = path.value(errors).map(|it| lower_path(&it.0, errors));
    let table = table.value(errors).map(|it| lower_identifier("table", &it.0, errors));
    let computed =
        lower_computed(computed.take(errors).into_iter().flat_map(|it| it.value.0), &all, &mut naming, errors);
    let shown =
        |it: &Computed| Check { kind: CheckKind::Shown, field: it.name.clone(), ty: it.ty.clone(), span: it.ty.span() };
    checks.extend(computed.iter().map(shown));
    let views = lower_views(view.take(errors), &all, &computed, errors);
    let list = list.value(errors).and_then(|it| lower_list(&it, &views, errors));
    let sort = match sort.take(errors) {
        Some(it) => {
            let text = it.value.0;
            let keys = query::sort(&text, &all.with_access(), errors);
            checks.extend(keys.iter().filter_map(|it| all.check(&it.field, CheckKind::Comparable, text.span())));
            keys
        }
        None => Vec::new(),
    };
    let page = page.take(errors).and_then(|it| lower_page(it, errors));
    let require_if_match = require_if_match.value(errors).is_some_and(|it| it.0);
    let operations = operations.take(errors).map(|it| operations::operations(it, &all, require_if_match, errors));
    let unique = lower_sets(unique.take(errors), &all, &mut checks, errors);
    for set in unique.iter().filter(|it| it.names.len() == 1) {
        errors.push(&set.key, "one field is unique by itself", "write `#[resource(unique)]` on the field");
    }
    for set in unique.iter().filter(|it| it.names.iter().any(|name| Some(name.as_str()) == all.soft_delete())) {
        errors.push(&set.key, NOT_UNIQUE, "remove it: the values of deleted rows are free already");
    }
    let indexes = lower_sets(index.take(errors), &all, &mut checks, errors);
    for set in &indexes {
        if unique.iter().any(|it| it.names == set.names) {
            errors.push(&set.key, "what is unique has an index", "remove this one");
        }
    }
    let krate = krate(root.take(errors));
    let views: Vec<View> = views.into_iter().map(|(it, _)| it).collect();
    let outline = Outline {
        models: models::models(input, &fields, &all.lowered, &computed, &views),
        handles: models::handles(&fields, &all.lowered),
        id_ty: all.id_ty(),
        vis: input.vis.clone(),
        ident: input.ident.clone(),
        krate,
    };
    // Attributes name fields as Rust does, and descriptions as the wire does.
    let on_the_wire = |it: String| naming.on_the_wire(&it);
    let all_on_the_wire = |it: Vec<String>| it.into_iter().map(on_the_wire).collect::<Vec<_>>();
    let mut fields: Vec<Field> =
        all.lowered.into_iter().map(|it| Field { filters: only(it.filters), ..it.field }).collect();
    naming.rename_in_rules(&mut fields);
    Some(Resource {
        outline,
        path: path.unwrap_or_else(|| plural_of(&name, "-")),
        table: table.unwrap_or_else(|| plural_of(&name, "_")),
        name,
        doc: doc(&input.attrs),
        fields,
        computed,
        views: views.into_iter().map(|it| View { fields: all_on_the_wire(it.fields), ..it }).collect(),
        list,
        sort: sort.into_iter().map(|it| SortKey { field: on_the_wire(it.field), ..it }).collect(),
        page,
        operations,
        require_if_match,
        unique: unique.into_iter().map(|it| all_on_the_wire(it.names)).collect(),
        indexes: indexes.into_iter().map(|it| all_on_the_wire(it.names)).collect(),
        rules,
        checks,
    })
}

fn only(filters: Vec<(Filter, Option<LitStr>)>) -> Vec<Filter> {
    filters.into_iter().map(|(it, _)| it).collect()
}

/// All fields of the resource.
pub(super) struct Fields {
    lowered: Vec<Lowered>,
}

impl Fields {
    fn lower(
        resource: &Ident,
        fields: &[&syn::Field],
        naming: &mut Naming,
        checks: &mut Vec<Check>,
        errors: &mut Errors,
    ) -> Self {
        let types: Vec<(String, &Type)> =
            fields.iter().filter_map(|it| Some((plain_name(it.ident.as_ref()?), &it.ty))).collect();
        let mut lowered = Vec::new();
        let mut readable = true;
        for field in fields {
            let attrs = attrs::parse::<FieldAttrs>("resource", &field.attrs, errors);
            let validate = attrs::parse::<ValidateAttrs>("validate", &field.attrs, errors);
            readable &= attrs.is_some();
            let (attrs, validate) = (attrs.unwrap_or_default(), validate.unwrap_or_default());
            lowered.extend(resource_field(field, attrs, validate, &types, naming, checks, errors));
        }
        let all = Self { lowered };
        all.check_roles(resource, readable, errors);
        all.check_columns(errors);
        let mut parameters = Parameters::default();
        for it in &all.lowered {
            parameters.enter(&it.field.wire, &it.filters, errors);
        }
        all
    }

    pub(super) fn get(&self, name: &str) -> Option<&Lowered> {
        self.lowered.iter().find(|it| it.field.name == name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.lowered.iter().map(|it| it.field.name.as_str())
    }

    /// The field that marks rows as deleted.
    pub(super) fn soft_delete(&self) -> Option<&str> {
        let field = self.lowered.iter().find(|it| matches!(it.field.role, Role::DeletedAt { .. }))?;
        Some(&field.field.name)
    }

    /// Whether a list of them can be asked for by conditions.
    pub(super) fn take_conditions(&self) -> bool {
        self.lowered.iter().any(|it| it.field.search || !it.filters.is_empty())
    }

    fn with_access(&self) -> Vec<(&Field, Access)> {
        self.lowered.iter().map(|it| (&it.field, it.access)).collect()
    }

    fn check(&self, name: &str, kind: CheckKind, span: proc_macro2::Span) -> Option<Check> {
        Some(Check { kind, field: name.to_owned(), ty: self.get(name)?.field.ty.clone(), span })
    }

    fn id_ty(&self) -> Type {
        let id = self.lowered.iter().find(|it| matches!(it.field.role, Role::Id { .. }));
        // Without an id there is an error, and this stands in its place.
        id.map_or_else(|| syn::parse_quote!(i64), |it| it.field.ty.clone())
    }

    /// One id, and not more than one of each time.
    fn check_roles(&self, resource: &Ident, readable: bool, errors: &mut Errors) {
        let ids: Vec<&Path> = self.lowered.iter().filter_map(|it| it.id.as_ref()).collect();
        match ids.as_slice() {
            [_] => {}
            // Where a field's attributes could not be read, the id may be among them.
            [] if !readable => {}
            [] => {
                let what = format!("`{resource}` has no id");
                match self.get("id") {
                    Some(it) => errors.push(&it.field.ident, what, "write `#[resource(id)]` on this field"),
                    None => errors.push(resource, what, "add a field such as `#[resource(id)] id: i64`"),
                }
            }
            [_, rest @ ..] => {
                for key in rest {
                    errors.push(key, format!("`{resource}` has an id already"), "keep `id` on one field");
                }
            }
        }
        let soft_delete = Role::DeletedAt { purge_after: None };
        for (name, role) in
            [("created_at", Role::CreatedAt), ("updated_at", Role::UpdatedAt), ("soft_delete", soft_delete)]
        {
            let same = |it: &&Lowered| std::mem::discriminant(&it.field.role) == std::mem::discriminant(&role);
            for second in self.lowered.iter().filter(same).skip(1) {
                let what = format!("`{resource}` has a `{name}` already");
                errors.push(&second.field.ident, what, format!("keep `{name}` on one field"));
            }
        }
    }

    fn check_columns(&self, errors: &mut Errors) {
        let mut columns: HashMap<String, &str> = HashMap::new();
        for it in &self.lowered {
            if let Some(column) = &it.column {
                lower_identifier("column", column, errors);
            }
            let column = it.field.column.as_deref().unwrap_or(&it.field.name);
            let mut report = |what: String, help: &str| match &it.column {
                Some(literal) => errors.push(literal, what, help),
                None => errors.push(&it.field.ident, what, help),
            };
            if column.eq_ignore_ascii_case("_version") {
                report(
                    "the column `_version` is where the store counts a row's writes".to_owned(),
                    "write `column = \"another_name\"`",
                );
            }
            // Stores take names that differ in case only for the same.
            if let Some(other) = columns.insert(column.to_lowercase(), &it.field.name) {
                report(
                    format!("`{}` and `{other}` have one column", it.field.name),
                    "give one of them another: `column = \"another_name\"`",
                );
            }
        }
    }
}

fn lower_path(text: &LitStr, errors: &mut Errors) -> String {
    let path = text.value();
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.~".contains(it);
    if path.starts_with('/') || path.ends_with('/') {
        errors.push(text, "`path` is a plain name such as `\"users\"`", "remove the `/` at its ends");
    } else if path.is_empty() || !path.chars().all(plain) {
        errors.push(
            text,
            "`path` is one segment of a URL such as `\"book-reviews\"`",
            "take ASCII letters, digits and `-` only; what stands before it is said by `nest`",
        );
    }
    path
}

/// A name in stores.
fn lower_identifier(what: &str, text: &LitStr, errors: &mut Errors) -> String {
    let name = text.value();
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    if !starts || !chars.all(|it| it.is_ascii_alphanumeric() || it == '_') {
        errors.push(
            text,
            format!("`{name}` cannot be the name of a {what}"),
            "it starts with a letter, and has ASCII letters, digits and `_`",
        );
    } else if name.len() > 63 {
        errors.push(text, format!("the name of a {what} has at most 63 characters"), "take a shorter one");
    }
    name
}

fn lower_page(given: Keyed<PageAttrs>, errors: &mut Errors) -> Option<Page> {
    let PageAttrs { size, max, unknown } = given.value;
    unknown.translated(foreign::PAGES, errors).report(PageAttrs::KEYS, &[], errors);
    let mut part = |given: attrs::Once<attrs::Expression>, default: u32| {
        let Some(expr) = given.value(errors).map(|it| it.0) else { return Some(default) };
        match errors.handle(count(&expr))? {
            Some(rows) if (1..=1_000_000).contains(&rows) => u32::try_from(rows).ok(),
            Some(_) => {
                errors.push(&expr, "a page has 1 to 1000000 rows", "write `page(size = 20, max = 100)`");
                None
            }
            None => {
                errors.push(&expr, "the rows of a page are a number", "write `page(size = 20, max = 100)`");
                None
            }
        }
    };
    let (size, max) = (part(size, 20), part(max, 100));
    let (size, max) = (size?, max?);
    if size > max {
        errors.push(
            &given.key,
            format!("pages of {size} rows are more than the {max} that a client may ask for"),
            format!("write `page(size = {size}, max = {size})` or more"),
        );
    }
    Some(Page { size, max })
}

/// Fields that are unique, or have an index, together.
struct Set {
    key: Path,
    names: Vec<String>,
}

fn lower_sets(given: Vec<Keyed<Names>>, fields: &Fields, checks: &mut Vec<Check>, errors: &mut Errors) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    for Keyed { key, value: Names(members) } in given {
        let mut names: Vec<String> = Vec::new();
        for member in members {
            let name = plain_name(&member);
            if names.contains(&name) {
                errors.push(&member, format!("`{name}` is named twice"), "name each field once");
                continue;
            }
            match fields.check(&name, CheckKind::Comparable, member.span()) {
                Some(check) => checks.push(check),
                None => errors.push(&member, format!("there is no field `{name}`"), instead(&name, fields.names())),
            }
            names.push(name);
        }
        if sets.iter().any(|it| it.names == names) {
            errors.push(&key, "these fields are named together already", "remove one of the two");
        }
        sets.push(Set { key, names });
    }
    sets
}
