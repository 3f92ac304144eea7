//! The routes of one resource.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, Route, on};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use tower::{Layer, Service};

use super::deprecated::deprecated;
use super::guard::{Guard, Sentry, guarded};
use super::hooks::{Chain, Hooks, Typed};
use super::mounted::{Context, Mounted, Scope};
use super::tx::Ground;
use super::{bulk, item, list, negotiate, respond, restore, write};
use crate::error::{ApiError, ErrorCode, ProblemDetails};
use crate::openapi::{self, Deprecation, OperationDoc};
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

/// What is offered of a resource, and how: [`Routes`] without their type.
#[derive(Clone)]
pub(super) struct Offered {
    pub(super) meta: &'static ResourceMeta,
    pub(super) database: Database,
    scope: Scope,
    hooks: Chain,
    /// Whether lists can be had whole, without pages.
    exports: bool,
    replaced: Vec<(Operation, MethodRouter)>,
    layers: Vec<Apply>,
    /// Those that are asked first stand first.
    pub(super) sentries: Vec<(Operations, Sentry)>,
    hidden: Operations,
    docs: Vec<(Operation, OperationDoc)>,
}

type Apply = Arc<dyn Fn(MethodRouter) -> MethodRouter + Send + Sync>;

/// One path of a resource, under its prefix.
pub(super) struct PathRoutes {
    /// With a slash in front and none behind.
    pub(super) path: String,
    pub(super) methods: MethodRouter,
}

/// The paths, each with the operations that it can have.
const PATHS: [(&str, &[Operation]); 5] = [
    ("", &[Operation::List, Operation::Create, Operation::UpdateMany, Operation::DeleteMany]),
    ("/bulk", &[Operation::BulkCreate, Operation::BulkUpdate]),
    ("/bulk-delete", &[Operation::BulkDelete]),
    ("/{id}", &[Operation::Get, Operation::Replace, Operation::Update, Operation::Delete]),
    ("/{id}/restore", &[Operation::Restore]),
];

fn all_operations() -> impl Iterator<Item = Operation> {
    PATHS.iter().flat_map(|(_, operations)| operations.iter().copied())
}

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

impl Offered {
    fn new(meta: &'static ResourceMeta, database: &Database) -> Self {
        Self {
            meta,
            database: database.clone(),
            scope: Scope::All,
            hooks: Chain::default(),
            exports: true,
            replaced: Vec::new(),
            layers: Vec::new(),
            sentries: Vec::new(),
            hidden: Operations::NONE,
            docs: Vec::new(),
        }
    }

    fn describe(&mut self, operation: Operation, words: impl FnOnce(OperationDoc) -> OperationDoc) {
        let known = self.docs.iter().position(|(it, _)| *it == operation);
        let doc = known.map(|index| self.docs.swap_remove(index).1).unwrap_or_default();
        self.docs.push((operation, words(doc)));
    }

    /// On its way out with all that is mounted beside it, but for what says so itself.
    pub(super) fn deprecate(&mut self, deprecation: &Deprecation) {
        for operation in all_operations() {
            if self.deprecation(operation).is_none() {
                self.describe(operation, |it| it.deprecated(deprecation.clone()));
            }
        }
    }

    fn deprecation(&self, operation: Operation) -> Option<&Deprecation> {
        let (_, doc) = self.docs.iter().find(|(it, _)| *it == operation)?;
        doc.deprecated.as_ref()
    }

    /// What the document says of it under a prefix.
    pub(super) fn described(&self, prefix: &str) -> openapi::Mounted {
        let requirements = self.sentries.iter().map(|(of, it)| (*of, it.requirement.clone()));
        openapi::Mounted {
            hidden: self.hidden,
            is_scoped: !matches!(self.scope, Scope::All),
            exports: self.exports,
            docs: self.docs.clone(),
            requirements: requirements.collect(),
            ..openapi::Mounted::new(self.meta, prefix.to_owned())
        }
    }

