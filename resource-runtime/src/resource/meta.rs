use std::time::Duration;

use super::{ComputedMeta, Operation, Operations, PageMeta, Record, SortMeta, ViewMeta};
use crate::field::{FieldMeta, IdSource, Kind, Role, RuleMeta, Value, ValueError};

/// Evaluates all computed fields of a row.
pub type Compute = fn(&Record) -> Result<Vec<Value>, ValueError>;

/// The description of a resource, made by the derive as a constant.
#[derive(Debug)]
pub struct ResourceMeta {
    /// The Rust type's name, which is the response schema's name too.
    pub name: &'static str,
    /// The path under the API's prefix, without slashes at its ends.
    pub path: &'static str,
    /// The table's name.
    pub table: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// The fields, in declaration order.
    pub fields: &'static [FieldMeta],
    /// Fields that are computed from a row, returned and never taken.
    pub computed: &'static [ComputedMeta],
    /// Evaluates all computed fields of a row, in the order of `computed`.
    pub compute: Option<Compute>,
    /// Named parts of the response.
    pub views: &'static [ViewMeta],
    /// The view that lists answer with; the response model where there is none.
    pub list: Option<&'static str>,
    /// The order of lists for which the client chooses none.
    pub sort: &'static [SortMeta],
    /// The sizes of pages.
    pub page: PageMeta,
    /// What clients can do.
    pub operations: Operations,
    /// Whether a write without `If-Match` is refused with 428.
    pub require_if_match: bool,
    /// Sets of fields of which no two rows may have the same values.
    pub unique: &'static [&'static [&'static str]],
    /// Further indexes.
    pub indexes: &'static [&'static [&'static str]],
    /// Rules over the whole record (`#[validate(schema(...))]`): [`Rule::Custom`] over
    /// [`Value::Object`] of all fields.
    ///
    /// [`Rule::Custom`]: crate::field::Rule::Custom
    pub rules: &'static [RuleMeta],
}

impl ResourceMeta {
    /// A resource with the operations on one row and in bulk, and [`Operation::Restore`] where deletes are soft, and
    /// nothing else but its fields.
    #[must_use]
    pub const fn new(
        name: &'static str,
        path: &'static str,
        table: &'static str,
        fields: &'static [FieldMeta],
    ) -> Self {
        Self {
            name,
            path,
            table,
            doc: "",
            fields,
            computed: &[],
            compute: None,
            views: &[],
            list: None,
            sort: &[],
            page: PageMeta { size: 20, max: 100 },
            operations: match mark(fields) {
                Some(_) => Operations::CRUD.union(Operations::BULK).with(Operation::Restore),
                None => Operations::CRUD.union(Operations::BULK),
            },
            require_if_match: false,
            unique: &[],
            indexes: &[],
            rules: &[],
        }
    }

    /// With a description.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// With computed fields.
    #[must_use]
    pub const fn computed(mut self, computed: &'static [ComputedMeta], compute: Compute) -> Self {
        self.computed = computed;
        self.compute = Some(compute);
        self
    }

    /// With views.
    #[must_use]
    pub const fn views(mut self, views: &'static [ViewMeta]) -> Self {
        self.views = views;
        self
    }

    /// With lists that answer with a view.
    #[must_use]
    pub const fn list(mut self, view: &'static str) -> Self {
        self.list = Some(view);
        self
    }

    /// With an order for lists.
    #[must_use]
    pub const fn sort(mut self, sort: &'static [SortMeta]) -> Self {
        self.sort = sort;
        self
    }

    /// With page sizes.
    #[must_use]
    pub const fn page(mut self, size: u32, max: u32) -> Self {
        self.page = PageMeta { size, max };
        self
    }

    /// With these operations only.
    #[must_use]
    pub const fn operations(mut self, operations: Operations) -> Self {
        self.operations = operations;
        self
    }

    /// With `If-Match` demanded of every write to an existing row; none is changed in a batch then.
    #[must_use]
    pub const fn require_if_match(mut self) -> Self {
        self.require_if_match = true;
        self
    }

    /// With sets of fields that are unique together.
    #[must_use]
    pub const fn unique(mut self, unique: &'static [&'static [&'static str]]) -> Self {
        self.unique = unique;
        self
    }

    /// With further indexes.
    #[must_use]
    pub const fn indexes(mut self, indexes: &'static [&'static [&'static str]]) -> Self {
        self.indexes = indexes;
        self
    }

    /// With rules over the whole record.
    #[must_use]
    pub const fn rules(mut self, rules: &'static [RuleMeta]) -> Self {
        self.rules = rules;
        self
    }

    /// The position of the identifier. The derive refuses a struct without one.
    #[must_use]
    pub const fn id(&self) -> usize {
        let mut index = 0;
        while index < self.fields.len() {
            #[expect(
                clippy::indexing_slicing,
                reason = "the loop's condition bounds the index; iterators are not const"
            )]
            if let Role::Id(_) = self.fields[index].role {
                return index;
            }
            index += 1;
        }
        0
    }

    /// The identifier's description.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "`id` is a position of `fields`, which the derive never makes empty")]
    pub const fn id_field(&self) -> &'static FieldMeta {
        &self.fields[self.id()]
    }

    /// Who chooses the identifier.
    #[must_use]
    pub const fn id_source(&self) -> IdSource {
        match self.id_field().role {
            Role::Id(source) => source,
            _ => IdSource::Store,
        }
    }

    /// The position of the field that marks rows as deleted, where deletes are soft.
    #[must_use]
    pub const fn soft_delete(&self) -> Option<usize> {
        match mark(self.fields) {
            Some((index, _)) => Some(index),
            None => None,
        }
    }

    /// How long deleted rows are kept, where deletes are soft and there is an end to it.
    #[must_use]
    pub const fn purge_after(&self) -> Option<Duration> {
        match mark(self.fields) {
            Some((_, purge_after)) => purge_after,
            None => None,
        }
    }

    /// The field of this name, with its position.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(usize, &'static FieldMeta)> {
        self.fields.iter().enumerate().find(|(_, it)| it.name == name)
    }

