use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::{BoxFuture, CursorPage, Error, List};
use crate::resource::Resource;

type Asking<T> = BoxFuture<'static, Result<CursorPage<T>, Error>>;

/// All rows of a list, read as they are taken. A [`Stream`], and [`Rows::next`] for those who have no library of
/// streams. It ends after the first error.
pub struct Rows<R: Resource> {
    list: List<R>,
    /// Those of the page that was read last.
    items: IntoIter<R::List>,
    rest: Rest<R::List>,
}

/// What comes after the rows that were read.
enum Rest<T> {
    /// A page that begins there.
    At(String),
    Asking(Asking<T>),
    Nothing,
}

impl<R: Resource<List: DeserializeOwned>> Rows<R> {
    pub(super) fn new(list: List<R>) -> Self {
        Self { list, items: Vec::new().into_iter(), rest: Rest::At(String::new()) }
    }

    /// The next row; none after the last.
    pub async fn next(&mut self) -> Option<Result<R::List, Error>>
    where
        R::List: Unpin + Send,
    {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<R: Resource> Unpin for Rows<R> {}

impl<R: Resource<List: DeserializeOwned + Send>> Stream for Rows<R> {
    type Item = Result<R::List, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let mut asking = match std::mem::replace(&mut self.rest, Rest::Nothing) {
                Rest::Nothing => return Poll::Ready(None),
                Rest::Asking(asking) => asking,
                Rest::At(cursor) => {
                    let list = self.list.clone();
                    Box::pin(async move { list.cursor(&cursor).await })
                }
            };
            let Poll::Ready(answer) = asking.as_mut().poll(context) else {
                self.rest = Rest::Asking(asking);
                return Poll::Pending;
            };
            match answer {
                Ok(page) => {
                    self.items = page.items.into_iter();
                    self.rest = page.next_cursor.map_or(Rest::Nothing, Rest::At);
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl<R: Resource> std::fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("resource", &R::META.name).field("left", &self.items.len()).finish_non_exhaustive()
    }
}
