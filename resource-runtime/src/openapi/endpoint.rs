//! Operations of an application's own, described by builders.

use std::borrow::Cow;

use super::components::Components;
use super::operation_doc::OperationDoc;
use super::responses::{Answer, Responses, content};
use super::schema::{self, Form};
use super::{Deprecation, ErrorModel, Node, Object, Requirement, models};
use crate::error::ErrorCode;
use crate::field::{FieldType, Kind};
use crate::model::{Model, Usage};
use crate::resource::ResourceMeta;

/// A description of one operation of an application's own, which stands in the document beside
/// those of resources.
///
/// ```
/// use resource_runtime::error::ErrorCode;
/// use resource_runtime::openapi::{Body, Endpoint, Parameter};
///
/// let endpoint = Endpoint::get("/books/count", "countBooks")
///     .summary("Count the books of a genre")
///     .tag("books")
///     .parameter(Parameter::query::<String>("genre").description("The genre.").example("fiction"))
///     .answer(200, "How many there are.", Body::of::<i64>())
///     .errors(&[ErrorCode::INVALID_QUERY]);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a description does nothing until it is mounted with its handler"]
pub struct Endpoint {
    pub(crate) method: http::Method,
    pub(crate) path: Cow<'static, str>,
    /// What guards in front of it demand.
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) hidden: bool,
    doc: OperationDoc,
    parameters: Vec<Parameter>,
    body: Option<(&'static str, Body)>,
    answers: Vec<(u16, String, Option<Body>)>,
}

/// A parameter of an [`Endpoint`].
#[derive(Debug, Clone)]
#[must_use = "a parameter does nothing until it is given to an endpoint"]
pub struct Parameter {
    place: &'static str,
    name: Cow<'static, str>,
    kind: Kind,
    required: bool,
    description: Cow<'static, str>,
    example: Option<Node>,
}

/// What the body of a request or of an answer is: a model of a resource, a value, a list, or a
/// schema written by hand.
#[derive(Debug, Clone)]
pub struct Body(Shape);

#[derive(Debug, Clone)]
enum Shape {
    Model(&'static ResourceMeta, Usage),
    Value(Kind, bool),
    List(Box<Shape>),
    Schema(Object),
}

macro_rules! methods {
    ($($(#[doc = $doc:literal])* $name:ident $method:ident;)*) => {$(
        $(#[doc = $doc])*
        pub fn $name(path: impl Into<Cow<'static, str>>, id: impl Into<Cow<'static, str>>) -> Self {
            Self::new(http::Method::$method, path, id)
        }
    )*};
}

impl Endpoint {
    methods! {
        /// A `GET` on a path, under a stable name such as `countBooks`.
        get GET;
        /// A `POST`.
        post POST;
        /// A `PUT`.
        put PUT;
        /// A `PATCH`.
        patch PATCH;
        /// A `DELETE`.
        delete DELETE;
    }

    fn new(method: http::Method, path: impl Into<Cow<'static, str>>, id: impl Into<Cow<'static, str>>) -> Self {
        Self {
            method,
            path: path.into(),
            requirements: Vec::new(),
            hidden: false,
            doc: OperationDoc::default().id(id),
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
        }
    }

    /// With what it does, in one line.
    pub fn summary(self, summary: impl Into<Cow<'static, str>>) -> Self {
        self.doc(|it| it.summary(summary))
    }

    /// With more of it, in Markdown.
    pub fn description(self, description: impl Into<Cow<'static, str>>) -> Self {
        self.doc(|it| it.description(description))
    }

    /// With a tag; without one it is tagged `service`.
    pub fn tag(self, tag: impl Into<Cow<'static, str>>) -> Self {
        self.doc(|it| it.tag(tag))
    }

    /// With more of what [`OperationDoc`] can say: external docs, that it is deprecated.
    pub fn doc(mut self, more: impl FnOnce(OperationDoc) -> OperationDoc) -> Self {
        self.doc = more(self.doc);
        self
    }

    /// With a parameter. Those of the path are texts where nothing else is said.
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// With a body of JSON, which must be sent.
    pub fn body(self, body: Body) -> Self {
        self.body_as("application/json", body)
    }

    /// With a body of another media type.
    pub fn body_as(mut self, media_type: &'static str, body: Body) -> Self {
        self.body = Some((media_type, body));
        self
    }

    /// With a status that it answers with, and the JSON that comes with it.
    pub fn answer(mut self, status: u16, description: impl Into<String>, body: Body) -> Self {
        self.answers.push((status, description.into(), Some(body)));
        self
    }

    /// With a status that it answers with, without a body.
    pub fn empty_answer(mut self, status: u16, description: impl Into<String>) -> Self {
        self.answers.push((status, description.into(), None));
        self
    }

    /// With errors that it can answer with, in the API's envelope. What the framework itself
    /// answers in front of every handler (414, 500, 503, and 408 and 413 for bodies) is there
    /// already.
    pub fn errors(self, codes: &[ErrorCode]) -> Self {
        self.doc(|it| it.errors(codes))
    }

    /// Left out of the document.
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Its `operationId`.
    pub(super) fn id(&self) -> &str {
        self.doc.id.as_deref().unwrap_or_default()
    }

    /// The tags, in order.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        self.doc.tags.iter().map(AsRef::as_ref)
    }

    /// That it is on its way out, where it is.
    pub(crate) const fn deprecation(&self) -> Option<&Deprecation> {
        self.doc.deprecated.as_ref()
    }

    /// On its way out as this says, unless it says so itself. Tells whether it did not.
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "nests do it"))]
    pub(crate) fn deprecate(&mut self, deprecation: &Deprecation) -> bool {
        let is_new = self.doc.deprecated.is_none();
        self.doc.deprecated.get_or_insert_with(|| deprecation.clone());
        is_new
    }

    pub(super) fn describe(&self, errors: &ErrorModel, components: &mut Components) -> Object {
        // Those of the path that have no description stand where all methods of the path have them.
        let parameters: Vec<Object> = self.parameters.iter().map(|it| it.describe(components)).collect();
        let body = self.body.as_ref().map(|(media_type, body)| {
            let schema = body.schema(Form::Create, components);
            Object::new().with("required", true).with("content", content(media_type, schema))
        });
        let mut responses = Responses::new();
        for (status, description, body) in &self.answers {
            let answer = Answer::new(description.as_str());
            let answer = match body {
                Some(body) => answer.body(body.schema(Form::Response, components)),
                None => answer,
            };
            responses = responses.success(*status, answer, components);
        }
        let responses = responses
            .deprecated(self.doc.deprecated.is_some())
            .errors(&[ErrorCode::URI_TOO_LONG, ErrorCode::INTERNAL, ErrorCode::TIMEOUT])
            .errors_if(body.is_some(), &[ErrorCode::REQUEST_TIMEOUT, ErrorCode::PAYLOAD_TOO_LARGE])
            .errors(&self.doc.errors)
            .guarded(&self.requirements, components)
            .finish(errors, components);
        let summary = self.doc.summary.as_deref().unwrap_or_else(|| self.id());
        Object::new()
            .with("tags", self.doc.tags_or(super::SERVICE_TAG))
            .with("summary", summary)
            .with("description", self.doc.description.as_deref().unwrap_or(summary))
            .with_some("externalDocs", self.doc.external_docs.clone())
            .with("operationId", self.id())
            .with_some("deprecated", self.doc.deprecated.is_some().then_some(true))
            .with_some("parameters", (!parameters.is_empty()).then_some(parameters))
            .with_some("requestBody", body)
            .with("responses", responses)
            .with_some("security", super::security(&self.requirements))
    }
}

