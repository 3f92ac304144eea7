//! Where in a document which kind of object stands.
//!
//! # Design
//!
//! Whoever changes a document has to tell a keyword from a name: `description` is prose in a schema,
//! and a field in its `properties`. The table here is the one place that knows it; the older form
//! and the lock both go by it.

use super::{Node, Object};

/// What an object of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Document,
    Info,
    License,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Schema,
    SecurityScheme,
    /// One that is copied as it is.
    Other,
}

/// What stands under a keyword.
enum Below {
    One(Place),
    Map(Place),
    List(Place),
}

impl Place {
    const fn below(self, keyword: &str) -> Below {
        use Below::{List, Map, One};
        match (self, keyword.as_bytes()) {
            (Self::Document, b"info") => One(Self::Info),
            (Self::Document, b"paths") => Map(Self::PathItem),
            (Self::Document, b"components") => One(Self::Components),
            (Self::Info, b"license") => One(Self::License),
            (Self::Components, b"schemas") => Map(Self::Schema),
            (Self::Components, b"responses") => Map(Self::Response),
            (Self::Components, b"parameters") => Map(Self::Parameter),
            (Self::PathItem | Self::Operation, b"parameters") => List(Self::Parameter),
            (Self::Components | Self::Response, b"headers") => Map(Self::Header),
            (Self::Components, b"requestBodies") => Map(Self::RequestBody),
            (Self::Components, b"securitySchemes") => Map(Self::SecurityScheme),
            (Self::Components, b"pathItems") => Map(Self::PathItem),
            (Self::PathItem, b"get" | b"put" | b"post" | b"delete" | b"options" | b"head" | b"patch" | b"trace") => {
                One(Self::Operation)
            }
            (Self::Operation, b"requestBody") => One(Self::RequestBody),
            (Self::Operation, b"responses") => Map(Self::Response),
            (Self::Parameter | Self::Header | Self::MediaType, b"schema") => One(Self::Schema),
            (Self::Parameter | Self::Header | Self::RequestBody | Self::Response, b"content") => Map(Self::MediaType),
            (Self::Schema, b"properties" | b"patternProperties" | b"$defs" | b"dependentSchemas") => Map(Self::Schema),
            (
                Self::Schema,
                b"items"
                | b"not"
                | b"contains"
                | b"additionalProperties"
                | b"propertyNames"
                | b"if"
                | b"then"
                | b"else"
                | b"unevaluatedProperties"
                | b"unevaluatedItems",
            ) => One(Self::Schema),
            (Self::Schema, b"anyOf" | b"oneOf" | b"allOf" | b"prefixItems") => List(Self::Schema),
            _ => One(Self::Other),
        }
    }
}

/// A document with each of its objects changed, the inner ones first.
pub(super) fn rebuilt(node: &Node, place: Place, change: &mut impl FnMut(Place, Object) -> Object) -> Node {
    match node {
        Node::Object(object) if place != Place::Other => {
            let members = object.iter().map(|(keyword, value)| {
                let value = match (place.below(keyword), value) {
                    (Below::One(Place::Other), _) => value.clone(),
                    (Below::One(place), _) => rebuilt(value, place, change),
                    (Below::Map(place), Node::Object(map)) => {
                        Node::Object(map.iter().map(|(name, it)| (name, rebuilt(it, place, change))).collect())
                    }
                    (Below::List(place), Node::Array(items)) => {
                        Node::Array(items.iter().map(|it| rebuilt(it, place, change)).collect())
                    }
                    // Of another shape than it should be: an application has patched it so.
                    _ => value.clone(),
                };
                (keyword, value)
            });
            let object = members.collect();
            change(place, object).into()
        }
        _ => node.clone(),
    }
}
