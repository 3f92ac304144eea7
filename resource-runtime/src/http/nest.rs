//! What is mounted where, before it is put together.

use std::fmt;

use axum::Router;
use axum::routing::MethodRouter;

use super::Routes;
use super::routes::Offered;

/// What is mounted under one prefix: what [`Api::nest`](super::Api::nest) gives to its closure.
#[must_use = "give it back from the closure"]
#[derive(Default)]
pub struct Nest {
    /// The prefix, with a slash in front and none behind; empty for the root.
    prefix: String,
    pub(super) mounts: Vec<Mount>,
}

/// One thing that is mounted, with its prefix.
pub(super) enum Mount {
    Resource(String, Offered),
    Route(String, MethodRouter),
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

    /// Mounts a router of the application's own.
    pub fn merge(mut self, router: impl Into<Router>) -> Self {
        self.mounts.push(Mount::Router(self.prefix.clone(), router.into()));
        self
    }

    /// Mounts more under a further prefix.
    pub fn nest(mut self, prefix: &str, mount: impl FnOnce(Self) -> Self) -> Self {
        let inner = mount(Self { prefix: format!("{}{prefix}", self.prefix), mounts: Vec::new() });
        self.mounts.extend(inner.mounts);
        self
    }
}

impl fmt::Debug for Nest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nest").field("prefix", &self.prefix).field("mounts", &self.mounts.len()).finish()
    }
}
