//! Resources over HTTP: routes on axum, what is around them, and the server.
//!
//! This is the only module that names axum. [`ResourceExt::on`] gives a resource's [`Routes`]; an
//! [`Api`] mounts many of them and adds what every API needs, and [`Settings`] say where it
//! listens and where rows are kept. [`Routes::into_router`] gives a plain axum router for an
//! application that exists already.
//!
//! What an application does around the writes of its clients are [`Hooks`]; they are given to
//! [`Routes::hooks`]. Handlers of its own, mounted through [`Api`] or [`Routes::replace`], can take a
//! [`Tx`](crate::store::Tx) as an argument: a transaction that is committed where they answer with a
//! status below 400, and undone where they do not, where they panic, or where the client goes away. One
//! request has one. What fails in the commit is the answer.
//!
//! # Design
//!
//! Handlers are not generic: they work on a resource's description and on plain values, so that
//! they are compiled once, here, however many resources there are. `around` has the middleware in
//! the order in which a request meets it.

mod api;
mod around;
mod assembly;
mod body;
mod bulk;
mod conditional;
mod deprecated;
mod docs;
mod document;
mod error;
mod export;
mod guard;
mod health;
mod hooks;
mod idempotency;
mod item;
mod links;
mod list;
mod modified;
mod mounted;
mod negotiate;
mod nest;
mod offered;
mod path;
mod prefer;
mod respond;
mod restore;
mod routes;
mod rows;
mod serve;
mod session;
mod settings;
mod sweep;
#[cfg(test)]
mod tests;
mod tx;
mod write;

pub use api::Api;
pub use around::RequestId;
/// What handlers of an application's own are written with.
pub use axum;
pub use guard::{Guard, guard};
pub use hooks::{Change, HookContext, Hooks, Input, RequestContext};
pub use idempotency::Caller;
pub use nest::Nest;
pub use routes::{ResourceExt, Routes, Untyped};
pub use settings::{LogFormat, Origins, Settings};
