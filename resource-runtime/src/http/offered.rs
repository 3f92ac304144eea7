//! What is offered of a resource, and how it is mounted: no types, and compiled once.

use std::sync::Arc;

use axum::routing::{MethodFilter, MethodRouter, on};
use http::{HeaderValue, Method, StatusCode, header};

use super::deprecated::deprecated;
use super::guard::{Sentry, guarded};
use super::hooks::Chain;
use super::mounted::{Context, Mounted, Scope};
use super::{bulk, item, list, negotiate, respond, restore, write};
use crate::error::{ApiError, ErrorCode};
use crate::openapi::{self, Deprecation, OperationDoc};
use crate::resource::{Operation, Operations, ResourceMeta};
use crate::store::Database;

/// What is offered of a resource, and how: [`Routes`](super::Routes) without their type.
#[derive(Clone)]
pub(super) struct Offered {
    pub(super) meta: &'static ResourceMeta,
    pub(super) database: Database,
    pub(super) scope: Scope,
    pub(super) hooks: Chain,
    /// Whether lists can be had whole, without pages.
    pub(super) exports: bool,
    pub(super) replaced: Vec<(Operation, MethodRouter)>,
    pub(super) layers: Vec<Apply>,
    /// Those that are asked first stand first.
    pub(super) sentries: Vec<(Operations, Sentry)>,
    pub(super) hidden: Operations,
    docs: Vec<(Operation, OperationDoc)>,
}

pub(super) type Apply = Arc<dyn Fn(MethodRouter) -> MethodRouter + Send + Sync>;

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

pub(super) fn all_operations() -> impl Iterator<Item = Operation> {
    PATHS.iter().flat_map(|(_, operations)| operations.iter().copied())
}

impl Offered {
    pub(super) fn new(meta: &'static ResourceMeta, database: &Database) -> Self {
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

    pub(super) fn describe(&mut self, operation: Operation, words: impl FnOnce(OperationDoc) -> OperationDoc) {
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

pub(super) const fn filter(operation: Operation) -> MethodFilter {
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