impl Parameter {
    /// A parameter of the query, which may be absent.
    pub fn query<T: FieldType>(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new::<T>("query", name)
    }

    /// A header field, which may be absent.
    pub fn header<T: FieldType>(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new::<T>("header", name)
    }

    /// What stands in the path's place of this name.
    pub fn path<T: FieldType>(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new::<T>("path", name).required()
    }

    fn new<T: FieldType>(place: &'static str, name: impl Into<Cow<'static, str>>) -> Self {
        let (name, description) = (name.into(), Cow::Borrowed(""));
        Self { place, name, kind: T::KIND, required: false, description, example: None }
    }

    /// It must be sent.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// With what it does, in Markdown.
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = description.into();
        self
    }

    /// With a value to show.
    pub fn example(mut self, example: impl Into<Node>) -> Self {
        self.example = Some(example.into());
        self
    }

    fn describe(&self, components: &mut Components) -> Object {
        let mut schema = schema::of_kind(&self.kind, Form::Parameter, components);
        // What a text may be is the handler's to say.
        schema::forget_nul(&mut schema);
        Object::new()
            .with("name", self.name.as_ref())
            .with("in", self.place)
            .with_text("description", &self.description)
            .with_some("required", self.required.then_some(true))
            .with("schema", schema.with_some("examples", self.example.clone().map(|it| [it])))
    }
}

impl Body {
    /// A model of a resource: `BookCreate`, `BookResponse`, `BookSummary`.
    #[must_use]
    pub fn model<M: Model>() -> Self {
        Self(Shape::Model(M::RESOURCE, M::USAGE))
    }

    /// A value of a field's type: a `#[derive(ResourceObject)]`, an enum, a number.
    #[must_use]
    pub const fn of<T: FieldType>() -> Self {
        Self(Shape::Value(T::KIND, T::NULLABLE))
    }

    /// An array of these.
    #[must_use]
    pub fn list(self) -> Self {
        Self(Shape::List(Box::new(self.0)))
    }

    /// A schema written by hand.
    #[must_use]
    pub const fn schema_of(schema: Object) -> Self {
        Self(Shape::Schema(schema))
    }

    fn schema(&self, form: Form, components: &mut Components) -> Object {
        self.0.schema(form, components)
    }
}

impl Shape {
    fn schema(&self, form: Form, components: &mut Components) -> Object {
        match self {
            Self::Model(meta, usage) => models::model(meta, *usage, components),
            Self::Value(kind, nullable) => {
                let schema = schema::of_kind(kind, form, components);
                if *nullable { schema::nullable(schema) } else { schema }
            }
            Self::List(item) => Object::new().with("type", "array").with("items", item.schema(form, components)),
            Self::Schema(schema) => schema.clone(),
        }
    }
}
