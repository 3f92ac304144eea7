//! An API: resources and what is around them.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower::{Layer, Service};

use super::assembly::Assembled;
use super::document::{Described, Patch};
use super::nest::Nest;
use super::settings::Settings;
use super::{Guard, Routes, serve, sweep};
use crate::error::{Envelope, ProblemDetails, Result};
use crate::openapi::{DocumentError, Endpoint, ErrorModel, Info, Node, Object};
use crate::states::States;
use crate::store::Database;
use crate::task::{Handlers, Task};

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
    pub(super) info: Info,
    pub(super) envelope: Arc<dyn Envelope>,
    pub(super) errors: ErrorModel,
    pub(super) settings: Settings,
    pub(super) root: Nest,
    pub(super) states: States,
    /// What transactions of handlers are of, where it was said.
    pub(super) database: Option<Database>,
    pub(super) tasks: Handlers,
    pub(super) layers: Vec<Box<dyn FnOnce(Router) -> Router + Send>>,
    pub(super) patches: Vec<Patch>,
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
            states: States::default(),
            database: None,
            tasks: Handlers::default(),
            layers: Vec::new(),
            patches: Vec::new(),
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

    /// With a value that hooks find by its type; see [`HookContext::state`](super::HookContext::state).
    /// One of the same type is replaced.
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// With this store for the transactions of handlers of the application's own: a
    /// [`Tx`](crate::store::Tx) among their arguments is one of it. Needed where resources are kept in
    /// several stores, or there is no resource.
    pub fn database(mut self, database: &Database) -> Self {
        self.database = Some(database.clone());
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

    /// Mounts one handler of the application's own, with its description; see [`Nest::endpoint`].
    pub fn endpoint<H, T>(mut self, endpoint: Endpoint, handler: H) -> Self
    where
        H: Handler<T, ()>,
        T: 'static,
    {
        self.root = self.root.endpoint(endpoint, handler);
        self
    }

    /// With a guard in front of all that is mounted; the framework's own paths (`/health`, `/docs`)
    /// stay open.
    pub fn guard(mut self, guard: impl Guard) -> Self {
        self.root = self.root.guard(guard);
        self
    }

    /// With the document changed at the end, in any place. Both of its forms follow.
    ///
    /// ```
    /// use resource_runtime::prelude::*;
    ///
    /// let api = Api::new("Books", "1.0.0").openapi(|document| {
    ///     document.at("/info")?.set("x-audience", "public");
    ///     Ok(())
    /// });
    /// ```
    ///
    /// An error, such as that of a place that is not there, stops the start.
    pub fn openapi(
        mut self,
        patch: impl Fn(&mut Object) -> std::result::Result<(), DocumentError> + Send + Sync + 'static,
    ) -> Self {
        self.patches.push(Box::new(patch));
        self
    }

    /// The OpenAPI 3.1 document, as `/openapi.json` has it; [`openapi::v3_0`] gives the older form.
    ///
    /// [`openapi::v3_0`]: crate::openapi::v3_0
    ///
    /// # Errors
    ///
    /// When two things in it would have one name, or [`Api::openapi`] fails.
    pub fn document(&self) -> Result<Node> {
        let mounts = self.root.clone().closed();
        Described::of(&mounts).document(&self.info, &self.errors, &self.patches)
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
    /// It only answers. What [`Api::serve`] does besides is left to whoever serves it: tasks are run by a
    /// [`Worker`](crate::task::Worker), and [`Database::purge`] and [`Database::purge_answers`] remove what is over.
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
        settings.warn_of_misspelt_names();
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
        let Assembled { edge, databases, sweeps, workers, docs } = self.settings(settings.clone()).assemble()?;
        let address = listener.local_addr()?;
        match docs {
            Some(path) => tracing::info!("{name} listens on http://{address}, docs at http://{address}{path}"),
            None => tracing::info!("{name} listens on http://{address}"),
        }
        let sweeper = (!sweeps.is_empty()).then(|| tokio::spawn(sweep::sweep(sweeps)));
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
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("info", &self.info).field("root", &self.root).finish_non_exhaustive()
    }
}
