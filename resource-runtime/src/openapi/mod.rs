//! The OpenAPI 3.1 document, from the same descriptions that the behaviour follows from.
//!
//! # Design
//!
//! The document is built as a tree of [`Node`]s that keep their order: the same
//! resources give the same bytes, and they read as the structs are written. What several
//! operations share is a component under a name of its own; two shapes under one name are an error
//! instead of a surprise. Nothing here knows of axum or of a store.

mod components;
mod deprecation;
mod endpoint;
mod errors;
mod example;
mod info;
pub mod lock;
mod models;
mod names;
mod node;
mod operation_doc;
mod operations;
mod pages;
mod parameters;
mod pattern;
mod responses;
mod schema;
mod security;
#[cfg(test)]
mod tests;
mod v3_0;
mod walk;

pub use components::DocumentError;
pub use deprecation::Deprecation;
pub use endpoint::{Body, Endpoint, Parameter};
pub use errors::ErrorModel;
pub use info::{Contact, Info, License, Mounted, Server, ServiceOperation, Tag};
pub use node::{Node, Object};
pub use operation_doc::OperationDoc;
pub use security::{KeyPlace, Requirement, SecurityScheme};
pub use v3_0::v3_0;

use std::collections::HashSet;

use components::Components;
use operations::Context;
use responses::{Answer, Responses};
use schema::Form;

use crate::error::ErrorCode;

/// The tag of [`ServiceOperation`]s.
const SERVICE_TAG: &str = "service";

/// All that the document of an API is made of.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'a> {
    /// What is said of the API as a whole.
    pub info: &'a Info,
    /// Its resources.
    pub mounted: &'a [Mounted],
    /// Its own operations beside them.
    pub endpoints: &'a [Endpoint],
    /// What the framework serves beside both.
    pub service: &'a [ServiceOperation],
    /// What its errors look like.
    pub errors: &'a ErrorModel,
}

/// The OpenAPI 3.1 document of an API; [`v3_0`] gives its older form.
///
/// # Errors
///
/// When two things would have one name: two models of different shapes, two operations, two
/// resources at one path. The message says which, and what to do.
pub fn document(contents: &Contents<'_>) -> Result<Object, DocumentError> {
    let Contents { info, mounted, endpoints, service, errors } = *contents;
    let mut components = Components::default();
    let mut paths = Object::new();
    let mut ids = Ids::default();
    let mut tags: Vec<Tag> = Vec::new();
    let mut add_tag = |name: &str, doc: &str| {
        if !tags.iter().any(|it| it.name == name) {
            tags.push(Tag::new(name).description(doc.trim()));
        }
    };
    for it in mounted {
        it.docs.iter().filter_map(|(_, it)| it.deprecated.as_ref()).try_for_each(Deprecation::check)?;
        let suffix = ids.suffix(it)?;
        let context = Context { mounted: it, suffix: &suffix, errors };
        for (operation, method, tail) in operations::ALL {
            if it.shows(operation) {
                ids.add(&names::operation_id(it, operation, &suffix))?;
                let path = it.path().trim_end_matches('/').to_owned() + tail;
                let described = operations::operation(&context, operation, &mut components);
                add(&mut paths, &path, method, described)?;
                for tag in it.doc(operation).tags_or(names::tag(it)).iter().filter_map(Node::as_text) {
                    add_tag(tag, if tag == names::tag(it) { it.meta.doc } else { "" });
                }
            }
        }
    }
    endpoints.iter().filter_map(Endpoint::deprecation).try_for_each(Deprecation::check)?;
    for it in endpoints.iter().filter(|it| !it.hidden) {
        ids.add(it.id())?;
        // axum marks a parameter that takes the rest of the path.
        let path = it.path.replace("{*", "{");
        add(&mut paths, &path, &it.method.as_str().to_lowercase(), it.describe(errors, &mut components))?;
        it.tags().for_each(|tag| add_tag(tag, ""));
    }
    for it in service {
        ids.add(it.id)?;
        add(&mut paths, it.path, "get", service_operation(it, errors, &mut components))?;
    }
    for path in paths_of(&paths) {
        let parameters = parameters::of_path(&path, mounted, &mut components);
        if let Some(Node::Object(item)) = paths.get_mut(&path).filter(|_| !parameters.is_empty()) {
            // Operations follow what they have in common.
            let operations = std::mem::take(item);
            *item = Object::new().with("parameters", parameters);
            for (method, operation) in operations.iter() {
                item.set(method, operation.clone());
            }
        }
    }
    if !service.is_empty() || endpoints.iter().any(|it| !it.hidden && it.tags().next().is_none()) {
        add_tag(SERVICE_TAG, "The server itself.");
    }
    Ok(Object::new()
        .with("openapi", "3.1.0")
        .with("info", info.to_object())
        .with_some("externalDocs", info.docs())
        .with("servers", info.servers())
        .with("tags", info.described_tags(tags))
        .with("paths", paths)
        .with("components", components.finish()?)
        // What no guard is in front of asks nobody who they are; said, so that nobody has to guess.
        .with("security", Vec::<Node>::new()))
}

