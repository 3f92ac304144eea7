//! An API: resources and what is around them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower::{Layer, Service};

use super::around::Edge;
use super::mounted::Context;
use super::nest::{Mount, Nest};
use super::routes::PathRoutes;
use super::settings::Settings;
use super::{Routes, docs, document, error, health, idempotency, serve};
use crate::error::{Envelope, Error, ProblemDetails, Result, panic_text};
use crate::openapi::{self, ErrorModel, Info};
use crate::query::CursorKeys;
use crate::store::Database;
use crate::store::idempotency::takes_keys;
use crate::task::{Handlers, Task, Worker};

/// An API: resources under prefixes, and around them errors in one envelope, request
/// identifiers, limits, compression, health, documentation and a graceful stop.
///
/// ```
/// # async fn example() -> resource_runtime::Result<()> {
/// use resource_runtime::prelude::*;
///
/// let settings = Settings::from_env()?;
/// Api::new("Books", "1.0.0").nest("/api/v1", |v1| v1).serve(settings).await
/// # }
/// ```
#[must_use = "an API does nothing until it is served or built"]
pub struct Api {
    info: Info,
    envelope: Arc<dyn Envelope>,
    errors: ErrorModel,
    settings: Settings,
    root: Nest,
    tasks: Handlers,
    layers: Vec<Box<dyn FnOnce(Router) -> Router + Send>>,
}

