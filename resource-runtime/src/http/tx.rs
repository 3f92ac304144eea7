//! Transactions of handlers of an application's own: [`Tx`] as an argument.
//!
//! A handler that is mounted through [`Api`](super::Api) or [`Routes::replace`](super::Routes::replace)
//! can take one. What it does through it is committed where it answers with a status below 400, before
//! the answer goes out, and undone where it answers with an error, panics, or its client goes away; a
//! commit that fails is the answer. A client that only tries (`Prefer: tx=rollback`) gets the answer,
//! and nothing is committed.
//!
//! # Design
//!
//! A middleware around these handlers puts a [`Slot`] among the request's extensions. The extractor
//! takes the transaction from there, and dropping it puts it back, so that the middleware has it when it
//! knows the answer. A handler need not know of it, and cannot forget to commit.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use http::request::Parts;

use super::nest::Mount;
use super::prefer::{self, Prefer};
use crate::error::{ApiError, ErrorCode};
use crate::store::{Database, Outcome, Slot, Tx};

/// What the transactions of handlers are of.
#[derive(Clone)]
pub(super) enum Ground {
    Database(Database),
    /// Of nothing: there is no resource.
    None,
    /// There are several stores, and nobody has said which one it is.
    Several,
}

/// A request's transaction, and what it is of.
#[derive(Clone)]
struct Lender {
    ground: Ground,
    slot: Arc<Slot>,
}

impl Ground {
    /// The store that was chosen, or else the one that all resources have in common.
    pub(super) fn of(chosen: Option<Database>, mounts: &[Mount]) -> Self {
        if let Some(database) = chosen {
            return Self::Database(database);
        }
        let mut databases = mounts.iter().filter_map(|it| match it {
            Mount::Resource(_, routes) => Some(&routes.database),
            Mount::Route(..) | Mount::Endpoint(..) | Mount::Router(..) => None,
        });
        match databases.next() {
            None => Self::None,
            Some(first) if databases.all(|it| it.is_same(first)) => Self::Database(first.clone()),
            Some(_) => Self::Several,
        }
    }

    /// Handlers whose transactions are of it.
    pub(super) fn under(&self, methods: MethodRouter) -> MethodRouter {
        methods.layer(from_fn_with_state(self.clone(), around))
    }

    /// As [`Ground::under`], of a whole router.
    pub(super) fn under_router(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), around))
    }
}

async fn around(State(ground): State<Ground>, mut request: Request, next: Next) -> Response {
    let is_dry_run = Prefer::of(request.headers()).is_dry_run();
    let slot = Arc::new(Slot::new());
    request.extensions_mut().insert(Lender { ground, slot: Arc::clone(&slot) });
    let response = next.run(request).await;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    match slot.close() {
        Outcome::Settled => response,
        Outcome::Open(_) | Outcome::Lost if failed => response,
        Outcome::Open(_) if is_dry_run => prefer::applied(response, prefer::ROLLBACK),
        Outcome::Open(tx) => match tx.commit().await {
            Ok(()) => response,
            Err(error) => error.into_response(),
        },
        Outcome::Lost => ApiError::new(ErrorCode::INTERNAL)
            .source("a handler answered while its transaction was still in use; it was not committed")
            .into_response(),
    }
}

impl<S: Sync> FromRequestParts<S> for Tx {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let refuse = |why: &str| Err(ApiError::new(ErrorCode::INTERNAL).source(why));
        let Some(Lender { ground, slot }) = parts.extensions.get() else {
            return refuse(
                "there is no transaction here: `Tx` is for handlers that are mounted through `Api`, `Nest` or \
                 `Routes::replace`",
            );
        };
        match ground {
            Ground::Database(database) => match slot.lend(database) {
                Some(tx) => Ok(tx),
                None => refuse("the request's transaction is in use already: take one `Tx`, and hand it on"),
            },
            Ground::None => refuse("the API has no store for transactions; give it one with `Api::database`"),
            Ground::Several => {
                refuse("the API's resources are kept in several stores; say with `Api::database` which one `Tx` is of")
            }
        }
    }
}
