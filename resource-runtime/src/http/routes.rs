//! The routes of one resource.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{Route, on};
use http::request::Parts;
use tower::{Layer, Service};

use super::guard::{Guard, Sentry};
use super::hooks::{Hooks, Typed};
use super::mounted::{Context, Scope};
use super::offered::{Offered, PathRoutes, all_operations, filter};
use super::tx::Ground;
use crate::error::{ApiError, ProblemDetails};
use crate::openapi::{Deprecation, OperationDoc};
use crate::query::{CursorKeys, Filter};
use crate::resource::{Operation, Operations, Resource, ResourceMeta};
use crate::states::States;
use crate::store::Database;

/// Mounts resources.
pub trait ResourceExt: Resource {
    /// The routes of this resource, with its rows in this store.
    fn on(database: &Database) -> Routes<Self> {
        Routes(Offered::new(Self::META, database), PhantomData)
    }
}

impl<R: Resource> ResourceExt for R {}

/// The routes of one resource: what `Book::on(&store)` gives.
///
/// They go into an [`Api`](super::Api), or by [`Routes::into_router`] into any axum application.
/// Single operations can be replaced by handlers of the application's own, and layers added.
///
/// # Leaving
///
/// One operation by hand, or all of them: the models, the description, the table and the store are as useful to handlers of the
/// application's own.
///
/// ```
/// use axum::extract::{Path, State};
/// use axum::http::header::{CONTENT_TYPE, HeaderName};
/// use axum::{Router, routing};
/// use resource_runtime::prelude::*;
/// use resource_runtime::{http::axum, model};
///
/// #[derive(Debug, Clone, Resource)]
/// struct Task {
///     #[resource(id)]
///     id: i64,
///     title: String,
/// }
///
/// async fn get(
///     State(store): State<Database>,
///     Path(id): Path<i64>,
/// ) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), ApiError> {
///     let task: Task = store.find(id).await?.ok_or_else(|| ApiError::new(ErrorCode::NOT_FOUND))?;
///     let body: TaskResponse = task.into_model().map_err(|it| ApiError::new(ErrorCode::INTERNAL).source(it))?;
///     Ok(([(CONTENT_TYPE, "application/json")], model::to_json(&body)))
/// }
///
/// // One operation: the others, the document and the path stay as they are.
/// fn one(store: &Database) -> Router {
///     Task::on(store).replace(Operation::Get, get).into_router()
/// }
///
/// // All: axum, and nothing of the framework's around it.
/// fn all(store: &Database) -> Router {
///     Router::new().route("/tasks/{id}", routing::get(get)).with_state(store.clone())
/// }
/// # let store = Database::new(resource_runtime::store::MemoryStore::new());
/// # let _ = (one(&store), all(&store));
/// ```
///
/// `R` is the resource that its hooks and filters are checked against; [`Untyped`] where only a
/// description is known.
#[must_use = "routes do nothing until they are mounted"]
pub struct Routes<R = Untyped>(pub(super) Offered, PhantomData<fn() -> R>);

/// Stands for the type of a resource that is known by its description alone.
#[derive(Debug, Clone, Copy)]
pub enum Untyped {}

impl Routes {
    /// The routes of a resource that is known by its description alone.
    pub fn new(meta: &'static ResourceMeta, database: &Database) -> Self {
        Self(Offered::new(meta, database), PhantomData)
    }
}

impl<R> Routes<R> {
    /// With only those rows that this holds for: all others are as if they were not there, and no
    /// write can make one of them.
    pub fn scope(mut self, filter: Filter) -> Self {
        self.0.scope = Scope::Fixed(filter);
        self
    }

    /// As [`Routes::scope`], with a filter that depends on the request: on who the caller is, say.
    pub fn scope_by(mut self, filter: impl Fn(&Parts) -> Result<Filter, ApiError> + Send + Sync + 'static) -> Self {
        self.0.scope = Scope::OfRequest(Arc::new(filter));
        self
    }

    /// With these hooks around its writes; more than once, they run in the order of the calls. See
    /// [`Hooks`].
    pub fn hooks(mut self, hooks: impl Hooks<R>) -> Self
    where
        R: Resource,
    {
        self.0.hooks.push(Typed::erased(hooks));
        self
    }

    /// With lists in pages only: `application/x-ndjson` and `text/csv`, which have all rows at once, are refused
    /// with 406.
    pub fn without_export(mut self) -> Self {
        self.0.exports = false;
        self
    }

