//! `GET /books`

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};

use super::links::Links;
use super::mounted::Mounted;
use super::{export, path, respond};
use crate::error::ApiError;
use crate::json::{Form, Projection};
use crate::query::{self, CountMode, Keyset, ListQuery, Paging};
use crate::store::{self, JsonSelection, Select, Total, Window};

const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");
const TOTAL_PAGES: HeaderName = HeaderName::from_static("x-total-pages");

pub(super) async fn list(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let form = export::form(&parts.headers, mounted.exports)?;
    let raw = parts.uri.query().unwrap_or_default();
    let mut query = query::parse(mounted.meta, raw, &mounted.context.keys)?;
    if query.abridged.is_some() {
        let scope = mounted.scope(&parts)?;
        store::complete(&*mounted.database, mounted.meta, &scope, &mut query).await?;
    }
    let projection = match &query.fields {
        None => Arc::clone(&mounted.list),
        Some(fields) => Arc::new(Projection::new(mounted.meta, fields)),
    };
    if form != Form::Json {
        let select = export::select(&mounted, &parts, query)?;
        return export::answer(&mounted, &parts, select, Projection::clone(&projection).form(form), form).await;
    }
    let request = ListRequest { mounted: &mounted, parts: &parts, params: &params, raw, query: &query };
    let response = match &query.paging {
        Paging::Page { page, per_page } => request.page(*page, *per_page, projection).await?,
        Paging::Cursor { limit, keyset } => request.cursor(*limit, keyset.as_ref(), projection).await?,
    };
    Ok(respond::with(response, header::VARY, export::VARY))
}

struct ListRequest<'a> {
    mounted: &'a Mounted,
    parts: &'a Parts,
    params: &'a path::Params,
    raw: &'a str,
    query: &'a ListQuery,
}

