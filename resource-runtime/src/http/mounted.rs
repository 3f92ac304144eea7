use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;

use super::error::not_found;
use super::hooks::{Chain, RequestContext};
use super::idempotency::InFlight;
use super::modified::{Moments, Seconds};
use crate::error::{ApiError, Envelope, ErrorCode};
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{CursorKeys, Filter};
use crate::resource::{Operation, Record, ResourceMeta};
use crate::states::States;
use crate::store::{Database, Key};

/// What the handlers of one mounted resource share, prepared once.
pub(super) struct Mounted {
    pub(super) meta: &'static ResourceMeta,
    pub(super) database: Database,
    pub(super) scope: Scope,
    /// What the application does around writes.
    pub(super) hooks: Chain,
    /// What lists answer with.
    pub(super) list: Arc<Projection>,
    /// What every other operation answers with.
    pub(super) item: Arc<Projection>,
    /// Whether lists can be had whole, without pages.
    pub(super) exports: bool,
    /// Which fields say when a row was written.
    pub(super) moments: Option<Moments>,
    pub(super) context: Context,
}

/// What all resources of an API have in common.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) keys: Arc<CursorKeys>,
    pub(super) body_limit: usize,
    /// How long a request may take that goes on without its client.
    pub(super) request_timeout: Duration,
    pub(super) envelope: Arc<dyn Envelope>,
    /// How long answers are kept under an `Idempotency-Key`.
    pub(super) idempotency_ttl: Duration,
    /// The keys whose requests run.
    pub(super) in_flight: InFlight,
    /// The application's own.
    pub(super) states: States,
}

/// Tells the rows that there are for a request.
pub(super) type AskScope = dyn Fn(&Parts) -> Result<Filter, ApiError> + Send + Sync;

/// Which rows there are at all, for a request.
#[derive(Clone, Default)]
pub(super) enum Scope {
    #[default]
    All,
    Fixed(Filter),
    OfRequest(Arc<AskScope>),
}

impl Mounted {
    pub(super) fn new(
        meta: &'static ResourceMeta,
        database: Database,
        scope: Scope,
        hooks: Chain,
        context: Context,
    ) -> Self {
        Self {
            meta,
            database,
            scope,
            hooks,
            list: Arc::new(Projection::of(meta, meta.list_usage())),
            item: Arc::new(Projection::of(meta, Usage::Response)),
            exports: true,
            moments: Moments::of(meta),
            context,
        }
    }

    /// A request that writes, as hooks see it.
    pub(super) fn request(&self, operation: Operation, parts: Parts) -> Arc<RequestContext> {
        Arc::new(RequestContext::new(operation, parts, self.context.states.clone()))
    }

    /// The rows that there are for this request.
    pub(super) fn scope(&self, parts: &Parts) -> Result<Filter, ApiError> {
        match &self.scope {
            Scope::All => Ok(Filter::All),
            Scope::Fixed(filter) => Ok(filter.clone()),
            Scope::OfRequest(ask) => ask(parts),
        }
    }

    /// The row that the last segment of the request's path names.
    pub(super) fn key(&self, parts: &Parts) -> Result<Key, ApiError> {
        self.key_at(parts, parts.uri.path())
    }

    /// The row that the last segment of this path names.
    pub(super) fn key_at(&self, parts: &Parts, path: &str) -> Result<Key, ApiError> {
        let id = crate::input::path_id(self.meta, &super::path::last_segment(path)?)?;
        Ok(Key { meta: self.meta, id, scope: self.scope(parts)? })
    }

    /// Refuses a row that the caller would not see after having written it.
    pub(super) fn stays_in(&self, scope: &Filter, record: &Record) -> Result<(), ApiError> {
        if matches!(scope, Filter::All) || scope.matches(self.meta, record) {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::FORBIDDEN).detail("the row would no longer be one of those that you may see"))
    }

    /// When a row was written, where it says.
    pub(super) fn modified(&self, record: &Record) -> Option<Seconds> {
        self.moments.as_ref().and_then(|it| it.of_record(record))
    }

    pub(super) fn not_found(&self) -> ApiError {
        not_found(self.meta.name)
    }

    /// What a write without `If-Match` is answered with, where the resource demands one.
    pub(super) fn precondition_required(&self) -> ApiError {
        ApiError::new(ErrorCode::PRECONDITION_REQUIRED).detail(format!(
            "a write to an existing {} needs `If-Match`, with the `ETag` that it was read with",
            self.meta.name
        ))
    }
}