    /// The name and kind at a position of [`Values`](crate::model::Values): a field's, or, after
    /// the fields, a computed one's.
    #[must_use]
    pub fn slot(&self, index: usize) -> Option<(&'static str, &'static Kind)> {
        match self.fields.get(index) {
            Some(field) => Some((field.name, &field.kind)),
            None => self.computed.get(index - self.fields.len()).map(|it| (it.name, &it.kind)),
        }
    }

    /// Whether the numbers at a position of [`Values`](crate::model::Values) are strings in bodies.
    #[must_use]
    pub fn is_string(&self, index: usize) -> bool {
        self.fields.get(index).is_some_and(|it| it.as_string)
    }

    /// What clients can do of [`ResourceMeta::operations`]: a batch has no place for the tags that `require_if_match`
    /// demands, so that changes in batches could only be refused.
    #[must_use]
    pub const fn offered(&self) -> Operations {
        if !self.require_if_match {
            return self.operations;
        }
        let operations = self.operations.without(Operation::BulkUpdate).without(Operation::BulkDelete);
        operations.without(Operation::UpdateMany).without(Operation::DeleteMany)
    }

    /// The positions of the fields that say when a row was written last: the one that is set at
    /// every update, and the one that is set at creation, which counts before the first. `None`
    /// where they do not say it; the second alone does, if nobody can change rows.
    pub(crate) fn written_at(&self) -> Option<[Option<usize>; 2]> {
        let position = |role| self.fields.iter().position(|it| it.role == role);
        let changes = [Operation::Replace, Operation::Update, Operation::BulkUpdate, Operation::UpdateMany];
        match [position(Role::UpdatedAt), position(Role::CreatedAt)] {
            fields @ [Some(_), _] => Some(fields),
            fields @ [None, Some(_)] if !changes.into_iter().any(|it| self.operations.has(it)) => Some(fields),
            _ => None,
        }
    }

    /// The view of this name (without the resource's name in front), with its position.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<(usize, &'static ViewMeta)> {
        self.views.iter().enumerate().find(|(_, it)| it.name == name)
    }

    /// What lists answer with.
    #[must_use]
    pub fn list_usage(&self) -> crate::model::Usage {
        use crate::model::Usage;
        self.list.and_then(|it| self.view(it)).map_or(Usage::Response, |(index, _)| Usage::View(index))
    }
}

/// The field that marks rows as deleted, and how long they are kept then.
const fn mark(fields: &[FieldMeta]) -> Option<(usize, Option<Duration>)> {
    let (mut rest, mut index) = (fields, 0);
    while let [field, after @ ..] = rest {
        if let Role::DeletedAt { purge_after } = field.role {
            return Some((index, purge_after));
        }
        (rest, index) = (after, index + 1);
    }
    None
}
