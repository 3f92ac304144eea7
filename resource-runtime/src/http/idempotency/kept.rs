use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::Timestamp;

use super::Claim;
use crate::error::{ApiError, ErrorCode, Report};
use crate::field::Value;
use crate::http::mounted::Mounted;
use crate::http::{error, modified, respond};
use crate::resource::Record;
use crate::store::idempotency::field;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer that is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Kept {
    /// What a job answered.
    pub(super) async fn of_response(response: Response) -> Result<Self, ApiError> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|it| ApiError::new(ErrorCode::INTERNAL).source(it))?.to_bytes();
        let body = String::from_utf8(body.to_vec()).map_err(|it| ApiError::new(ErrorCode::INTERNAL).source(it))?;
        Ok(Self { status: parts.status, headers: parts.headers, body })
    }

    /// What a job refused, in the API's envelope.
    pub(super) fn of_error(mounted: &Mounted, claim: &Claim, refusal: &ApiError) -> Self {
        let report = Report {
            error: refusal,
            instance: Some(&claim.instance),
            request_id: claim.request.as_ref().map(crate::http::RequestId::as_str),
            timestamp: Some(Timestamp::now()),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &refusal.headers {
            headers.append(name, value.clone());
        }
        let envelope = &*mounted.context.envelope;
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(envelope.media_type()));
        headers.entry(header::CACHE_CONTROL).or_insert(error::NO_STORE);
        let mut body = Vec::with_capacity(512);
        envelope.write(&report, &mut body);
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// What a row has kept; `None` while its request runs.
    pub(super) fn of_record(record: &Record) -> Result<Option<Self>, ApiError> {
        let Value::Int(status) = record.get(field::STATUS) else { return Ok(None) };
        let broken =
            || ApiError::new(ErrorCode::INTERNAL).source("the table `_idempotency` has an answer that is none");
        let status = u16::try_from(*status).ok().and_then(|it| StatusCode::from_u16(it).ok()).ok_or_else(broken)?;
        let (Value::Text(pairs), Value::Text(body)) = (record.get(field::HEADERS), record.get(field::BODY)) else {
            return Err(broken());
        };
        let pairs: Vec<(String, String)> = serde_json::from_str(pairs).map_err(|_| broken())?;
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
                return Err(broken());
            };
            headers.append(name, value);
        }
        Ok(Some(Self { status, headers, body: body.clone() }))
    }

    /// What to change in a row, for it to keep this.
    pub(super) fn changes(&self) -> Vec<(usize, Value)> {
        let pairs = self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let pairs = serde_json::Value::from_iter(pairs.map(|(name, value)| vec![name, value]));
        vec![
            (field::STATUS, Value::Int(self.status.as_u16().into())),
            (field::HEADERS, Value::Text(pairs.to_string())),
            (field::BODY, Value::Text(self.body.clone())),
        ]
    }

    /// For the request that was carried out.
    pub(super) fn first(self) -> Response {
        let mut response = if self.status == StatusCode::NO_CONTENT {
            respond::empty(self.status)
        } else {
            Response::new(Body::from(self.body))
        };
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// For all that come later.
    pub(super) fn replay(self) -> Response {
        let mut response = respond::with(self.first(), REPLAYED, HeaderValue::from_static("true"));
        modified::redate(&mut response);
        response
    }
}
