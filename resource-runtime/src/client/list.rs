use std::marker::PhantomData;

use http::Method;
use serde::de::DeserializeOwned;

use super::change::read;
use super::{Asked, Client, CursorPage, Error, Page, Rows};
use crate::handle::{Declared, DeclaredOrder, Searches, Where};
use crate::query::{self, CountMode, Filter, SortKey};
use crate::resource::Resource;

/// A list that is about to be asked for.
#[derive(Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct List<R> {
    client: Client,
    uri: String,
    filter: Filter,
    sort: Vec<SortKey>,
    search: Option<String>,
    page: Option<u64>,
    per_page: Option<u32>,
    count: Option<CountMode>,
    marker: PhantomData<fn() -> R>,
}

impl<R> Clone for List<R> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            uri: self.uri.clone(),
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            search: self.search.clone(),
            page: self.page,
            per_page: self.per_page,
            count: self.count,
            marker: PhantomData,
        }
    }
}

impl<R: Resource> List<R> {
    pub(super) const fn new(client: Client, uri: String) -> Self {
        Self {
            client,
            uri,
            filter: Filter::All,
            sort: Vec::new(),
            search: None,
            page: None,
            per_page: None,
            count: None,
            marker: PhantomData,
        }
    }

    /// Only rows that this holds for, and what was asked before.
    pub fn filter<U: Declared<R>>(mut self, condition: Where<R, U>) -> Self {
        self.filter = self.filter.and(condition.into());
        self
    }

    /// In this order; a second key decides where the first is equal, and so on.
    pub fn sort(mut self, key: impl DeclaredOrder<R>) -> Self {
        self.sort.push(key.into());
        self
    }

    /// Only rows that have this text, of at least two characters, in a field that is searched.
    pub fn search(mut self, text: impl Into<String>) -> Self
    where
        R: Searches,
    {
        self.search = Some(text.into());
        self
    }

    /// The page of this number, from 1.
    pub const fn page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// So many rows per page.
    pub const fn per_page(mut self, rows: u32) -> Self {
        self.per_page = Some(rows);
        self
    }

    /// Counted like this: exactly, where nothing is said and pages are asked for by number.
    pub const fn count(mut self, count: CountMode) -> Self {
        self.count = Some(count);
        self
    }

    /// The address, with what both kinds of pages have.
    fn address(&self, more: &[(&str, Option<&str>)]) -> Result<String, Error> {
        let filter = query::print_filter(R::META, &self.filter).map_err(Error::Unsayable)?;
        let sort = self.sort.iter().map(sort_key::<R>).collect::<Result<Vec<_>, _>>()?.join(",");
        let count = self.count.map(query::count_name);
        let mut parameters = vec![
            ("filter", Some(filter.as_str()).filter(|it| !it.is_empty())),
            ("search", self.search.as_deref()),
            ("sort", Some(sort.as_str()).filter(|it| !it.is_empty())),
            ("count", count),
        ];
        parameters.extend_from_slice(more);
        let query = query::with_parameters("", &parameters);
        Ok(if query.is_empty() { self.uri.clone() } else { format!("{}?{query}", self.uri) })
    }

    async fn ask<T: DeserializeOwned>(&self, address: String) -> Result<T, Error> {
        let response = self.client.send(Asked::new(Method::GET, address)).await?;
        read(response.status(), response.body())
    }
}

impl<R: Resource<List: DeserializeOwned>> List<R> {
    /// Asks for a page by number.
    ///
    /// # Errors
    ///
    /// When the server refuses it, or does not answer.
    pub async fn send(self) -> Result<Page<R::List>, Error> {
        let page = self.page.map(|it| it.to_string());
        let per_page = self.per_page.map(|it| it.to_string());
        let address = self.address(&[("page", page.as_deref()), ("per_page", per_page.as_deref())])?;
        self.ask(address).await
    }

    /// Asks for a page by cursor: the first where it is empty, or what [`CursorPage::next_cursor`] leads to. The sort and
    /// the filters have to be those of the page that the cursor is from.
    ///
    /// # Errors
    ///
    /// When the server refuses it, or does not answer.
    pub async fn cursor(&self, cursor: &str) -> Result<CursorPage<R::List>, Error> {
        let limit = self.per_page.map(|it| it.to_string());
        let address = self.address(&[("cursor", Some(cursor)), ("limit", limit.as_deref())])?;
        self.ask(address).await
    }

    /// All rows, page after page by cursor; [`List::per_page`] says how many are asked for at once.
    pub fn rows(self) -> Rows<R> {
        Rows::new(self)
    }
}

fn sort_key<R: Resource>(key: &SortKey) -> Result<String, Error> {
    let field = R::META.fields.get(key.field).ok_or(Error::Unsayable("the sort names a field that is not there"))?;
    let sign = if key.descending { "-" } else { "" };
    let nulls = if key.nulls_first { ":nulls_first" } else { "" };
    Ok(format!("{sign}{}{nulls}", field.name))
}
