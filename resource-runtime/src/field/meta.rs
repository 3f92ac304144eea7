use std::time::Duration;

use super::{FieldType, Kind, RuleMeta, Value, ValueError};
use crate::query::Operator;

/// The description of one field: what it holds, who may send and see it, and what clients may do
/// with it. Made by the derive as a constant.
///
/// ```
/// use resource_runtime::field::FieldMeta;
///
/// const TITLE: FieldMeta = FieldMeta::of::<String>("title").doc("What the cover says.").sortable();
/// assert!(TITLE.sort && !TITLE.nullable);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct FieldMeta {
    /// The name on the wire.
    pub name: &'static str,
    /// The column's name in stores.
    pub column: &'static str,
    /// The field's doc comment.
    pub doc: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether null is a value of it (the Rust type is an `Option`).
    pub nullable: bool,
    /// Whether its type says that it must not leave the server; it is not described by examples or defaults either.
    pub secret: bool,
    /// Whether its numbers are strings in bodies, for clients whose own numbers would round them.
    pub as_string: bool,
    /// Who may send and see it.
    pub access: Access,
    /// What the framework does with it.
    pub role: Role,
    /// The value of a field that is absent on creation.
    pub default: Option<fn() -> Value>,
    /// Whether no two rows may have the same value (nulls aside).
    pub unique: bool,
    /// Whether clients may sort by it.
    pub sort: bool,
    /// Whether `search` looks into it.
    pub search: bool,
    /// The operators that clients may filter it with.
    pub filters: &'static [FilterMeta],
    /// What its values obey.
    pub rules: &'static [RuleMeta],
    /// What is done to a value that came in before its rules are checked.
    pub normalize: Option<fn(Value) -> Result<Value, ValueError>>,
    /// A value to show in the API's description.
    pub example: Option<fn() -> Value>,
    /// Whether the store keeps an index for its filters and sort.
    pub index: bool,
}

impl FieldMeta {
    /// A field that clients may read and write, holding a `T`.
    #[must_use]
    pub const fn of<T: FieldType>(name: &'static str) -> Self {
        Self {
            name,
            column: name,
            doc: "",
            kind: T::KIND,
            nullable: T::NULLABLE,
            secret: T::SECRET,
            as_string: false,
            access: Access::READ_WRITE,
            role: Role::Plain,
            default: None,
            unique: false,
            sort: false,
            search: false,
            filters: &[],
            rules: &[],
            normalize: None,
            example: None,
            index: true,
        }
    }

    /// Under another name.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self.column = name;
        self
    }

    /// With a description.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// With a column name of its own.
    #[must_use]
    pub const fn column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    /// With its numbers as strings in bodies.
    #[must_use]
    pub const fn as_string(mut self) -> Self {
        self.as_string = true;
        self
    }

    /// Sent and seen as given.
    #[must_use]
    pub const fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// The resource's identifier.
    #[must_use]
    pub const fn id(mut self, source: IdSource) -> Self {
        self.role = Role::Id(source);
        self.access = match source {
            IdSource::Store => Access::READ_ONLY,
            IdSource::Client => Access::IMMUTABLE,
        };
        self
    }

    /// Set to the time of the insert, and never again.
    #[must_use]
    pub const fn created_at(mut self) -> Self {
        self.role = Role::CreatedAt;
        self.access = Access::READ_ONLY;
        self
    }

    /// Set to the time of every update (and of the insert, where it cannot be null).
    #[must_use]
    pub const fn updated_at(mut self) -> Self {
        self.role = Role::UpdatedAt;
        self.access = Access::READ_ONLY;
        self
    }

    /// Set when the row is deleted, which is hidden from then on instead of removed.
    #[must_use]
    pub const fn soft_delete(mut self) -> Self {
        self.role = Role::DeletedAt { purge_after: None };
        self.access = Access::HIDDEN;
        self
    }

    /// With deleted rows removed for good after this time, where it is the field that they are marked by.
    #[must_use]
    pub const fn purge_after(mut self, time: Duration) -> Self {
        if let Role::DeletedAt { .. } = self.role {
            self.role = Role::DeletedAt { purge_after: Some(time) };
        }
        self
    }

    /// With a value for where it is absent on creation.
    #[must_use]
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.default = Some(default);
        self
    }

    /// With no two rows alike.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Open to `sort`.
    #[must_use]
    pub const fn sortable(mut self) -> Self {
        self.sort = true;
        self
    }

    /// Looked into by `search`.
    #[must_use]
    pub const fn searchable(mut self) -> Self {
        self.search = true;
        self
    }

    /// Open to these operators.
    #[must_use]
    pub const fn filters(mut self, filters: &'static [FilterMeta]) -> Self {
        self.filters = filters;
        self
    }

    /// Under these rules.
    #[must_use]
    pub const fn rules(mut self, rules: &'static [RuleMeta]) -> Self {
        self.rules = rules;
        self
    }

    /// Normalized by a function before its rules are checked.
    #[must_use]
    pub const fn normalize(mut self, normalize: fn(Value) -> Result<Value, ValueError>) -> Self {
        self.normalize = Some(normalize);
        self
    }

    /// Shown with this value in the API's description.
    #[must_use]
    pub const fn example(mut self, example: fn() -> Value) -> Self {
        self.example = Some(example);
        self
    }

    /// Without an index of the framework's making.
    #[must_use]
    pub const fn without_index(mut self) -> Self {
        self.index = false;
        self
    }

    /// Whether a creation without this field is refused.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.access.create && !self.nullable && self.default.is_none()
    }
}