impl ListRequest<'_> {
    fn select(&self, window: Window) -> Result<Select, ApiError> {
        Ok(Select {
            meta: self.mounted.meta,
            scope: self.mounted.scope(self.parts)?,
            filter: self.query.filter.clone(),
            sort: self.query.sort.clone(),
            window,
            count: self.query.count,
        })
    }

    async fn page(&self, page: u64, per_page: u32, projection: Arc<Projection>) -> Result<Response, ApiError> {
        let offset = page.saturating_sub(1).saturating_mul(per_page.into()).min(i64::MAX.unsigned_abs());
        let select = self.select(Window::Offset { offset, limit: per_page })?;
        let found = self.mounted.database.select_json(select, projection).await?;
        let has_next = self.has_next(offset, per_page, &found).await?;
        let total_pages = found.total.map(|it| it.rows.div_ceil(per_page.max(1).into()));
        let last_page = total_pages.filter(|_| is_exact(found.total));

        let mut body = self.body(&found);
        body.number("total", found.total.map(|it| it.rows));
        body.total_kind(self.query.count, found.total);
        body.number("page", Some(page));
        body.number("per_page", Some(per_page.into()));
        body.number("total_pages", total_pages);
        body.flag("has_next", has_next);
        body.flag("has_prev", page > 1);
        let mut response = respond::read(body.end());

        let headers = response.headers_mut();
        for (name, number) in [(TOTAL_COUNT, found.total.map(|it| it.rows)), (TOTAL_PAGES, total_pages)] {
            if let Some(number) = number {
                headers.insert(name, number.into());
            }
        }
        let collection = path::collection(self.parts, self.params, false);
        let mut links = Links::new(&collection, self.raw);
        let mut number = itoa::Buffer::new();
        links.add("first", "page", "1");
        if page > 1 {
            // Past the end, the page before is the last one that has rows.
            let before = last_page.map_or(page - 1, |it| it.clamp(1, page - 1));
            links.add("prev", "page", number.format(before));
        }
        if has_next {
            links.add("next", "page", number.format(page.saturating_add(1)));
        }
        if let Some(last) = last_page {
            links.add("last", "page", number.format(last.max(1)));
        }
        headers.extend(links.into_value().map(|it| (header::LINK, it)));
        Ok(response)
    }

    /// Whether there are rows after a page. Where the count does not say, the store is asked for
    /// the next row.
    async fn has_next(&self, offset: u64, per_page: u32, found: &JsonSelection) -> Result<bool, ApiError> {
        let after = offset.saturating_add(per_page.into());
        match found.total {
            Some(total) if total.kind == CountMode::Exact => return Ok(after < total.rows),
            Some(total) if total.kind == CountMode::Capped && after < total.rows => return Ok(true),
            _ => {}
        }
        if found.len < per_page as usize {
            return Ok(false);
        }
        let mut probe = self.select(Window::Offset { offset: after, limit: 1 })?;
        probe.count = CountMode::None;
        let id_only = Arc::new(Projection::new(self.mounted.meta, &[self.mounted.meta.id()]));
        Ok(self.mounted.database.select_json(probe, id_only).await?.len > 0)
    }

    async fn cursor(
        &self,
        limit: u32,
        keyset: Option<&Keyset>,
        projection: Arc<Projection>,
    ) -> Result<Response, ApiError> {
        let select = self.select(Window::Keyset { keyset: keyset.cloned(), limit })?;
        let found = self.mounted.database.select_json(select, projection).await?;
        let backward = keyset.is_some_and(|it| it.backward);
        // Behind a page that was reached from somewhere there is that place, at least.
        let (has_next, has_prev) = match (keyset, backward) {
            (None, _) => (found.has_more, false),
            (Some(_), false) => (found.has_more, true),
            (Some(_), true) => (true, found.has_more),
        };
        let cursor = |edge: &[_], backward| {
            query::encode_cursor(self.mounted.meta, self.query, edge, backward, &self.mounted.context.keys)
        };
        let edges = found.edges.as_ref();
        let next = edges.filter(|_| has_next).map(|(_, last)| cursor(last, false));
        let prev = edges.filter(|_| has_prev).map(|(first, _)| cursor(first, true));

        let mut body = self.body(&found);
        body.text("next_cursor", next.as_deref());
        body.text("prev_cursor", prev.as_deref());
        body.flag("has_more", next.is_some());
        if self.query.count != CountMode::None {
            body.number("total", found.total.map(|it| it.rows));
            body.total_kind(self.query.count, found.total);
        }
        let mut response = respond::read(body.end());

        let collection = path::collection(self.parts, self.params, false);
        let mut links = Links::new(&collection, self.raw);
        links.add("first", "cursor", "");
        for (relation, cursor) in [("prev", &prev), ("next", &next)] {
            if let Some(cursor) = cursor {
                links.add(relation, "cursor", cursor);
            }
        }
        let headers = response.headers_mut();
        headers.extend(links.into_value().map(|it| (header::LINK, it)));
        if let Some(total) = found.total {
            headers.insert(TOTAL_COUNT, HeaderValue::from(total.rows));
        }
        Ok(response)
    }

    /// The body, with the rows as the store wrote them.
    fn body(&self, found: &JsonSelection) -> Body {
        let mut out = Vec::with_capacity(found.items.len() + 256);
        out.extend_from_slice(b"{\"items\":[");
        out.extend_from_slice(&found.items);
        out.push(b']');
        Body(out)
    }
}

fn is_exact(total: Option<Total>) -> bool {
    total.is_some_and(|it| it.kind == CountMode::Exact)
}

/// The envelope of a page under construction, after its items.
struct Body(Vec<u8>);

impl Body {
    fn key(&mut self, name: &str) -> &mut Vec<u8> {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        &mut self.0
    }

    fn number(&mut self, name: &str, value: Option<u64>) {
        let out = self.key(name);
        match value {
            Some(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
            None => out.extend_from_slice(b"null"),
        }
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.key(name).extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        let out = self.key(name);
        match value {
            Some(value) => crate::json::write_string(out, value),
            None => out.extend_from_slice(b"null"),
        }
    }

    /// How far the total can be trusted, where another count than the exact one was asked for.
    fn total_kind(&mut self, asked: CountMode, total: Option<Total>) {
        if let (CountMode::Estimated | CountMode::Capped, Some(total)) = (asked, total) {
            let kind = match total.kind {
                CountMode::None => return,
                CountMode::Exact => "exact",
                CountMode::Estimated => "estimated",
                CountMode::Capped => "capped",
            };
            self.text("total_kind", Some(kind));
        }
    }

    fn end(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}
