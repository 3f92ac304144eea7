//! An API put together: one router of all that is mounted, and what is around it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;

use super::around::Edge;
use super::document::{Described, Served, shape};
use super::mounted::Context;
use super::nest::Mount;
use super::offered::PathRoutes;
use super::settings::Settings;
use super::sweep::Sweep;
use super::tx::Ground;
use super::{Api, docs, error, health};
use crate::error::{Error, Result, panic_text};
use crate::openapi::Info;
use crate::query::CursorKeys;
use crate::store::Database;
use crate::task::Worker;

impl Api {
    pub(super) fn assemble(self) -> Result<Assembled> {
        let keys = match self.settings.cursor_keys.as_slice() {
            [] => {
                tracing::warn!(
                    "CURSOR_KEYS is not set: a cursor is good until this process ends, and in no other that serves \
                     the same API; set it to a secret of 16 or more characters"
                );
                CursorKeys::random()
            }
            keys => CursorKeys::new(keys)?,
        };
        let context = Context {
            keys: Arc::new(keys),
            body_limit: self.settings.body_limit,
            request_timeout: self.settings.request_timeout,
            envelope: Arc::clone(&self.envelope),
            idempotency_ttl: self.settings.idempotency_ttl,
            in_flight: super::idempotency::InFlight::default(),
            states: self.states.clone(),
        };
        let mut paths = Paths::default();
        let mut databases = Vec::new();
        let mut sweeps = Vec::new();
        let mut endpoints: BTreeMap<String, MethodRouter> = BTreeMap::new();
        let mut routers = Vec::new();
        let mounts = self.root.closed();
        let described = Described::of(&mounts);
        let ground = Ground::of(self.database, &mounts);
        for mount in mounts {
            match mount {
                Mount::Resource(prefix, routes) => {
                    check_prefix(&prefix)?;
                    add_database(&mut databases, &routes.database);
                    Sweep::add(&mut sweeps, routes.meta, &routes.database);
                    for PathRoutes { path, methods } in routes.mount(&context) {
                        let owner = format!("`{}`", routes.meta.name);
                        paths.add(&format!("{prefix}{path}"), &owner, &methods, true)?;
                    }
                }
                Mount::Route(path, methods) => {
                    check_prefix(path.strip_suffix('/').unwrap_or(&path))?;
                    paths.add(&path, "a route of the application", &ground.under(methods), false)?;
                }
                Mount::Endpoint(endpoint, methods) => {
                    check_prefix(endpoint.path.strip_suffix('/').unwrap_or(&endpoint.path))?;
                    let place = format!("{} {}", endpoint.method, endpoint.path);
                    match endpoints.entry(endpoint.path.into_owned()) {
                        Entry::Vacant(entry) => drop(entry.insert(methods)),
                        Entry::Occupied(mut entry) => {
                            let known = std::mem::take(entry.get_mut());
                            *entry.get_mut() = guarded(&place, || known.merge(methods))?;
                        }
                    }
                }
                Mount::Router(prefix, router) => {
                    check_prefix(&prefix)?;
                    routers.push((prefix, ground.under_router(router)));
                }
            }
        }
        for (path, methods) in endpoints {
            let both_forms = !path.ends_with('/') && !path.contains("{*");
            paths.add(&path, "an endpoint of the application", &ground.under(methods), both_forms)?;
        }
        self.tasks.check()?;
        if !self.tasks.is_empty() && databases.is_empty() {
            return Err(Error::new(
                "there are tasks, but no resource in whose store they wait; run them by a `task::Worker`",
            ));
        }
        let docs = paths.add_service(&self.info.clone(), &databases, || {
            Served::new(described, self.info, self.errors, self.patches)
        })?;
        let mut router = paths.router;
        for (prefix, other) in routers {
            router = merge(router, &prefix, other)?;
        }
        router = router
            .method_not_allowed_fallback(super::offered::method_not_allowed)
            .fallback(|| std::future::ready(error::route_not_found()));
        for apply in self.layers {
            router = apply(router);
        }
        let Settings { origins, body_limit, request_timeout, .. } = &self.settings;
        let edge = Edge::new(router, origins, *body_limit, *request_timeout, self.envelope);
        let workers = match self.tasks.is_empty() {
            true => Vec::new(),
            false => databases.iter().map(|it| Worker::new(it).sharing(&self.tasks, &self.states)).collect(),
        };
        Ok(Assembled { edge, databases, sweeps, workers, docs })
    }
}

/// An API that is ready to answer.
pub(super) struct Assembled {
    pub(super) edge: Edge,
    pub(super) databases: Vec<Database>,
    /// What is removed once its time is over.
    pub(super) sweeps: Vec<Sweep>,
    /// One for each database, if there are tasks.
    pub(super) workers: Vec<Worker>,
    pub(super) docs: Option<&'static str>,
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
        databases: &[Database],
        document: impl FnOnce() -> Result<Served>,
    ) -> Result<Option<&'static str>> {
        let docs = Some("/docs").filter(|it| cfg!(feature = "docs-ui") && !self.has(it));
        self.add_if_free("/health", &health::live());
        self.add_if_free("/health/ready", &health::ready(databases.to_vec()));
        self.add_if_free("/", &health::index(info, docs));
        if ["/openapi.json", "/openapi-3.0.json", "/docs", "/redoc"].iter().any(|it| self.has(it)) {
            // An application that brings one of them brings its own documentation.
            return Ok(None);
        }
        let document = document()?;
        let documentation = docs::router(move || document.forms(), &info.title);
        self.router = merge(std::mem::take(&mut self.router), "", documentation)?;
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
fn guarded<T>(place: &str, mount: impl FnOnce() -> T) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(mount)).map_err(|panic| {
        let text = panic_text(&*panic).unwrap_or("it clashes with something else");
        Error::new(format!("nothing can be mounted at {place}: {text}"))
    })
}

fn add_database(databases: &mut Vec<Database>, database: &Database) {
    if !databases.iter().any(|it| it.is_same(database)) {
        databases.push(database.clone());
    }
}
