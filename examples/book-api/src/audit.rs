//! Who has changed what, and when: an entry for every write, in the transaction of the write.

use resource_runtime::prelude::*;

/// One write to a row.
#[derive(Debug, Clone, Resource)]
#[resource(path = "audit", operations(read), sort = "-at", page(size = 50, max = 100))]
pub struct AuditEntry {
    /// The number that identifies the entry.
    #[resource(id)]
    pub id: i64,

    /// When the row was written.
    #[resource(created_at, sort, filter(gte = "since", lt = "until"))]
    pub at: Timestamp,

    /// What was done.
    #[resource(filter(eq, in), example = AuditOperation::Update)]
    pub operation: AuditOperation,

    /// What the row is.
    #[resource(sort, filter(eq, in), example = "Book")]
    pub resource: String,

    /// The row's identifier.
    #[resource(filter(eq), example = "7")]
    pub row_id: String,

    /// The `X-Request-ID` of the request that did it.
    #[resource(filter(eq))]
    pub request_id: Option<String>,
}

/// What was done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ResourceEnum)]
pub enum AuditOperation {
    /// It is new.
    Create,
    /// It was replaced as a whole.
    Replace,
    /// Some of its fields were changed.
    Update,
    /// It is gone.
    Delete,
    /// It is back.
    Restore,
}

/// Hooks that write the entries, for any resource.
#[derive(Debug, Clone, Copy)]
pub struct Audit;

impl Audit {
    async fn note<R: Resource>(cx: &mut HookContext<'_>, operation: AuditOperation, row: &R) -> Result<(), ApiError> {
        let entry = AuditEntry {
            id: 0,
            at: Timestamp::now(),
            operation,
            resource: R::META.name.to_owned(),
            row_id: row.id_text(),
            request_id: cx.request_id().map(|it| it.as_str().to_owned()),
        };
        cx.tx().insert(entry).await?;
        Ok(())
    }
}

impl<R: Resource> Hooks<R> for Audit {
    async fn after_create(&self, cx: &mut HookContext<'_>, row: &R) -> Result<(), ApiError> {
        Self::note(cx, AuditOperation::Create, row).await
    }

    async fn after_update(&self, cx: &mut HookContext<'_>, _: &R, new: &R) -> Result<(), ApiError> {
        let operation = match cx.operation() {
            Operation::Replace => AuditOperation::Replace,
            Operation::Restore => AuditOperation::Restore,
            _ => AuditOperation::Update,
        };
        Self::note(cx, operation, new).await
    }

    async fn after_delete(&self, cx: &mut HookContext<'_>, row: &R) -> Result<(), ApiError> {
        Self::note(cx, AuditOperation::Delete, row).await
    }
}
