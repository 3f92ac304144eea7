//! What is mounted where, before it is put together.

use std::fmt;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::Routes;
use super::deprecated::{deprecated, deprecated_router};
use super::guard::{Guard, Sentry, guarded, guarded_router};
use super::offered::Offered;
use crate::openapi::{Deprecation, Endpoint};
use crate::resource::Operations;

/// What is mounted under one prefix: what [`Api::nest`](super::Api::nest) gives to its closure.
#[must_use = "give it back from the closure"]
#[derive(Clone, Default)]
pub struct Nest {
    /// The prefix, with a slash in front and none behind; empty for the root.
    prefix: String,
    pub(super) mounts: Vec<Mount>,
    /// In front of everything that is mounted here, before or after them.
    sentries: Vec<Sentry>,
    /// Said of everything that is mounted here, before or after it.
    deprecation: Option<Deprecation>,
}

/// One thing that is mounted, with its prefix.
#[derive(Clone)]
pub(super) enum Mount {
    Resource(String, Offered),
    Route(String, MethodRouter),
    /// Its path has the prefix in it.
    Endpoint(Box<Endpoint>, MethodRouter),
    Router(String, Router),
}

impl Nest {
    /// Mounts a resource.
    pub fn resource<R>(mut self, routes: Routes<R>) -> Self {
        self.mounts.push(Mount::Resource(self.prefix.clone(), routes.0));
        self
    }

    /// Mounts handlers of the application's own on one path.
    pub fn route(mut self, path: &str, methods: MethodRouter) -> Self {
        self.mounts.push(Mount::Route(format!("{}{path}", self.prefix), methods));
        self
    }

    /// Mounts one handler of the application's own, with its description, which says the method
    /// and the path. The document has it beside the operations of resources.
    ///
    /// ```
    /// use resource_runtime::http::Nest;
    /// use resource_runtime::openapi::{Body, Endpoint};
    ///
    /// async fn count() -> &'static str {
    ///     "5"
    /// }
    ///
    /// fn more(v1: Nest) -> Nest {
    ///     let endpoint = Endpoint::get("/books/count", "countBooks")
    ///         .summary("Count the books")
    ///         .tag("books")
    ///         .answer(200, "How many there are.", Body::of::<i64>());
    ///     v1.endpoint(endpoint, count)
    /// }
    /// ```
    pub fn endpoint<H, T>(mut self, mut endpoint: Endpoint, handler: H) -> Self
    where
        H: Handler<T, ()>,
        T: 'static,
    {
        endpoint.path = format!("{}{}", self.prefix, endpoint.path).into();
        // Endpoints are made with methods that axum knows.
        let method = MethodFilter::try_from(endpoint.method.clone()).unwrap_or(MethodFilter::GET);
        let methods = on(method, handler);
        let methods = match endpoint.deprecation() {
            Some(deprecation) => deprecated(methods, deprecation),
            None => methods,
        };
        self.mounts.push(Mount::Endpoint(Box::new(endpoint), methods));
        self
    }

    /// With a guard in front of everything under this prefix, whether it is mounted before or after
    /// this call. The outer guards are asked first.
    pub fn guard(mut self, guard: impl Guard) -> Self {
        self.sentries.push(Sentry::new(guard));
        self
    }

    /// With everything under this prefix on its way out, whether it is mounted before or after this call: an older
    /// version of the API, say. What says so itself keeps its own words.
    ///
    /// ```
    /// use resource_runtime::http::Nest;
    /// use resource_runtime::openapi::Deprecation;
    /// use resource_runtime::prelude::*;
    ///
    /// fn older(v1: Nest) -> Nest {
    ///     v1.deprecate(Deprecation::since(Date::constant(2026, 7, 1)).successor("/api/v2"))
    /// }
    /// ```
    pub fn deprecate(mut self, deprecation: Deprecation) -> Self {
        self.deprecation = Some(deprecation);
        self
    }

    /// Mounts a router of the application's own.
    pub fn merge(mut self, router: impl Into<Router>) -> Self {
        self.mounts.push(Mount::Router(self.prefix.clone(), router.into()));
        self
    }

    /// Mounts more under a further prefix.
    pub fn nest(mut self, prefix: &str, mount: impl FnOnce(Self) -> Self) -> Self {
        let inner = mount(Self { prefix: format!("{}{prefix}", self.prefix), ..Self::default() });
        self.mounts.extend(inner.closed());
        self
    }

    /// What is mounted, with the guards in front of it.
    pub(super) fn closed(self) -> Vec<Mount> {
        let Self { mounts, sentries, deprecation, .. } = self;
        let mounts = mounts.into_iter().map(|it| it.behind(&sentries));
        match deprecation {
            Some(deprecation) => mounts.map(|it| it.deprecated(&deprecation)).collect(),
            None => mounts.collect(),
        }
    }
}

impl Mount {
    fn deprecated(self, deprecation: &Deprecation) -> Self {
        match self {
            Self::Resource(prefix, mut offered) => {
                offered.deprecate(deprecation);
                Self::Resource(prefix, offered)
            }
            Self::Route(path, methods) => Self::Route(path, deprecated(methods, deprecation)),
            Self::Endpoint(mut endpoint, methods) => {
                let is_new = endpoint.deprecate(deprecation);
                let methods = if is_new { deprecated(methods, deprecation) } else { methods };
                Self::Endpoint(endpoint, methods)
            }
            Self::Router(prefix, router) => Self::Router(prefix, deprecated_router(router, deprecation)),
        }
    }

    fn behind(self, sentries: &[Sentry]) -> Self {
        match self {
            Self::Resource(prefix, mut offered) => {
                offered.sentries.splice(0..0, sentries.iter().map(|it| (Operations::ANY, it.clone())));
                Self::Resource(prefix, offered)
            }
            Self::Route(path, methods) => Self::Route(path, guarded(methods, sentries)),
            Self::Endpoint(mut endpoint, methods) => {
                endpoint.requirements.splice(0..0, sentries.iter().map(|it| it.requirement.clone()));
                Self::Endpoint(endpoint, guarded(methods, sentries))
            }
            Self::Router(prefix, router) => Self::Router(prefix, guarded_router(router, sentries)),
        }
    }
}

impl fmt::Debug for Nest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nest").field("prefix", &self.prefix).field("mounts", &self.mounts.len()).finish()
    }
}
