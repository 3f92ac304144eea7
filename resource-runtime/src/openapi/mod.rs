//! The OpenAPI 3.1 document, from the same descriptions that the behaviour follows from.
//!
//! # Design
//!
//! The document is built once, at start, as a tree of [`Node`]s that keep their order: the same
//! resources give the same bytes, and they read as the structs are written. What several
//! operations share is a component under a name of its own; two shapes under one name are an error
//! instead of a surprise. Nothing here knows of axum or of a store.

mod components;
mod errors;
mod example;
mod info;
mod models;
mod names;
mod node;
mod operations;
mod pages;
mod parameters;
mod pattern;
mod responses;
mod schema;
#[cfg(test)]
mod tests;

pub use components::DocumentError;
pub use errors::ErrorModel;
pub use info::{Contact, Info, License, Mounted, Server, ServiceOperation};
pub use node::{Node, Object};

use std::collections::HashSet;

use components::Components;
use operations::Context;
use responses::{Answer, Responses};
use schema::Form;

use crate::error::ErrorCode;

/// The tag of [`ServiceOperation`]s.
const SERVICE_TAG: &str = "service";

/// The document of an API, as JSON.
///
/// # Errors
///
/// As for [`tree`].
pub fn document(
    info: &Info,
    mounted: &[Mounted],
    service: &[ServiceOperation],
    errors: &ErrorModel,
) -> Result<Vec<u8>, DocumentError> {
    tree(info, mounted, service, errors).map(|it| Node::from(it).to_json())
}

/// The document of an API, for whoever wants to change it before it is written.
///
/// # Errors
///
/// When two things would have one name: two models of different shapes, two operations, two
/// resources at one path. The message says which, and what to do.
pub fn tree(
    info: &Info,
    mounted: &[Mounted],
    service: &[ServiceOperation],
    errors: &ErrorModel,
) -> Result<Object, DocumentError> {
    let mut components = Components::default();
    let mut paths = Object::new();
    let mut ids = HashSet::new();
    let mut tags: Vec<(&str, &str)> = Vec::new();
    for it in mounted {
        let suffix = suffix(it, &ids)?;
        let context = Context { mounted: it, suffix: &suffix, errors };
        for (operation, method, tail) in operations::ALL {
            if it.operations.has(operation) {
                ids.insert(names::operation_id(it, operation, &suffix));
                let path = it.path().trim_end_matches('/').to_owned() + tail;
                let described = operations::operation(&context, operation, &mut components);
                add(&mut paths, &path, method, described)?;
            }
        }
        let tag = names::tag(it);
        if !tags.iter().any(|(name, _)| *name == tag) {
            tags.push((tag, it.meta.doc));
        }
    }
    for it in service {
        if !ids.insert(it.id.to_owned()) {
            return Err(DocumentError(format!("two operations of the API are called `{}`", it.id)));
        }
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
    if !service.is_empty() {
        tags.push((SERVICE_TAG, "The server itself."));
    }
    let tags = tags.iter().map(|(name, doc)| Object::new().with("name", *name).with_text("description", doc.trim()));
    Ok(Object::new()
        .with("openapi", "3.1.0")
        .with("info", info.to_object())
        .with("servers", info.servers())
        .with("tags", tags.collect::<Vec<_>>())
        .with("paths", paths)
        .with("components", components.finish()?)
        // No operation asks who the caller is; said, so that nobody has to guess.
        .with("security", Vec::<Node>::new()))
}

fn paths_of(paths: &Object) -> Vec<String> {
    paths.iter().map(|(path, _)| path.to_owned()).collect()
}

/// What the operation ids of a resource end with: nothing, or, where another version of the API
/// has the plain ones already, the last segment of the prefix.
fn suffix(mounted: &Mounted, taken: &HashSet<String>) -> Result<String, DocumentError> {
    let clash = |suffix: &str| {
        operations::ALL
            .iter()
            .filter(|(it, ..)| mounted.operations.has(*it))
            .map(|(it, ..)| names::operation_id(mounted, *it, suffix))
            .find(|it| taken.contains(it))
    };
    let Some(first) = clash("") else { return Ok(String::new()) };
    let version = names::pascal(mounted.prefix.rsplit('/').find(|it| !it.is_empty()).unwrap_or_default());
    match clash(&version) {
        None => Ok(version),
        Some(_) => Err(DocumentError(format!(
            "two operations of the API are called `{first}`; give one of the resources another type name and path, or \
             mount them under prefixes that end differently"
        ))),
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
