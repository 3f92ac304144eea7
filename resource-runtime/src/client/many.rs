use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::change::{Change, read};
use super::error::Members;
use super::{Asked, Client, Error, Refusal};

/// What was asked of each item of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Created,
    Updated,
    Deleted,
}

/// Many writes in one request, about to be sent.
#[derive(Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct Batch<T> {
    client: Client,
    asked: Asked,
    item: Item,
    atomic: bool,
    key: Option<String>,
    marker: PhantomData<fn() -> T>,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Done<T> {
    /// What stands of it, in its order.
    pub done: Vec<T>,
    /// What was refused; empty after [`Batch::atomic`], where one refusal is the whole batch's.
    pub refused: Vec<BatchRefusal>,
}

/// An item of a batch that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchRefusal {
    /// Which item, from 0.
    pub index: usize,
    /// Why.
    pub refusal: Refusal,
}

impl<T> Batch<T> {
    pub(super) fn new(client: &Client, asked: Asked, item: Item) -> Self {
        Self { client: client.clone(), asked, item, atomic: false, key: None, marker: PhantomData }
    }

    /// All of it or nothing.
    pub const fn atomic(mut self) -> Self {
        self.atomic = true;
        self
    }

    /// Under a key of the caller's own; see [`Change::idempotency_key`].
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl<T: DeserializeOwned> Batch<T> {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// When the server refuses the whole batch, or does not answer.
    pub async fn send(mut self) -> Result<Done<T>, Error> {
        if self.atomic {
            self.asked.uri.push_str("?atomic=true");
        }
        let mut change = Change::<http::Response<bytes::Bytes>>::new(&self.client, self.asked);
        if let Some(key) = &self.key {
            change = change.idempotency_key(key);
        }
        let response = change.send().await?;
        let answer: Answer<T> = read(response.status(), response.body())?;
        let done = match self.item {
            Item::Created => answer.created,
            Item::Updated => answer.updated,
            Item::Deleted => answer.deleted,
        };
        let refused = answer
            .errors
            .into_iter()
            .map(|Fallen { index, members }| BatchRefusal { index, refusal: Refusal::of_item(members) });
        Ok(Done { done, refused: refused.collect() })
    }
}

/// The answer to any batch.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Answer<T> {
    #[serde(default = "Vec::new")]
    created: Vec<T>,
    #[serde(default = "Vec::new")]
    updated: Vec<T>,
    #[serde(default = "Vec::new")]
    deleted: Vec<T>,
    #[serde(default)]
    errors: Vec<Fallen>,
}

/// An item's problem details, and its index.
#[derive(Deserialize)]
struct Fallen {
    index: usize,
    #[serde(flatten)]
    members: Members,
}
