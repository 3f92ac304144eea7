use std::marker::PhantomData;
use std::ops::Deref;

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde::de::DeserializeOwned;

use super::{Asked, Client, Error};

/// The field that makes a request safe to be sent again.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A row as the server has it, with the tag of its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged<T> {
    /// The row.
    pub value: T,
    /// Its `ETag`, for [`Change::if_match`].
    pub etag: Option<String>,
}

impl<T> Deref for Tagged<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A write that is about to be sent; what it answers with is a `T`.
#[derive(Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct Change<T> {
    client: Client,
    asked: Result<Asked, Error>,
    marker: PhantomData<fn() -> T>,
}

impl<T> Change<T> {
    pub(super) fn new(client: &Client, asked: Asked) -> Self {
        let keyed = matches!(asked.method, Method::POST | Method::PATCH);
        let change = Self { client: client.clone(), asked: Ok(asked), marker: PhantomData };
        if keyed { change.idempotency_key(&uuid::Uuid::new_v4().to_string()) } else { change }
    }

    fn header(mut self, name: HeaderName, value: &str, wrong: &'static str) -> Self {
        self.asked = self.asked.and_then(|asked| {
            let value = HeaderValue::try_from(value).map_err(|_| Error::Unsayable(wrong))?;
            Ok(asked.header(name, value))
        });
        self
    }

    /// Only if the row still has this version: the [`Tagged::etag`] of what was read. It is refused with 412 if not.
    pub fn if_match(self, etag: &str) -> Self {
        self.header(header::IF_MATCH, etag, "the tag is no `If-Match`")
    }

    /// Under a key of the caller's own, which outlives this program: what was carried out under it once is not carried out
    /// again. Without it, a `POST` and a `PATCH` have one of their own, for the attempts of this call.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header(IDEMPOTENCY_KEY, key, "the key is no `Idempotency-Key`")
    }

    async fn answer(self) -> Result<http::Response<bytes::Bytes>, Error> {
        self.client.send(self.asked?).await
    }
}

impl<T: DeserializeOwned> Change<Tagged<T>> {
    /// Sends it; gives the row as it is then.
    ///
    /// # Errors
    ///
    /// When the server refuses it, or does not answer.
    pub async fn send(self) -> Result<Tagged<T>, Error> {
        tagged(&self.answer().await?)
    }
}

impl Change<http::Response<bytes::Bytes>> {
    /// Sends it; gives the answer as it is.
    pub(super) async fn send(self) -> Result<http::Response<bytes::Bytes>, Error> {
        self.answer().await
    }
}

impl Change<()> {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// When the server refuses it, or does not answer.
    pub async fn send(self) -> Result<(), Error> {
        self.answer().await.map(|_| ())
    }
}

/// The row that an answer has.
pub(super) fn tagged<T: DeserializeOwned>(response: &http::Response<bytes::Bytes>) -> Result<Tagged<T>, Error> {
    let etag = response.headers().get(header::ETAG).and_then(|it| it.to_str().ok()).map(str::to_owned);
    Ok(Tagged { value: read(response.status(), response.body())?, etag })
}

/// A body as what it should be.
pub(super) fn read<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Unreadable { status, detail: error.to_string() })
}