impl Api {
    /// An API of this name and version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            info: Info::new(name, version),
            envelope: Arc::new(ProblemDetails::default()),
            errors: ErrorModel::default(),
            settings: Settings::default(),
            root: Nest::default(),
            tasks: Handlers::default(),
            layers: Vec::new(),
        }
    }

    /// With a description, which its document shows.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.info = self.info.description(description);
        self
    }

    /// With more to say of itself in its document: a licence, whom to ask, where it is served.
    ///
    /// ```
    /// use resource_runtime::openapi::License;
    /// use resource_runtime::prelude::*;
    ///
    /// let api = Api::new("Books", "1.0.0").info(|info| info.license(License::spdx("MIT", "MIT")));
    /// ```
    pub fn info(mut self, more: impl FnOnce(Info) -> Info) -> Self {
        self.info = more(self.info);
        self
    }

    /// With errors in another form. The document describes what the envelope writes; for more
    /// words there is [`Api::error_model`].
    pub fn envelope(mut self, envelope: impl Envelope) -> Self {
        self.errors = ErrorModel::of(&envelope);
        self.envelope = Arc::new(envelope);
        self
    }

    /// With another schema of errors in the document.
    pub fn error_model(mut self, errors: ErrorModel) -> Self {
        self.errors = errors;
        self
    }

    /// With settings; [`Api::serve`] brings its own.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Mounts a resource at the root.
    pub fn resource<R>(mut self, routes: Routes<R>) -> Self {
        self.root = self.root.resource(routes);
        self
    }

    /// Mounts handlers of the application's own on one path.
    pub fn route(mut self, path: &str, methods: MethodRouter) -> Self {
        self.root = self.root.route(path, methods);
        self
    }

    /// Mounts a router of the application's own.
    pub fn merge(mut self, router: impl Into<Router>) -> Self {
        self.root = self.root.merge(router);
        self
    }

    /// Mounts what the closure adds, under a prefix such as `/api/v1`.
    pub fn nest(mut self, prefix: &str, mount: impl FnOnce(Nest) -> Nest) -> Self {
        self.root = self.root.nest(prefix, mount);
        self
    }

    /// With a kind of task that the server runs while it serves: those that wait in the stores of the
    /// mounted resources. See [`task`](crate::task) for how tasks get there.
    pub fn task<T: Task>(mut self) -> Self {
        self.tasks.add::<T>();
        self
    }

    /// With a layer around every route, inside of what the framework puts around them.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<std::convert::Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.layers.push(Box::new(move |router| router.layer(layer)));
        self
    }

    /// The whole API as an axum router: for tests, and for servers of other kinds.
    ///
    /// # Errors
    ///
    /// When two things are mounted on one path, or a prefix is none; when two tasks have one name, or there
    /// is no store that they could wait in.
    pub fn build(self) -> Result<Router> {
        Ok(Router::new().fallback_service(self.assemble()?.edge))
    }

    /// Listens where the settings say, and answers requests until the process is told to stop
    /// (SIGTERM, or Ctrl-C); then finishes what is running, requests and tasks, and closes the stores.
    /// To be told a second time ends it at once.
    ///
    /// # Errors
    ///
    /// As for [`Api::build`]; and when the address cannot be listened on.
    pub async fn serve(self, settings: Settings) -> Result<()> {
        serve::log::install(&settings)?;
        let listener = serve::listen(&settings).await?;
        let (stop, cut) = serve::stop_signals()?;
        self.run(listener, settings, stop, cut).await
    }

    /// As [`Api::serve`], on a listener that is there already, until a future ends. Logs go where
    /// the application has them.
    ///
    /// # Errors
    ///
    /// As for [`Api::build`].
    pub async fn serve_on(
        self,
        listener: tokio::net::TcpListener,
        settings: Settings,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<()> {
        self.run(listener, settings, stop, std::future::pending()).await
    }

    /// `cut` ends what `stop` waits for.
    async fn run(
        self,
        listener: tokio::net::TcpListener,
        settings: Settings,
        stop: impl Future<Output = ()> + Send,
        cut: impl Future<Output = ()> + Send,
    ) -> Result<()> {
        let name = self.info.title.clone();
        let Assembled { edge, databases, keeping, workers, docs } = self.settings(settings.clone()).assemble()?;
        let address = listener.local_addr()?;
        match docs {
            Some(path) => tracing::info!("{name} listens on http://{address}, docs at http://{address}{path}"),
            None => tracing::info!("{name} listens on http://{address}"),
        }
        let sweeper = (!keeping.is_empty()).then(|| tokio::spawn(idempotency::sweep(keeping)));
        let ends = serve::Ends::default();
        let workers = serve::run_workers(workers, &settings, &ends);
        let server = serve::run(listener, edge, &settings, ends.stop(), ends.cut());
        ends.tell(stop, cut, async { tokio::join!(server, workers) }).await;
        if let Some(sweeper) = sweeper {
            sweeper.abort();
        }
        for database in databases {
            database.close().await;
        }
        tracing::info!("{name} has stopped");
        Ok(())
    }

    fn assemble(self) -> Result<Assembled> {
        let keys = match self.settings.cursor_keys.as_slice() {
            [] => CursorKeys::random(),
            keys => CursorKeys::new(keys)?,
        };
        let context = Context {
            keys: Arc::new(keys),
            body_limit: self.settings.body_limit,
            envelope: Arc::clone(&self.envelope),
            idempotency_ttl: self.settings.idempotency_ttl,
        };
        let mut paths = Paths::default();
        let mut databases = Vec::new();
        let mut keeping = Vec::new();
        let mut documented = Vec::new();
        let mut routers = Vec::new();
        for mount in self.root.mounts {
            match mount {
                Mount::Resource(prefix, routes) => {
                    check_prefix(&prefix)?;
                    add_database(&mut databases, &routes.database);
                    if takes_keys(routes.meta) {
                        add_database(&mut keeping, &routes.database);
                    }
                    documented.push(openapi::Mounted::new(routes.meta, prefix.clone()));
                    for PathRoutes { path, methods } in routes.mount(&context) {
                        let owner = format!("`{}`", routes.meta.name);
                        paths.add(&format!("{prefix}{path}"), &owner, &methods, true)?;
                    }
                }
                Mount::Route(path, methods) => {
                    check_prefix(path.strip_suffix('/').unwrap_or(&path))?;
                    paths.add(&path, "a route of the application", &methods, false)?;
                }
                Mount::Router(prefix, router) => {
                    check_prefix(&prefix)?;
                    routers.push((prefix, router));
                }
            }
        }
        self.tasks.check()?;
        if !self.tasks.is_empty() && databases.is_empty() {
            return Err(Error::new(
                "there are tasks, but no resource in whose store they wait; run them by a `task::Worker`",
            ));
        }
        let docs = paths.add_service(&self.info, &documented, &self.errors, &databases)?;
        let mut router = paths.router;
        for (prefix, other) in routers {
            router = merge(router, &prefix, other)?;
        }
        router = router
            .method_not_allowed_fallback(super::routes::method_not_allowed)
            .fallback(|| std::future::ready(error::route_not_found()));
        for apply in self.layers {
            router = apply(router);
        }
        let Settings { origins, body_limit, request_timeout, .. } = &self.settings;
        let edge = Edge::new(router, origins, *body_limit, *request_timeout, self.envelope);
        let workers = match self.tasks.is_empty() {
            true => Vec::new(),
            false => databases.iter().map(|it| Worker::new(it).with_handlers(self.tasks.clone())).collect(),
        };
        Ok(Assembled { edge, databases, keeping, workers, docs })
    }
}