/// What callers need for an operation: all of it together. Nothing, where the document's own
/// `security` says so already.
fn security(requirements: &[Requirement]) -> Option<[Object; 1]> {
    let all = requirements.iter().map(|it| (it.scheme.name(), Node::from(it.scopes.clone()))).collect::<Object>();
    (!all.is_empty()).then_some([all])
}

fn paths_of(paths: &Object) -> Vec<String> {
    paths.iter().map(|(path, _)| path.to_owned()).collect()
}

/// The operation ids that are taken.
#[derive(Default)]
struct Ids(HashSet<String>);

impl Ids {
    fn add(&mut self, id: &str) -> Result<(), DocumentError> {
        if self.0.insert(id.to_owned()) {
            return Ok(());
        }
        Err(DocumentError(format!("two operations of the API are called `{id}`; give one of them another id")))
    }

    /// What the operation ids of a resource end with: nothing, or, where another version of the
    /// API has the plain ones already, the last segment of the prefix.
    fn suffix(&self, mounted: &Mounted) -> Result<String, DocumentError> {
        let clash = |suffix: &str| {
            operations::ALL
                .iter()
                .filter(|(it, ..)| mounted.shows(*it))
                .map(|(it, ..)| names::operation_id(mounted, *it, suffix))
                .find(|it| self.0.contains(it))
        };
        let Some(first) = clash("") else { return Ok(String::new()) };
        let version = names::pascal(mounted.prefix.rsplit('/').find(|it| !it.is_empty()).unwrap_or_default());
        match clash(&version) {
            None => Ok(version),
            Some(_) => Err(DocumentError(format!(
                "two operations of the API are called `{first}`; give one of the resources another type name and \
                 path, or mount them under prefixes that end differently"
            ))),
        }
    }
}

fn add(paths: &mut Object, path: &str, method: &str, operation: Object) -> Result<(), DocumentError> {
    if paths.get(path).is_none() {
        paths.set(path, Object::new());
    }
    match paths.get_mut(path) {
        Some(Node::Object(item)) if !item.has(method) => {
            item.set(method, operation);
            Ok(())
        }
        _ => Err(DocumentError(format!(
            "two operations of the API are at `{} {path}`; mount one of them under another path",
            method.to_uppercase()
        ))),
    }
}

fn service_operation(operation: &ServiceOperation, errors: &ErrorModel, components: &mut Components) -> Object {
    let body = models::object(operation.answer, Form::Response, components);
    let description = match operation.answer.doc.trim() {
        "" => operation.summary,
        doc => doc,
    };
    let responses = Responses::new()
        .success(200, Answer::new(description).body(body), components)
        .errors(&[ErrorCode::URI_TOO_LONG, ErrorCode::INTERNAL, ErrorCode::TIMEOUT])
        .errors_if(operation.asks_store, &[ErrorCode::UNAVAILABLE])
        .finish(errors, components);
    Object::new()
        .with("tags", [SERVICE_TAG])
        .with("summary", operation.summary)
        .with("description", if operation.description.is_empty() { description } else { operation.description })
        .with("operationId", operation.id)
        .with("responses", responses)
}
