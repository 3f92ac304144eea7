use std::borrow::Cow;

use super::operation_doc::{OperationDoc, external_docs};
use super::{Object, Requirement};
use crate::field::ObjectMeta;
use crate::resource::{Operation, Operations, ResourceMeta};

/// What the document says of the API as a whole.
///
/// ```
/// use resource_runtime::openapi::{Info, License};
///
/// let info = Info::new("Book Management API", "1.0.0").license(License::spdx("MIT", "MIT"));
/// assert_eq!(info.title, "Book Management API");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Info {
    /// The API's name.
    pub title: String,
    /// The API's version; not that of OpenAPI.
    pub version: String,
    /// What it is for, in Markdown.
    pub description: String,
    /// A URL of the terms of use.
    pub terms_of_service: Option<String>,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// Under which licence it can be used.
    pub license: Option<License>,
    /// Where it is served; `/` where none is named.
    pub servers: Vec<Server>,
    /// More of what its tags are. Resources bring their own; one of the same name takes its place.
    pub tags: Vec<Tag>,
    /// A page elsewhere that says more, and what it is.
    pub external_docs: Option<(String, String)>,
}

/// A group of operations.
///
/// ```
/// use resource_runtime::openapi::{Info, Tag};
///
/// let books = Tag::new("books").description("What can be borrowed.").external_docs("https://books.example", "The shop");
/// let info = Info::new("Books", "1.0.0").tag(books);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tag {
    pub(super) name: String,
    description: String,
    external_docs: Option<Object>,
}

/// Whom to ask about an API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// A person or a team.
    pub name: Option<String>,
    /// A page.
    pub url: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
}

/// A licence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct License {
    /// Its name.
    pub name: String,
    /// Its SPDX expression; excludes `url`.
    pub identifier: Option<String>,
    /// Its text.
    pub url: Option<String>,
}

/// A place where an API is served.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Server {
    /// Its URL, absolute or relative to the document.
    pub url: String,
    /// What it is, such as `Production`.
    pub description: String,
}

impl Info {
    /// An API of this name and version.
    #[must_use]
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self { title: title.into(), version: version.into(), ..Self::default() }
    }

    /// With a description, in Markdown.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// With somebody to ask.
    #[must_use]
    pub fn contact(mut self, contact: Contact) -> Self {
        self.contact = Some(contact);
        self
    }

    /// With a licence.
    #[must_use]
    pub fn license(mut self, license: License) -> Self {
        self.license = Some(license);
        self
    }

    /// With terms of use, at this URL.
    #[must_use]
    pub fn terms_of_service(mut self, url: impl Into<String>) -> Self {
        self.terms_of_service = Some(url.into());
        self
    }

    /// With one more place where it is served.
    #[must_use]
    pub fn server(mut self, url: impl Into<String>, description: impl Into<String>) -> Self {
        self.servers.push(Server { url: url.into(), description: description.into() });
        self
    }

    /// With more of what a tag is.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tags.push(tag);
        self
    }

    /// With a page elsewhere that says more.
    #[must_use]
    pub fn external_docs(mut self, url: impl Into<String>, description: impl Into<String>) -> Self {
        self.external_docs = Some((url.into(), description.into()));
        self
    }

    /// These tags, with what is known of them here in their place.
    pub(super) fn described_tags(&self, names: Vec<Tag>) -> Vec<Object> {
        let own = |name: &str| self.tags.iter().find(|it| it.name == name).cloned();
        let mut tags: Vec<Tag> = names.into_iter().map(|it| own(&it.name).unwrap_or(it)).collect();
        let more = self.tags.iter().filter(|it| !tags.iter().any(|known| known.name == it.name)).cloned();
        tags.extend(more.collect::<Vec<_>>());
        tags.iter().map(Tag::to_object).collect()
    }

    pub(super) fn docs(&self) -> Option<Object> {
        self.external_docs.as_ref().map(|(url, description)| external_docs(url, description))
    }

    pub(super) fn to_object(&self) -> Object {
        let contact = self.contact.as_ref().map(|it| {
            Object::new()
                .with_some("name", it.name.as_deref())
                .with_some("url", it.url.as_deref())
                .with_some("email", it.email.as_deref())
        });
        let license = self.license.as_ref().map(|it| {
            let url = it.url.as_deref().filter(|_| it.identifier.is_none());
            Object::new()
                .with("name", it.name.as_str())
                .with_some("identifier", it.identifier.as_deref())
                .with_some("url", url)
        });
        Object::new()
            .with("title", self.title.as_str())
            .with("version", self.version.as_str())
            .with_text("description", &self.description)
            .with_some("termsOfService", self.terms_of_service.as_deref())
            .with_some("contact", contact)
            .with_some("license", license)
    }

    pub(super) fn servers(&self) -> Vec<Object> {
        let server =
            |url: &str, description: &str| Object::new().with("url", url).with_text("description", description);
        if self.servers.is_empty() {
            return vec![server("/", "")];
        }
        self.servers.iter().map(|it| server(&it.url, &it.description)).collect()
    }
}

