use std::borrow::Cow;

use super::{Deprecation, Node, Object};
use crate::error::ErrorCode;

/// What an application says of one operation of a resource, in place of the framework's words or
/// beside them.
///
/// ```
/// use resource_runtime::error::ErrorCode;
/// use resource_runtime::http::Routes;
/// use resource_runtime::resource::Operation;
///
/// fn described<R>(books: Routes<R>) -> Routes<R> {
///     books.describe(Operation::List, |it| it.summary("Browse the catalogue")).describe(Operation::Create, |it| {
///         it.description("For librarians.").errors(&[ErrorCode::FORBIDDEN])
///     })
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OperationDoc {
    pub(super) id: Option<Cow<'static, str>>,
    pub(super) summary: Option<Cow<'static, str>>,
    pub(super) description: Option<Cow<'static, str>>,
    pub(super) tags: Vec<Cow<'static, str>>,
    pub(super) external_docs: Option<Object>,
    pub(crate) deprecated: Option<Deprecation>,
    pub(super) errors: Vec<ErrorCode>,
}

impl OperationDoc {
    /// With another `operationId`.
    #[must_use]
    pub fn id(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With what it does, in one line.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<Cow<'static, str>>) -> Self {
        self.summary = Some(summary.into());
        self
    }

    /// With more of it, in Markdown.
    #[must_use]
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// With a tag of the application's own. The first one takes the place of the resource's.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<Cow<'static, str>>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// With a page elsewhere that says more.
    #[must_use]
    pub fn external_docs(mut self, url: &str, description: &str) -> Self {
        self.external_docs = Some(external_docs(url, description));
        self
    }

    /// On its way out: the document says so, and so do its answers.
    #[must_use]
    pub fn deprecated(mut self, deprecation: Deprecation) -> Self {
        self.deprecated = Some(deprecation);
        self
    }

    /// With further errors that it can answer with: those of a layer, of a scope, or of a handler
    /// of the application's own.
    #[must_use]
    pub fn errors(mut self, codes: &[ErrorCode]) -> Self {
        self.errors.extend(codes);
        self
    }

    /// The tags, of which there is one at least.
    pub(super) fn tags_or(&self, tag: &str) -> Vec<Node> {
        match self.tags.as_slice() {
            [] => vec![tag.into()],
            tags => tags.iter().map(|it| it.as_ref().into()).collect(),
        }
    }
}

pub(super) fn external_docs(url: &str, description: &str) -> Object {
    Object::new().with("url", url).with_text("description", description)
}
