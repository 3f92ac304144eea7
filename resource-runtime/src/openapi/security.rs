use std::borrow::Cow;

use super::Object;

/// How callers say who they are: a name, and what the document says of it.
///
/// A scheme by itself protects nothing. It comes into a document with a guard that checks it, and
/// stands there at exactly those operations that the guard is in front of.
///
/// ```
/// use resource_runtime::openapi::SecurityScheme;
///
/// let token = SecurityScheme::bearer("token").format("JWT").description("From `POST /login`.");
/// assert_eq!(token.name(), "token");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SecurityScheme {
    name: Cow<'static, str>,
    object: Object,
    challenge: String,
}

/// Where an API key is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// In a header field.
    Header,
    /// In a cookie.
    Cookie,
    /// In the query, where it ends up in logs: for clients that can do nothing else.
    Query,
}

impl SecurityScheme {
    /// A token in `Authorization: Bearer …` (RFC 6750).
    #[must_use]
    pub fn bearer(name: impl Into<Cow<'static, str>>) -> Self {
        Self::custom(name, Object::new().with("type", "http").with("scheme", "bearer"), "Bearer")
    }

    /// A name and a password in `Authorization: Basic …` (RFC 7617).
    #[must_use]
    pub fn basic(name: impl Into<Cow<'static, str>>) -> Self {
        let object = Object::new().with("type", "http").with("scheme", "basic");
        Self::custom(name, object, "Basic realm=\"api\", charset=\"UTF-8\"")
    }

    /// A key in a header field, a cookie or a parameter of this name.
    #[must_use]
    pub fn api_key(name: impl Into<Cow<'static, str>>, place: KeyPlace, key: &str) -> Self {
        let place = match place {
            KeyPlace::Header => "header",
            KeyPlace::Cookie => "cookie",
            KeyPlace::Query => "query",
        };
        let object = Object::new().with("type", "apiKey").with("in", place).with("name", key);
        Self::custom(name, object, format!("ApiKey in=\"{place}\", name=\"{key}\""))
    }

    /// A token of a provider of `OpenID` Connect, whose configuration is at this URL.
    #[must_use]
    pub fn open_id_connect(name: impl Into<Cow<'static, str>>, url: &str) -> Self {
        let object = Object::new().with("type", "openIdConnect").with("openIdConnectUrl", url);
        Self::custom(name, object, "Bearer")
    }

    /// Any other Security Scheme Object, such as `oauth2` with its flows, and the challenge that
    /// `WWW-Authenticate` has on a 401.
    #[must_use]
    pub fn custom(name: impl Into<Cow<'static, str>>, object: Object, challenge: impl Into<String>) -> Self {
        Self { name: name.into(), object, challenge: challenge.into() }
    }

    /// With words for people, in Markdown.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.object.set("description", text);
        self
    }

    /// With the form of its tokens, such as `JWT`.
    #[must_use]
    pub fn format(mut self, format: &str) -> Self {
        self.object.set("bearerFormat", format);
        self
    }

    /// The name that operations refer to.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What `WWW-Authenticate` has on a 401.
    #[must_use]
    pub fn challenge(&self) -> &str {
        &self.challenge
    }

    pub(super) const fn object(&self) -> &Object {
        &self.object
    }
}

/// What a caller needs for an operation, as the guard in front of it checks it.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// How the caller says who it is.
    pub scheme: SecurityScheme,
    /// What the caller must be allowed to do.
    pub scopes: Vec<String>,
    /// What a caller without it is answered with.
    pub refusals: Vec<crate::error::ErrorCode>,
}