    /// The routes, one entry for each path that has a method.
    pub(super) fn mount(&self, context: &Context) -> Vec<PathRoutes> {
        let (scope, hooks) = (self.scope.clone(), self.hooks.clone());
        let mounted = Mounted::new(self.meta, self.database.clone(), scope, hooks, context.clone());
        let mounted = Arc::new(Mounted { exports: self.exports, ..mounted });
        let mut paths = Vec::with_capacity(PATHS.len());
        for (suffix, operations) in PATHS {
            let offered: Vec<Operation> =
                operations.iter().copied().filter(|it| self.meta.offered().has(*it)).collect();
            if offered.is_empty() {
                continue;
            }
            let mut methods = MethodRouter::new();
            for &operation in &offered {
                let replaced = self.replaced.iter().find(|(it, _)| *it == operation);
                let one = replaced.map_or_else(|| handler(operation, &mounted), |(_, it)| it.clone());
                let sentries = self.sentries.iter().filter(|(of, _)| of.has(operation)).map(|(_, it)| it.clone());
                let one = guarded(one, &sentries.collect::<Vec<_>>());
                methods = methods.merge(match self.deprecation(operation) {
                    Some(deprecation) => deprecated(one, deprecation),
                    None => one,
                });
            }
            methods = methods.merge(options(&offered)).fallback(method_not_allowed);
            for apply in &self.layers {
                methods = apply(methods);
            }
            paths.push(PathRoutes { path: format!("/{}{suffix}", self.meta.path), methods });
        }
        paths
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

const fn filter(operation: Operation) -> MethodFilter {
    match operation {
        Operation::List | Operation::Get => MethodFilter::GET,
        Operation::Create | Operation::BulkCreate | Operation::BulkDelete | Operation::Restore => MethodFilter::POST,
        Operation::Replace => MethodFilter::PUT,
        Operation::Update | Operation::BulkUpdate | Operation::UpdateMany => MethodFilter::PATCH,
        Operation::Delete | Operation::DeleteMany => MethodFilter::DELETE,
    }
}

fn handler(operation: Operation, mounted: &Arc<Mounted>) -> MethodRouter {
    let filter = filter(operation);
    let methods = match operation {
        Operation::List => on(filter, list::list),
        Operation::Get => on(filter, item::get),
        Operation::Create => on(filter, write::create),
        Operation::Replace => on(filter, write::replace),
        Operation::Update => on(filter, write::update),
        Operation::Delete => on(filter, item::delete),
        Operation::BulkCreate => on(filter, bulk::create),
        Operation::BulkUpdate => on(filter, bulk::update),
        Operation::BulkDelete => on(filter, bulk::delete),
        Operation::Restore => on(filter, restore::restore),
        Operation::UpdateMany => on(filter, bulk::update_many),
        Operation::DeleteMany => on(filter, bulk::delete_many),
    };
    methods.with_state(Arc::clone(mounted))
}

/// `OPTIONS`: the methods of a path, and what its `PATCH` takes.
fn options(operations: &[Operation]) -> MethodRouter {
    let mut allow = String::new();
    for &operation in operations {
        allow.push_str(match filter(operation) {
            MethodFilter::GET => "GET,HEAD,",
            MethodFilter::POST => "POST,",
            MethodFilter::PUT => "PUT,",
            MethodFilter::PATCH => "PATCH,",
            _ => "DELETE,",
        });
    }
    allow.push_str("OPTIONS");
    let patches = allow.contains("PATCH");
    let allow = HeaderValue::try_from(allow).unwrap_or(HeaderValue::from_static("OPTIONS"));
    on(MethodFilter::OPTIONS, move || {
        let mut response = respond::with(respond::empty(StatusCode::NO_CONTENT), header::ALLOW, allow.clone());
        if patches {
            let accept = HeaderValue::from_static(negotiate::ACCEPT_PATCH);
            response.headers_mut().insert(negotiate::ACCEPT_PATCH_NAME, accept);
        }
        std::future::ready(response)
    })
}

/// axum adds `Allow`.
pub(super) async fn method_not_allowed(method: Method) -> ApiError {
    // A method that nobody knows would be a strange thing to read back.
    let known = matches!(method.as_str(), "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "TRACE" | "CONNECT");
    let method = if known { method.as_str() } else { "this method" };
    ApiError::new(ErrorCode::METHOD_NOT_ALLOWED).detail(format!("this path does not have {method}; see `Allow`"))
}
