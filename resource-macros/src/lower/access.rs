//! Who may send and see a field.

use quote::ToTokens;
use syn::Path;

use super::literal::seconds;
use super::names::is_secret;
use crate::attrs::{Bare, Id, Keyed, Names, SoftDeleteAttrs};
use crate::error::{Errors, instead, list};
use crate::model::{Access, Role};

/// The attributes that say it, as far as they were given.
pub(super) struct AccessAttrs {
    pub(super) skip: Option<Keyed<Names>>,
    pub(super) read_only: Option<Keyed<Bare>>,
    pub(super) write_only: Option<Keyed<Bare>>,
    pub(super) immutable: Option<Keyed<Bare>>,
    pub(super) hidden: Option<Keyed<Bare>>,
}

/// The role of a field: at most one of four attributes.
pub(super) fn role(
    id: Option<&Keyed<Id>>,
    created_at: Option<&Keyed<Bare>>,
    updated_at: Option<&Keyed<Bare>>,
    soft_delete: Option<Keyed<SoftDeleteAttrs>>,
    errors: &mut Errors,
) -> Role {
    let keys: Vec<&Path> = [
        id.map(|it| &it.key),
        created_at.map(|it| &it.key),
        updated_at.map(|it| &it.key),
        soft_delete.as_ref().map(|it| &it.key),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let [_, second, ..] = keys.as_slice() {
        errors.push(second, "a field is one of `id`, `created_at`, `updated_at` and `soft_delete`", "keep one of them");
    }
    let deleted_at = soft_delete.map(|it| lower_soft_delete(it.value, errors));
    match (id, created_at, updated_at) {
        (Some(id), ..) => {
            Role::Id { client: matches!(id.value, Id::Client), span: syn::spanned::Spanned::span(&id.key) }
        }
        (_, Some(_), _) => Role::CreatedAt,
        (.., Some(_)) => Role::UpdatedAt,
        _ => deleted_at.unwrap_or(Role::Plain),
    }
}

fn lower_soft_delete(attrs: SoftDeleteAttrs, errors: &mut Errors) -> Role {
    let SoftDeleteAttrs { purge_after, unknown } = attrs;
    unknown.report(SoftDeleteAttrs::KEYS, &[], errors);
    let purge_after = purge_after.value(errors).and_then(|it| errors.handle(seconds(&it.0)));
    Role::DeletedAt { purge_after }
}

impl AccessAttrs {
    /// The access that was written, where it is not what the role says by itself.
    pub(super) fn lower(self, role: Role, errors: &mut Errors) -> Option<Access> {
        let Self { skip, read_only, write_only, immutable, hidden } = self;
        let words: Vec<(Path, Access)> = [
            (read_only, Access::READ_ONLY),
            (write_only, Access::WRITE_ONLY),
            (immutable, Access::IMMUTABLE),
            (hidden, Access::HIDDEN),
        ]
        .into_iter()
        .filter_map(|(key, access)| Some((key?.key, access)))
        .collect();
        let skip = skip.map(|it| (lower_skip(&it.value, errors), it.key));

        let mut given: Vec<(Access, Path)> = words.into_iter().map(|(key, access)| (access, key)).collect();
        given.extend(skip);
        let mut given = given.into_iter();
        let (access, key) = given.next()?;
        if let Some((_, second)) = given.next() {
            let (first, second_name) = (name(&key), name(&second));
            errors.push(
                second,
                format!("`{first}` and `{second_name}` both say who may send and see the field"),
                "keep one of them; `skip(create, update, response)` is the general form",
            );
        }
        match role {
            Role::Plain => Some(access),
            Role::Id { .. } => {
                errors.push(
                    &key,
                    format!("`{}` does not go with `id`", name(&key)),
                    "remove it: an id is seen by everyone, and sent at creation where it is `id(client)`",
                );
                None
            }
            Role::CreatedAt | Role::UpdatedAt if access == Access::HIDDEN => Some(access),
            // Null in every row but those of an application that shows what it has deleted.
            Role::DeletedAt { .. } if access == Access::READ_ONLY => Some(access),
            Role::DeletedAt { .. } => {
                errors.push(
                    &key,
                    format!("`{}` does not go with `soft_delete`", name(&key)),
                    "remove it: such a field is hidden already (it can be `read_only` instead)",
                );
                None
            }
            Role::CreatedAt | Role::UpdatedAt => {
                errors.push(
                    &key,
                    format!("`{}` does not go with a field that the framework sets", name(&key)),
                    "remove it: such a field is read-only already (it can only be `hidden` too)",
                );
                None
            }
        }
    }
}

/// What the role says where nothing else does.
pub(super) const fn of_role(role: Role) -> Access {
    match role {
        Role::Plain => Access::READ_WRITE,
        Role::Id { client: true, .. } => Access::IMMUTABLE,
        Role::Id { client: false, .. } | Role::CreatedAt | Role::UpdatedAt => Access::READ_ONLY,
        Role::DeletedAt { .. } => Access::HIDDEN,
    }
}

/// A field that looks like a secret must say so before it leaves the server.
pub(super) fn check_secret(
    at: impl ToTokens,
    field: &str,
    leaves: bool,
    expose: Option<&Keyed<Bare>>,
    ways_out: &str,
    errors: &mut Errors,
) {
    match (is_secret(field), leaves, expose) {
        (true, true, None) => {
            errors.push(at, format!("`{field}` looks like a secret, and would leave the server"), ways_out);
        }
        (true, false, Some(expose)) => {
            errors.push(&expose.key, format!("`{field}` does not leave the server"), "remove `expose`");
        }
        (false, _, Some(expose)) => {
            errors.push(&expose.key, format!("`{field}` does not look like a secret"), "remove `expose`");
        }
        (true, true, Some(_)) | (_, _, None) => {}
    }
}

fn lower_skip(names: &Names, errors: &mut Errors) -> Access {
    const KNOWN: [&str; 3] = ["create", "update", "response"];
    let mut access = Access::READ_WRITE;
    for model in &names.0 {
        let part = match model.to_string().as_str() {
            "create" => &mut access.create,
            "update" => &mut access.update,
            "response" => &mut access.response,
            other => {
                errors.push(model, format!("there is no model `{other}` to skip"), instead(other, KNOWN));
                continue;
            }
        };
        if !*part {
            errors.push(model, format!("`{model}` is named twice"), format!("name each of {} once", list(KNOWN)));
        }
        *part = false;
    }
    access
}

fn name(key: &Path) -> String {
    crate::attrs::key_name(key)
}