impl License {
    /// A licence of the SPDX list.
    #[must_use]
    pub fn spdx(name: impl Into<String>, identifier: impl Into<String>) -> Self {
        Self { name: name.into(), identifier: Some(identifier.into()), url: None }
    }
}

impl Tag {
    /// A tag of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// With a description, in Markdown.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// With a page elsewhere that says more.
    #[must_use]
    pub fn external_docs(mut self, url: &str, description: &str) -> Self {
        self.external_docs = Some(external_docs(url, description));
        self
    }

    fn to_object(&self) -> Object {
        Object::new()
            .with("name", self.name.as_str())
            .with_text("description", &self.description)
            .with_some("externalDocs", self.external_docs.clone())
    }
}

/// A resource, where it is mounted.
#[derive(Debug, Clone)]
pub struct Mounted {
    /// The resource.
    pub meta: &'static ResourceMeta,
    /// The path in front of the resource's own: `/api/v1`, or nothing.
    pub prefix: Cow<'static, str>,
    /// What is served of it here.
    pub operations: Operations,
    /// What is served and not described.
    pub hidden: Operations,
    /// Whether a write can be refused because its row would leave the caller's scope.
    pub is_scoped: bool,
    /// Whether lists can be had whole, in other media types than JSON.
    pub exports: bool,
    /// What the application says of single operations.
    pub docs: Vec<(Operation, OperationDoc)>,
    /// What guards demand, and for which operations.
    pub requirements: Vec<(Operations, Requirement)>,
}

impl Mounted {
    /// A resource with all its operations, under a prefix.
    #[must_use]
    pub fn new(meta: &'static ResourceMeta, prefix: impl Into<Cow<'static, str>>) -> Self {
        Self {
            meta,
            prefix: prefix.into(),
            operations: meta.offered(),
            hidden: Operations::NONE,
            is_scoped: false,
            exports: true,
            docs: Vec::new(),
            requirements: Vec::new(),
        }
    }

    /// With these operations only.
    #[must_use]
    pub const fn operations(mut self, operations: Operations) -> Self {
        self.operations = operations;
        self
    }

    /// Whether the document has this operation.
    pub(super) const fn shows(&self, operation: Operation) -> bool {
        self.operations.has(operation) && !self.hidden.has(operation)
    }

    /// What the application says of an operation.
    pub(super) fn doc(&self, operation: Operation) -> OperationDoc {
        self.docs.iter().find(|(it, _)| *it == operation).map(|(_, doc)| doc.clone()).unwrap_or_default()
    }

    /// What guards demand for an operation.
    pub(super) fn requirements(&self, operation: Operation) -> Vec<Requirement> {
        self.requirements.iter().filter(|(of, _)| of.has(operation)).map(|(_, it)| it.clone()).collect()
    }

    /// The resource's path, with one `/` in front and none behind.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for part in [self.prefix.trim_matches('/'), self.meta.path.trim_matches('/')] {
            if !part.is_empty() {
                path.push('/');
                path.push_str(part);
            }
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }
}

/// A `GET` of the server's own beside the resources, such as `/health`.
#[derive(Debug, Clone, Copy)]
pub struct ServiceOperation {
    /// Its path.
    pub path: &'static str,
    /// Its stable name, such as `getHealth`.
    pub id: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// More of it, in Markdown.
    pub description: &'static str,
    /// What it answers with.
    pub answer: &'static ObjectMeta,
    /// Whether it answers 503 while the store does not answer.
    pub asks_store: bool,
}
