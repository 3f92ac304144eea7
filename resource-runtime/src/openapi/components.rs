use std::collections::HashMap;

use indexmap::IndexMap;

use super::{ErrorModel, Node, Object};
use crate::error::ErrorCode;

/// Why a document cannot be made: two things in it would have one name, or a change to it has no
/// place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError(pub(super) String);

impl DocumentError {
    /// An error of an application's own, for [`Api::openapi`](crate::http::Api::openapi).
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl std::fmt::Display for DocumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DocumentError {}

/// What operations refer to by name, gathered while they are described.
///
/// Every model has a name of its own, and a name stands for one shape: a generator would make one
/// type of two, and the last one would win in silence.
#[derive(Debug, Default)]
pub(super) struct Components {
    sections: [IndexMap<String, Node>; 5],
    clashes: Vec<(Section, String)>,
    /// What responses with errors are known, and of which codes: most operations share them.
    errors: HashMap<String, Vec<ErrorCode>>,
}

/// A part of the document's `components`, in the order in which it has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Schemas,
    Responses,
    Parameters,
    Headers,
    SecuritySchemes,
}

impl Section {
    const ALL: [Self; 5] = [Self::Schemas, Self::Responses, Self::Parameters, Self::Headers, Self::SecuritySchemes];

    const fn name(self) -> &'static str {
        match self {
            Self::Schemas => "schemas",
            Self::Responses => "responses",
            Self::Parameters => "parameters",
            Self::Headers => "headers",
            Self::SecuritySchemes => "securitySchemes",
        }
    }
}

impl Components {
    /// Adds a component, or finds it there with the same shape, and refers to it.
    pub(super) fn refer(&mut self, section: Section, name: &str, component: impl Into<Node>) -> Object {
        let component = component.into();
        if let Some(map) = self.sections.get_mut(section as usize) {
            match map.get(name) {
                Some(known) if *known != component => self.clashes.push((section, name.to_owned())),
                Some(_) => {}
                None => {
                    map.insert(name.to_owned(), component);
                }
            }
        }
        Object::reference(section.name(), name)
    }

    /// Refers to a response with errors of these codes, which is made where it is not known yet.
    pub(super) fn errors(
        &mut self,
        name: &str,
        codes: &[ErrorCode],
        model: &ErrorModel,
        make: impl FnOnce(&mut Self) -> Object,
    ) -> Object {
        if self.errors.get(name).is_some_and(|it| it == codes) {
            return Object::reference(Section::Responses.name(), name);
        }
        // What all of them have in common: there is one such model in a document.
        if self.errors.is_empty() {
            for (name, schema) in &model.schemas {
                self.schema(name, schema.clone());
            }
        }
        self.errors.insert(name.to_owned(), codes.to_vec());
        let response = make(self);
        self.refer(Section::Responses, name, response)
    }

    /// Refers to a header field of that name, which is made where it is not known yet: a name of one stands for one
    /// shape.
    pub(super) fn header(&mut self, name: &str, make: impl FnOnce() -> Object) -> Object {
        let is_known = self.sections.get(Section::Headers as usize).is_some_and(|it| it.contains_key(name));
        if is_known {
            Object::reference(Section::Headers.name(), name)
        } else {
            self.refer(Section::Headers, name, make())
        }
    }

    /// Adds a schema; see [`Components::refer`].
    pub(super) fn schema(&mut self, name: &str, schema: impl Into<Node>) -> Object {
        self.refer(Section::Schemas, name, schema)
    }

    /// Adds a security scheme; operations name it without a reference.
    pub(super) fn security_scheme(&mut self, scheme: &super::SecurityScheme) {
        self.refer(Section::SecuritySchemes, scheme.name(), scheme.object().clone());
    }

    /// All of them, schemas by name: people look them up.
    pub(super) fn finish(mut self) -> Result<Object, DocumentError> {
        if let Some((section, name)) = self.clashes.first() {
            return Err(DocumentError(match section {
                Section::SecuritySchemes => {
                    format!(
                        "two different security schemes of the API are called `{name}`; give one of them another name"
                    )
                }
                _ => format!(
                    "two different models of the API are called `{name}`; give one of the types another name, or mount \
                     them in two APIs"
                ),
            }));
        }
        let mut components = Object::new();
        for section in Section::ALL {
            if let Some(map) = self.sections.get_mut(section as usize).filter(|it| !it.is_empty()) {
                map.sort_keys();
                components.set(section.name(), std::mem::take(map).into_iter().collect::<Object>());
            }
        }
        Ok(components)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_may_be_used_twice_for_one_shape() {
        let mut components = Components::default();
        let first = components.schema("Book", Object::new().with("type", "object"));
        assert_eq!(first, components.schema("Book", Object::new().with("type", "object")));
        assert!(components.finish().is_ok());
    }

    #[test]
    fn one_name_for_two_shapes_is_an_error_that_names_it() {
        let mut components = Components::default();
        components.schema("Book", Object::new().with("type", "object"));
        components.schema("Book", Object::new().with("type", "string"));
        assert!(components.finish().unwrap_err().to_string().contains("`Book`"));
    }
}
