//! `GET /books` with `Accept: application/x-ndjson` or `text/csv`: all rows that match, however many, as a stream.
//!
//! Filters, `search`, `sort` and `fields` are those of every list. Pages are not: an export has all rows, and a request
//! that asks for a part of them is refused.
//!
//! # Design
//!
//! Rows are read in batches by their place in the order, as pages with cursors are, and each batch is read when the client
//! has taken the one before. So an export takes the memory of a batch, holds no connection and no transaction while a client
//! is slow, and ends with the client. The price: it is no snapshot. A row that is written meanwhile is there or not, but
//! none is there twice, and none that stays as it is is missing.
//!
//! An error after the first batch cuts the connection, so that the client sees that the end is missing.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use http_body::Frame;

use super::mounted::Mounted;
use super::{RequestId, around, negotiate};
use crate::error::{ApiError, ErrorCode, Problem, Problems};
use crate::json::{Form, Projection, csv};
use crate::query::{self, CountMode, Keyset, ListQuery};
use crate::store::{Database, Select, StoreResult, Window};

/// What lists can be answered with, and the form that rows have in it.
const FORMS: [(&str, Form); 3] =
    [("application/json", Form::Json), ("application/x-ndjson", Form::Lines), ("text/csv", Form::Csv)];
/// What the answer depends on, in one line with what every answer does: some clients read the first line only.
pub(super) const VARY: HeaderValue = HeaderValue::from_static("accept, accept-encoding");
/// Rows that are read at once.
const BATCH: u32 = 500;
/// Parameters that ask for a part of a list.
const PARTS: [&str; 5] = ["page", "per_page", "cursor", "limit", "count"];

/// The form in which a client wants a list.
///
/// # Errors
///
/// 406.
pub(super) fn form(headers: &HeaderMap, exports: bool) -> Result<Form, ApiError> {
    let offered = FORMS.map(|(name, _)| name);
    let chosen = negotiate::preferred(headers, if exports { &offered } else { negotiate::JSON })?;
    Ok(FORMS.get(chosen).map_or(Form::Json, |(_, form)| *form))
}

/// What an export reads first.
///
/// # Errors
///
/// 422 where a part of the list is asked for.
pub(super) fn select(mounted: &Mounted, parts: &Parts, query: ListQuery) -> Result<Select, ApiError> {
    let raw = parts.uri.query().unwrap_or_default();
    let given = query::names(raw);
    let problems: Vec<Problem> = PARTS
        .into_iter()
        .filter(|it| given.iter().any(|name| name == it))
        .map(|it| Problem::parameter(it, "not_allowed", "an export has all rows; leave this parameter out"))
        .collect();
    Problems::from(problems).finish(ErrorCode::INVALID_QUERY, ())?;
    Ok(Select {
        meta: mounted.meta,
        scope: mounted.scope(parts)?,
        filter: query.filter,
        sort: query.sort,
        window: Window::Keyset { keyset: None, limit: BATCH },
        count: CountMode::None,
    })
}

/// All rows, from the first batch on, which is read before the status is said.
pub(super) async fn answer(
    mounted: &Mounted,
    parts: &Parts,
    select: Select,
    projection: Projection,
    form: Form,
) -> Result<Response, ApiError> {
    let mut first = Vec::new();
    if form == Form::Csv {
        csv::write_header(&mut first, projection.names());
    }
    let export = Export {
        database: mounted.database.clone(),
        select,
        projection: Arc::new(projection),
        id: parts.extensions.get().cloned(),
    };
    let Batch { rows, rest } = export.next().await?;
    first.extend_from_slice(&rows);
    let mut response = Response::new(Body::new(Rows {
        first: Some(first.into()).filter(|it: &Bytes| !it.is_empty()),
        next: rest.map(Export::later),
    }));
    let headers = response.headers_mut();
    let media_type = match form {
        Form::Csv => "text/csv; charset=utf-8",
        Form::Json | Form::Lines => "application/x-ndjson",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, VARY);
    Ok(response)
}

/// An export that goes on.
struct Export {
    database: Database,
    select: Select,
    projection: Arc<Projection>,
    id: Option<RequestId>,
}

/// Some rows, each with its end, and the export of those after them.
struct Batch {
    rows: Vec<u8>,
    rest: Option<Export>,
}

type Later = Pin<Box<dyn Future<Output = Result<Batch, ApiError>> + Send>>;

impl Export {
    async fn next(mut self) -> StoreResult<Batch> {
        let found = self.database.select_json(self.select.clone(), Arc::clone(&self.projection)).await?;
        let mut rows = found.items;
        if found.len > 0 {
            rows.extend_from_slice(self.projection.separator());
        }
        let place = found.edges.filter(|_| found.has_more);
        let rest = place.map(|(_, values)| {
            let keyset = Some(Keyset { values, backward: false });
            self.select.window = Window::Keyset { keyset, limit: BATCH };
            self
        });
        Ok(Batch { rows, rest })
    }

    fn later(self) -> Later {
        Box::pin(async move {
            let id = self.id.clone();
            // The status was said already; the log is the only place left.
            self.next().await.map_err(ApiError::from).inspect_err(|error| around::log(error, id.as_ref()))
        })
    }
}

/// The body of an export.
struct Rows {
    first: Option<Bytes>,
    next: Option<Later>,
}

impl http_body::Body for Rows {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let Some(next) = &mut self.next else { return Poll::Ready(None) };
        let read = ready!(next.as_mut().poll(context));
        self.next = None;
        Poll::Ready(match read {
            // Rows that were counted on may have gone meanwhile.
            Ok(Batch { rows, rest: None }) if rows.is_empty() => None,
            Ok(Batch { rows, rest }) => {
                self.next = rest.map(Export::later);
                Some(Ok(Frame::data(rows.into())))
            }
            Err(error) => Some(Err(error.into())),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.next.is_none()
    }
}
