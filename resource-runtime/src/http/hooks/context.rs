use std::any::type_name;
use std::fmt;

use http::request::Parts;
use http::{Extensions, HeaderMap};

use crate::error::{ApiError, ErrorCode};
use crate::http::{Caller, RequestId};
use crate::resource::Operation;
use crate::states::States;
use crate::store::Tx;

/// The request that a write belongs to, and the state of the application that it came to.
pub struct RequestContext {
    operation: Operation,
    parts: Parts,
    states: States,
}

impl RequestContext {
    pub(in crate::http) const fn new(operation: Operation, parts: Parts, states: States) -> Self {
        Self { operation, parts, states }
    }

    /// What the client does.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// The request's header.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// What layers know of the request.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions {
        &self.parts.extensions
    }

    /// Who sent the request, where a layer has said so.
    #[must_use]
    pub fn caller(&self) -> Option<&Caller> {
        self.parts.extensions.get()
    }

    /// What the log calls the request; `None` outside of an [`Api`](crate::http::Api).
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        self.parts.extensions.get()
    }

    /// The application's state of this type: what was given to [`Api::state`](crate::http::Api::state),
    /// or else what a layer has put among the request's extensions.
    ///
    /// # Errors
    ///
    /// 500 where there is none; the log names the type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Result<&T, ApiError> {
        self.states.get().or_else(|| self.parts.extensions.get()).ok_or_else(|| {
            let name = type_name::<T>();
            ApiError::new(ErrorCode::INTERNAL)
                .source(format!("the API has no state of the type `{name}`; give it one with `Api::state`"))
        })
    }
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("operation", &self.operation)
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

/// What a hook works with: the request, and the transaction of the write.
#[derive(Debug)]
pub struct HookContext<'a> {
    request: &'a RequestContext,
    tx: &'a mut Tx,
}

impl<'a> HookContext<'a> {
    pub(in crate::http) const fn new(request: &'a RequestContext, tx: &'a mut Tx) -> Self {
        Self { request, tx }
    }

    /// The transaction of the write: what is read and written here is part of it.
    pub const fn tx(&mut self) -> &mut Tx {
        self.tx
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &'a RequestContext {
        self.request
    }

    /// What the client does. In bulk, too, hooks run for one row at a time.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.request.operation
    }

    /// Who sent the request, where a layer has said so.
    #[must_use]
    pub fn caller(&self) -> Option<&'a Caller> {
        self.request.caller()
    }

    /// What the log calls the request; `None` outside of an [`Api`](crate::http::Api).
    #[must_use]
    pub fn request_id(&self) -> Option<&'a RequestId> {
        self.request.request_id()
    }

    /// The application's state of this type; see [`RequestContext::state`].
    ///
    /// # Errors
    ///
    /// 500 where there is none; the log names the type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Result<&'a T, ApiError> {
        self.request.state()
    }
}
