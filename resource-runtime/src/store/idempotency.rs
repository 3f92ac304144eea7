//! The table of answers that are kept under an `Idempotency-Key`.

use jiff::Timestamp;

use crate::field::{FieldMeta, IdSource};
use crate::resource::{Operation, ResourceMeta};

/// A resource of the framework's own, which is never mounted: one row for each key, written by the
/// same statements as any other row, so that every store has it, and in the same transactions.
pub(crate) static IDEMPOTENCY: ResourceMeta = ResourceMeta::new(
    "Idempotency",
    "_idempotency",
    "_idempotency",
    &[
        FieldMeta::of::<String>("id").id(IdSource::Client).doc("A digest of the key, and of whose and what for it is."),
        FieldMeta::of::<String>("fingerprint").doc("A digest of what was sent under the key."),
        FieldMeta::of::<Option<i32>>("status").doc("The answer's status; null while the request runs."),
        FieldMeta::of::<Option<String>>("headers").doc("The answer's header fields, as pairs."),
        FieldMeta::of::<Option<String>>("body").doc("The answer's body."),
        FieldMeta::of::<Timestamp>("created_at").created_at(),
        FieldMeta::of::<Timestamp>("expires_at").doc("When the row is as if it were not there."),
    ],
)
.indexes(&[&["expires_at"]]);

/// Positions of the fields of [`IDEMPOTENCY`].
#[cfg(feature = "server")]
pub(crate) mod field {
    pub(crate) const FINGERPRINT: usize = 1;
    pub(crate) const STATUS: usize = 2;
    pub(crate) const HEADERS: usize = 3;
    pub(crate) const BODY: usize = 4;
    pub(crate) const EXPIRES_AT: usize = 6;
}

/// Whether a resource has operations that take an `Idempotency-Key`.
pub(crate) fn takes_keys(meta: &ResourceMeta) -> bool {
    use Operation::{BulkCreate, BulkDelete, BulkUpdate, Create, Restore, Update};
    [Create, Update, BulkCreate, BulkUpdate, BulkDelete, Restore].into_iter().any(|it| meta.operations.has(it))
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_fields() {
        let position = |name| IDEMPOTENCY.field(name).unwrap().0;
        assert_eq!(position("fingerprint"), field::FINGERPRINT);
        assert_eq!(position("status"), field::STATUS);
        assert_eq!(position("headers"), field::HEADERS);
        assert_eq!(position("body"), field::BODY);
        assert_eq!(position("expires_at"), field::EXPIRES_AT);
    }
}
