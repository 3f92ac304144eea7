//! What stands in front of operations and asks callers who they are.

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use http::header;
use http::request::Parts;

use crate::error::{ApiError, ErrorCode};
use crate::openapi::{Requirement, SecurityScheme};

/// Checks callers before an operation, and says so in the document.
///
/// The check and the description are one thing on purpose: a scheme comes into the document with a
/// guard alone, at exactly the operations that the guard is in front of.
///
/// ```
/// use http::{header, request::Parts};
/// use resource_runtime::http::{Guard, Routes};
/// use resource_runtime::openapi::SecurityScheme;
/// use resource_runtime::prelude::*;
/// use resource_runtime::resource::Operations;
///
/// struct Tokens;
///
/// impl Guard for Tokens {
///     fn scheme(&self) -> SecurityScheme {
///         SecurityScheme::bearer("token")
///     }
///
///     async fn check(&self, request: &mut Parts) -> Result<(), ApiError> {
///         match request.headers.get(header::AUTHORIZATION) {
///             Some(it) if it == "Bearer open-sesame" => Ok(()),
///             _ => Err(ApiError::new(ErrorCode::UNAUTHORIZED).detail("a token is needed")),
///         }
///     }
/// }
///
/// fn guarded<R>(books: Routes<R>) -> Routes<R> {
///     books.guard(Operations::WRITE, Tokens)
/// }
/// ```
pub trait Guard: Send + Sync + 'static {
    /// How callers say who they are.
    fn scheme(&self) -> SecurityScheme;

    /// Lets a request pass, or refuses it. What the check finds out, such as who the caller is,
    /// can be left in the request's extensions: scopes and handlers find it there.
    ///
    /// A 401 gets the scheme's challenge as `WWW-Authenticate`, unless the error brings one.
    fn check(&self, request: &mut Parts) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// What the caller must be allowed to do, as the document says it.
    fn scopes(&self) -> Vec<String> {
        Vec::new()
    }

    /// The errors that the check refuses with; those of the server's own fault go without saying.
    fn refusals(&self) -> Vec<ErrorCode> {
        vec![ErrorCode::UNAUTHORIZED, ErrorCode::FORBIDDEN]
    }
}

/// A guard of a scheme and a function that need not wait for anything.
///
/// ```
/// use resource_runtime::http::guard;
/// use resource_runtime::openapi::{KeyPlace, SecurityScheme};
/// use resource_runtime::prelude::*;
///
/// let key = guard(SecurityScheme::api_key("key", KeyPlace::Header, "X-API-Key"), |request| {
///     match request.headers.get("x-api-key") {
///         Some(it) if it == "s3cret" => Ok(()),
///         _ => Err(ApiError::new(ErrorCode::UNAUTHORIZED)),
///     }
/// });
/// ```
pub fn guard(
    scheme: SecurityScheme,
    check: impl Fn(&mut Parts) -> Result<(), ApiError> + Send + Sync + 'static,
) -> impl Guard {
    Checked { scheme, check }
}

struct Checked<F> {
    scheme: SecurityScheme,
    check: F,
}

impl<F: Fn(&mut Parts) -> Result<(), ApiError> + Send + Sync + 'static> Guard for Checked<F> {
    fn scheme(&self) -> SecurityScheme {
        self.scheme.clone()
    }

    fn check(&self, request: &mut Parts) -> impl Future<Output = Result<(), ApiError>> + Send {
        std::future::ready((self.check)(request))
    }
}

/// A guard of any type, with what the document says of it.
#[derive(Clone)]
pub(super) struct Sentry {
    pub(super) requirement: Requirement,
    check: Arc<dyn Check>,
}

type Checking<'a> = Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>>;

trait Check: Send + Sync {
    fn check<'a>(&'a self, request: &'a mut Parts) -> Checking<'a>;
}

impl<G: Guard> Check for G {
    fn check<'a>(&'a self, request: &'a mut Parts) -> Checking<'a> {
        Box::pin(Guard::check(self, request))
    }
}

impl Sentry {
    pub(super) fn new(guard: impl Guard) -> Self {
        let (scheme, scopes, refusals) = (guard.scheme(), guard.scopes(), guard.refusals());
        Self { requirement: Requirement { scheme, scopes, refusals }, check: Arc::new(guard) }
    }

    /// Lets a request pass, or answers it.
    async fn meet(self, request: Request, next: Next) -> Response {
        let (mut parts, body) = request.into_parts();
        match self.check.check(&mut parts).await {
            Ok(()) => next.run(Request::from_parts(parts, body)).await,
            Err(error) => self.refusal(error).into_response(),
        }
    }

    fn refusal(&self, error: ApiError) -> ApiError {
        let has_challenge = error.headers.iter().any(|(name, _)| name == header::WWW_AUTHENTICATE);
        if error.status() == 401 && !has_challenge {
            error.header(header::WWW_AUTHENTICATE, self.requirement.scheme.challenge())
        } else {
            error
        }
    }
}

/// Puts guards in front of handlers; the first one is asked first.
pub(super) fn guarded(methods: MethodRouter, sentries: &[Sentry]) -> MethodRouter {
    sentries.iter().rev().fold(methods, |methods, it| {
        let it = it.clone();
        methods.layer(from_fn(move |request, next| it.clone().meet(request, next)))
    })
}

/// Puts guards in front of all that a router has.
pub(super) fn guarded_router(router: Router, sentries: &[Sentry]) -> Router {
    sentries.iter().rev().fold(router, |router, it| {
        let it = it.clone();
        router.layer(from_fn(move |request, next| it.clone().meet(request, next)))
    })
}
