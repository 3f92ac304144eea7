use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use serde::Deserialize;

use super::TransportError;

/// Why a call of a [`Client`](super::Client) failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The server refused it.
    Refused(Box<Refusal>),
    /// There is no answer.
    Transport(TransportError),
    /// The answer is none of this API's.
    Unreadable {
        /// The answer's status.
        status: StatusCode,
        /// What is wrong with it.
        detail: String,
    },
    /// What was asked for cannot be said in a request.
    Unsayable(&'static str),
}

/// A refusal: problem details (RFC 9457), as the server has them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// The answer's status.
    pub status: StatusCode,
    /// The code that programs go by; empty where the answer has none.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What happened, for people.
    pub detail: String,
    /// What is wrong, one by one.
    pub errors: Vec<RefusalProblem>,
    /// What the server's log has it under.
    pub request_id: Option<String>,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RefusalProblem {
    /// Where in the body: an RFC 6901 pointer.
    pub pointer: Option<String>,
    /// Which parameter.
    pub parameter: Option<String>,
    /// Which header field.
    pub header: Option<String>,
    /// What, as a stable code.
    #[serde(default)]
    pub code: String,
    /// What, for people.
    #[serde(default)]
    pub detail: String,
    /// Its figures and names.
    #[serde(default)]
    pub params: serde_json::Map<String, serde_json::Value>,
}

/// The members of problem details; those of other envelopes are not known.
#[derive(Deserialize, Default)]
pub(super) struct Members {
    #[serde(default)]
    status: u16,
    #[serde(default)]
    code: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    errors: Vec<RefusalProblem>,
    request_id: Option<String>,
}

impl Refusal {
    pub(super) fn of(response: &Response<Bytes>) -> Self {
        let members: Members = serde_json::from_slice(response.body()).unwrap_or_default();
        Self { retry_after: retry_after(response.headers()), ..Self::of_members(response.status(), members) }
    }

    /// A refusal in a body, of one item of many.
    pub(super) fn of_item(members: Members) -> Self {
        Self::of_members(StatusCode::from_u16(members.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY), members)
    }

    fn of_members(status: StatusCode, members: Members) -> Self {
        let Members { status: _, code, title, detail, errors, request_id } = members;
        Self { status, code, title, detail, errors, request_id, retry_after: None }
    }
}

/// What `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(date.duration_since(jiff::Timestamp::now())).unwrap_or_default())
}

impl Error {
    /// The answer's status, where there is one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            Self::Unreadable { status, .. } => Some(*status),
            Self::Transport(_) | Self::Unsayable(_) => None,
        }
    }

    /// The server's refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Unreadable { status, detail } => write!(f, "the answer ({status}) cannot be read: {detail}"),
            Self::Unsayable(what) => f.write_str(what),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, code, detail, errors, .. } = self;
        write!(f, "{status}")?;
        // What is in front of a server, a proxy say, has only a status.
        if !code.is_empty() {
            write!(f, " {code}: {detail}")?;
        }
        for problem in errors {
            let places = [&problem.pointer, &problem.parameter, &problem.header];
            match places.into_iter().flatten().find(|it| !it.is_empty()) {
                Some(place) => write!(f, "; {place} {}", problem.detail)?,
                None => write!(f, "; {}", problem.detail)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, text.parse().unwrap());
        retry_after(&headers)
    }

    #[test]
    fn a_server_says_when_to_come_back_in_seconds_or_by_a_date() {
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(asked("Fri, 20 Nov 2020 20:10:00 GMT"), Some(Duration::ZERO));
        assert!(asked("Fri, 20 Nov 2099 20:10:00 GMT").unwrap() > Duration::from_secs(1_000_000));
        assert_eq!(asked("soon"), None);
    }

    #[test]
    fn other_envelopes_leave_the_status() {
        let mut response = Response::new(Bytes::from_static(b"<html>"));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        let refusal = Refusal::of(&response);
        assert_eq!((refusal.status, refusal.code.as_str()), (StatusCode::BAD_GATEWAY, ""));
        assert_eq!(refusal.to_string(), "502 Bad Gateway");
    }
}