/// Which models a field is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Clients may send it when they create (and replace).
    pub create: bool,
    /// Clients may send it when they update (and replace).
    pub update: bool,
    /// It leaves the server.
    pub response: bool,
}

impl Access {
    /// Sent and seen.
    pub const READ_WRITE: Self = Self { create: true, update: true, response: true };
    /// Set by the server, seen by clients.
    pub const READ_ONLY: Self = Self { create: false, update: false, response: true };
    /// Sent by clients, never seen again.
    pub const WRITE_ONLY: Self = Self { create: true, update: true, response: false };
    /// Sent at creation only, then seen.
    pub const IMMUTABLE: Self = Self { create: true, update: false, response: true };
    /// Neither sent nor seen.
    pub const HIDDEN: Self = Self { create: false, update: false, response: false };

    /// The same, but not sent when clients create.
    #[must_use]
    pub const fn skip_create(self) -> Self {
        Self { create: false, ..self }
    }

    /// The same, but not sent when clients update.
    #[must_use]
    pub const fn skip_update(self) -> Self {
        Self { update: false, ..self }
    }

    /// The same, but never seen.
    #[must_use]
    pub const fn skip_response(self) -> Self {
        Self { response: false, ..self }
    }
}

/// What the framework does with a field by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Plain,
    /// It identifies the row.
    Id(IdSource),
    /// It holds the time of the insert.
    CreatedAt,
    /// It holds the time of the last update.
    UpdatedAt,
    /// It holds the time of the deletion, and marks the row as deleted.
    DeletedAt {
        /// How long a deleted row is kept; for ever where nothing is said.
        purge_after: Option<Duration>,
    },
}

/// Who chooses a new row's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdSource {
    /// The framework: the next integer, or a UUID of version 7 (RFC 9562).
    Store,
    /// The client.
    Client,
}

/// An operator that a field declares, with the name of its parameter.
#[derive(Debug, Clone, Copy)]
pub struct FilterMeta {
    /// The operator.
    pub operator: Operator,
    /// The parameter's name, where it is not `field[op]`.
    pub parameter: Option<&'static str>,
}

impl FilterMeta {
    /// An operator under its bracket form (`field[op]`; for `eq`, `field` as well).
    #[must_use]
    pub const fn new(operator: Operator) -> Self {
        Self { operator, parameter: None }
    }

    /// An operator under a name of its own.
    #[must_use]
    pub const fn named(operator: Operator, parameter: &'static str) -> Self {
        Self { operator, parameter: Some(parameter) }
    }

    /// Under this name instead.
    #[must_use]
    pub const fn parameter(self, parameter: &'static str) -> Self {
        Self::named(self.operator, parameter)
    }
}
