use std::marker::PhantomData;

use http::{HeaderValue, Method, StatusCode, header};
use serde::de::DeserializeOwned;

use super::change::{Change, Tagged, tagged};
use super::many::{Batch, Item};
use super::{Asked, Client, Error, List};
use crate::field::{FieldType, Value};
use crate::model;
use crate::resource::Resource;

/// A resource of a server. Cheap to clone.
#[derive(Debug)]
pub struct Resources<R> {
    client: Client,
    /// The collection's address.
    uri: String,
    marker: PhantomData<fn() -> R>,
}

impl<R> Clone for Resources<R> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), uri: self.uri.clone(), marker: PhantomData }
    }
}

impl<R: Resource> Resources<R> {
    pub(super) const fn new(client: Client, uri: String) -> Self {
        Self { client, uri, marker: PhantomData }
    }

    fn item(&self, id: R::Id) -> String {
        let segment = crate::input::segment_of(&id.into_value(), &R::META.id_field().kind);
        format!("{}/{segment}", self.uri)
    }

    fn patch(&self, uri: String, body: Vec<u8>) -> Asked {
        Asked::new(Method::PATCH, uri).body("application/merge-patch+json", body)
    }

    fn json(&self, method: Method, uri: String, body: Vec<u8>) -> Asked {
        Asked::new(method, uri).body("application/json", body)
    }

    /// Rows: `GET /books`.
    pub fn list(&self) -> List<R> {
        List::new(self.client.clone(), self.uri.clone())
    }

    /// Creates a row: `POST /books`.
    pub fn create(&self, input: &R::Create) -> Change<Tagged<R::Response>> {
        Change::new(&self.client, self.json(Method::POST, self.uri.clone(), model::to_json(input)))
    }

    /// Sets all of a row's fields: `PUT /books/{id}`.
    pub fn replace(&self, id: R::Id, input: &R::Create) -> Change<Tagged<R::Response>> {
        Change::new(&self.client, self.json(Method::PUT, self.item(id), model::to_json(input)))
    }

    /// Sets some of a row's fields: `PATCH /books/{id}`.
    pub fn update(&self, id: R::Id, input: &R::Update) -> Change<Tagged<R::Response>> {
        Change::new(&self.client, self.patch(self.item(id), model::to_json(input)))
    }

    /// Removes a row: `DELETE /books/{id}`.
    pub fn delete(&self, id: R::Id) -> Change<()> {
        Change::new(&self.client, Asked::new(Method::DELETE, self.item(id)))
    }

    /// Creates up to 100 rows: `POST /books/bulk`.
    pub fn bulk_create(&self, inputs: &[R::Create]) -> Batch<R::Response> {
        let uri = format!("{}/bulk", self.uri);
        let body = list_of(inputs.iter().map(model::to_json));
        Batch::new(&self.client, self.json(Method::POST, uri, body), Item::Created)
    }

    /// Sets some fields of up to 100 rows: `PATCH /books/bulk`.
    pub fn bulk_update(&self, inputs: impl IntoIterator<Item = (R::Id, R::Update)>) -> Batch<R::Response> {
        let uri = format!("{}/bulk", self.uri);
        let id = R::META.id_field();
        let body = list_of(inputs.into_iter().map(|(key, input)| {
            let mut json = vec![b'{'];
            crate::json::write_string(&mut json, id.name);
            json.push(b':');
            crate::json::write_value(&mut json, &key.into_value(), &id.kind);
            let rest = model::to_json(&input);
            if rest != b"{}" {
                json.push(b',');
            }
            json.extend_from_slice(rest.strip_prefix(b"{").unwrap_or(&rest));
            json
        }));
        Batch::new(&self.client, self.patch(uri, body), Item::Updated)
    }

    /// Removes up to 100 rows: `POST /books/bulk-delete`. Gives the identifiers of those that were there.
    pub fn bulk_delete(&self, ids: impl IntoIterator<Item = R::Id>) -> Batch<Id<R>> {
        let uri = format!("{}/bulk-delete", self.uri);
        let kind = &R::META.id_field().kind;
        let mut body = b"{\"ids\":".to_vec();
        body.extend(list_of(ids.into_iter().map(|id| {
            let mut json = Vec::new();
            crate::json::write_value(&mut json, &id.into_value(), kind);
            json
        })));
        body.push(b'}');
        Batch::new(&self.client, self.json(Method::POST, uri, body), Item::Deleted)
    }
}

impl<R: Resource<Response: DeserializeOwned>> Resources<R> {
    /// One row: `GET /books/{id}`; none where there is no such row.
    ///
    /// # Errors
    ///
    /// When the server refuses it, or does not answer.
    pub async fn get(&self, id: R::Id) -> Result<Option<Tagged<R::Response>>, Error> {
        match self.client.send(Asked::new(Method::GET, self.item(id))).await {
            Ok(response) => tagged(&response).map(Some),
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One row, if it has another version than that of a tag: `GET /books/{id}` with `If-None-Match`. None where it
    /// has that version.
    ///
    /// # Errors
    ///
    /// When the server refuses it, which is 404 where there is no such row, or does not answer.
    pub async fn get_if_changed(&self, id: R::Id, etag: &str) -> Result<Option<Tagged<R::Response>>, Error> {
        let etag = HeaderValue::try_from(etag).map_err(|_| Error::Unsayable("the tag is no `If-None-Match`"))?;
        let asked = Asked::new(Method::GET, self.item(id)).header(header::IF_NONE_MATCH, etag);
        let response = self.client.send(asked).await?;
        if response.status() == StatusCode::NOT_MODIFIED { Ok(None) } else { tagged(&response).map(Some) }
    }
}

/// An identifier in an answer.
pub struct Id<R: Resource>(pub R::Id);

impl<'de, R: Resource> serde::Deserialize<'de> for Id<R> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;

        let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
        let text: std::borrow::Cow<'_, str> = match serde_json::from_str(raw.get()) {
            Ok(text) => text,
            Err(_) => raw.get().into(),
        };
        let value: Value =
            crate::field::parse_text(&R::META.id_field().kind, &text).map_err(|it| D::Error::custom(it.detail))?;
        R::Id::from_value(value).map(Self).map_err(D::Error::custom)
    }
}

impl<R: Resource<Id: std::fmt::Debug>> std::fmt::Debug for Id<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A JSON array.
fn list_of(items: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut out = vec![b'['];
    for item in items {
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend(item);
    }
    out.push(b']');
    out
}