/// An API that is ready to answer.
struct Assembled {
    edge: Edge,
    databases: Vec<Database>,
    /// Those that may have answers under idempotency keys.
    keeping: Vec<Database>,
    /// One for each database, if there are tasks.
    workers: Vec<Worker>,
    docs: Option<&'static str>,
}

/// What is mounted where, so that a clash is an error with names instead of axum's panic.
#[derive(Default)]
struct Paths {
    router: Router,
    /// Who has a path; parameters are alike whatever their names.
    owners: BTreeMap<String, String>,
}

impl Paths {
    fn add(&mut self, path: &str, owner: &str, methods: &MethodRouter, both_forms: bool) -> Result<()> {
        let mut forms = vec![path.to_owned()];
        if both_forms {
            forms.push(format!("{path}/"));
        }
        for form in forms {
            if let Some(other) = self.owners.get(&shape(&form)) {
                let way_out =
                    if both_forms { "give one of them another `path`" } else { "give one of them another path" };
                return Err(Error::new(format!("{other} and {owner} are both mounted on {form}; {way_out}")));
            }
            self.owners.insert(shape(&form), owner.to_owned());
            let router = std::mem::take(&mut self.router);
            let methods = methods.clone();
            self.router = guarded(&form, || router.route(&form, methods))?;
        }
        Ok(())
    }

    /// The framework's own paths; gives that of the page with the documentation.
    fn add_service(
        &mut self,
        info: &Info,
        mounted: &[openapi::Mounted],
        errors: &ErrorModel,
        databases: &[Database],
    ) -> Result<Option<&'static str>> {
        let docs = Some("/docs").filter(|it| cfg!(feature = "docs-ui") && !self.has(it));
        let taken: Vec<&str> = ["/", "/health", "/health/ready"].into_iter().filter(|it| self.has(it)).collect();
        self.add_if_free("/health", &health::live());
        self.add_if_free("/health/ready", &health::ready(databases.to_vec()));
        self.add_if_free("/", &health::index(info, docs));
        if ["/openapi.json", "/docs", "/redoc"].iter().any(|it| self.has(it)) {
            // An application that brings one of them brings its own documentation.
            return Ok(None);
        }
        let document = document::document(info, mounted, |path| !taken.contains(&path), errors)?;
        self.router = merge(std::mem::take(&mut self.router), "", docs::router(document, &info.title))?;
        Ok(docs)
    }

    fn has(&self, path: &str) -> bool {
        self.owners.contains_key(&shape(path))
    }

    /// The framework's own paths give way to the application's.
    fn add_if_free(&mut self, path: &str, methods: &MethodRouter) {
        if !self.has(path) {
            // It is free, so that there is nothing to clash with.
            let _ = self.add(path, "the framework", methods, false);
        }
    }
}

fn shape(path: &str) -> String {
    let segments = path.split('/').map(|it| if it.starts_with('{') && !it.starts_with("{*") { "{}" } else { it });
    segments.collect::<Vec<_>>().join("/")
}

fn check_prefix(prefix: &str) -> Result<()> {
    if prefix.is_empty() || (prefix.starts_with('/') && !prefix.ends_with('/') && !prefix.contains("//")) {
        return Ok(());
    }
    Err(Error::new(format!(
        "`{prefix}` is no prefix of paths; write it like `/api/v1`, with a slash in front and none behind"
    )))
}

fn merge(router: Router, prefix: &str, other: Router) -> Result<Router> {
    let place = if prefix.is_empty() { "the root" } else { prefix };
    guarded(place, || if prefix.is_empty() { router.merge(other) } else { router.nest(prefix, other) })
}

/// axum panics where routes clash, and does not tell beforehand what a router has.
fn guarded(place: &str, mount: impl FnOnce() -> Router) -> Result<Router> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(mount)).map_err(|panic| {
        let text = panic_text(&*panic).unwrap_or("it clashes with something else");
        Error::new(format!("nothing can be mounted at {place}: {text}"))
    })
}

fn add_database(databases: &mut Vec<Database>, database: &Database) {
    let address = |it: &Database| std::ptr::from_ref(&**it).cast::<()>();
    if !databases.iter().any(|it| std::ptr::eq(address(it), address(database))) {
        databases.push(database.clone());
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("info", &self.info).field("root", &self.root).finish_non_exhaustive()
    }
}