    /// With one operation answered by a handler of the application's own, which gets the store
    /// as its state, and a transaction of it as a [`Tx`](crate::store::Tx) where it asks for one. No
    /// hooks run for it.
    ///
    /// ```
    /// use axum::extract::State;
    /// use resource_runtime::error::{ApiError, ErrorCode};
    /// use resource_runtime::http::Routes;
    /// use resource_runtime::resource::Operation;
    /// use resource_runtime::store::Database;
    ///
    /// async fn closed(State(_store): State<Database>) -> ApiError {
    ///     ApiError::new(ErrorCode::FORBIDDEN).detail("the catalogue is closed for the holidays")
    /// }
    ///
    /// fn close<R>(books: Routes<R>) -> Routes<R> {
    ///     books.replace(Operation::Create, closed)
    /// }
    /// ```
    pub fn replace<H, T>(mut self, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, Database>,
        T: 'static,
    {
        let database = &self.0.database;
        let methods = on(filter(operation), handler).with_state(database.clone());
        let methods = Ground::Database(database.clone()).under(methods);
        self.0.replaced.retain(|(it, _)| *it != operation);
        self.0.replaced.push((operation, methods));
        self
    }

    /// With a layer around every operation, the replaced ones included.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<std::convert::Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.0.layers.push(Arc::new(move |methods| methods.layer(layer.clone())));
        self
    }

    /// With a guard in front of one operation, or of several: it refuses callers, and the document
    /// says so. Of more than one guard, the one that was added first is asked first.
    ///
    /// Operations in bulk are operations of their own: a guard of [`Operation::Create`] leaves
    /// [`Operation::BulkCreate`] open. [`Operations::WRITE`] has all that change something.
    ///
    /// ```
    /// use resource_runtime::http::{Guard, Routes};
    /// use resource_runtime::resource::Operations;
    ///
    /// fn closed<R>(books: Routes<R>, token: impl Guard) -> Routes<R> {
    ///     books.guard(Operations::WRITE, token)
    /// }
    /// ```
    pub fn guard(mut self, operations: impl Into<Operations>, guard: impl Guard) -> Self {
        // Whoever closes all means restores too, which `ALL` leaves out.
        let operations = match operations.into() {
            Operations::ALL => Operations::ANY,
            some => some,
        };
        self.0.sentries.push((operations, Sentry::new(guard)));
        self
    }

    /// With other words in the document for one operation, or more of them.
    ///
    /// ```
    /// use resource_runtime::http::Routes;
    /// use resource_runtime::resource::Operation;
    ///
    /// fn described<R>(books: Routes<R>) -> Routes<R> {
    ///     books.describe(Operation::List, |it| it.summary("Browse the catalogue"))
    /// }
    /// ```
    pub fn describe(mut self, operation: Operation, words: impl FnOnce(OperationDoc) -> OperationDoc) -> Self {
        self.0.describe(operation, words);
        self
    }

    /// With one operation, or several, on their way out: each answer says so, and the document.
    #[allow(clippy::needless_pass_by_value, reason = "it is made for this call")]
    pub fn deprecate(mut self, operations: impl Into<Operations>, deprecation: Deprecation) -> Self {
        let operations = operations.into();
        for operation in all_operations().filter(|it| operations.has(*it)) {
            self.0.describe(operation, |it| it.deprecated(deprecation.clone()));
        }
        self
    }

    /// With one operation, or several, left out of the document; they are served all the same.
    pub fn hide(mut self, operations: impl Into<Operations>) -> Self {
        self.0.hidden = self.0.hidden.union(operations.into());
        self
    }

    /// A plain axum router: `/books`, `/books/{id}` and the rest, to merge or nest into an
    /// application that exists already. Errors are problem details; the application sees to
    /// request identifiers and the like.
    pub fn into_router(self) -> Router {
        let settings = super::Settings::default();
        let context = Context {
            keys: Arc::new(CursorKeys::random()),
            body_limit: settings.body_limit,
            request_timeout: settings.request_timeout,
            envelope: Arc::new(ProblemDetails::default()),
            idempotency_ttl: settings.idempotency_ttl,
            in_flight: super::idempotency::InFlight::default(),
            states: States::default(),
        };
        let mut router = Router::new();
        for PathRoutes { path, methods } in self.0.mount(&context) {
            router = router.route(&format!("{path}/"), methods.clone()).route(&path, methods);
        }
        router
    }
}

impl<R> Clone for Routes<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<R> fmt::Debug for Routes<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes")
            .field("resource", &self.0.meta.name)
            .field("database", &self.0.database)
            .finish_non_exhaustive()
    }
}
