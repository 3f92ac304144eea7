use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};

use super::error::retry_after;
use super::{Error, Transport};

/// What is sent again, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often a request is sent at most; 1 sends nothing again.
    pub attempts: u32,
    /// What is waited for before the second attempt, where the server says nothing; each wait after it is
    /// twice as long.
    pub first_delay: Duration,
    /// What is waited for at most; a server that asks for more gets its refusal handed on.
    pub max_delay: Duration,
}

impl Default for Retry {
    /// Three attempts, after 100 ms and 200 ms, or up to 30 seconds where the server asks for it.
    fn default() -> Self {
        Self { attempts: 3, first_delay: Duration::from_millis(100), max_delay: Duration::from_secs(30) }
    }
}

impl Retry {
    /// Nothing is sent again.
    pub const NEVER: Self = Self { attempts: 1, first_delay: Duration::ZERO, max_delay: Duration::ZERO };

    pub(super) async fn send(
        &self,
        transport: &dyn Transport,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        let mut delay = self.first_delay;
        let mut attempt = 1;
        loop {
            let result = transport.send(request.clone()).await;
            let asked = match &result {
                Ok(response) => retry_after(response.headers()),
                Err(_) => None,
            };
            let again = match &result {
                Ok(response) => is_worth_another(response, &request),
                Err(error) => !error.sent || can_be_repeated(&request),
            };
            let wait = asked.unwrap_or(delay);
            if !again || attempt >= self.attempts || wait > self.max_delay {
                return Ok(result?);
            }
            transport.sleep(wait).await;
            delay = delay.saturating_mul(2).min(self.max_delay);
            attempt += 1;
        }
    }
}

/// Whether the same request might get another answer later.
fn is_worth_another(response: &Response<Bytes>, request: &Request<Bytes>) -> bool {
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS => true,
        // A store that went away may have done its work before.
        StatusCode::SERVICE_UNAVAILABLE => can_be_repeated(request),
        // The first request of this key still runs.
        StatusCode::CONFLICT => has_code(response, b"\"idempotency_in_flight\""),
        _ => false,
    }
}

fn has_code(response: &Response<Bytes>, code: &[u8]) -> bool {
    response.body().windows(code.len()).any(|it| it == code)
}

/// Whether a request that may have been carried out can be sent again.
fn can_be_repeated(request: &Request<Bytes>) -> bool {
    let headers = request.headers();
    match *request.method() {
        Method::PUT | Method::DELETE => {
            !headers.contains_key(header::IF_MATCH) && !headers.contains_key(header::IF_NONE_MATCH)
        }
        Method::POST | Method::PATCH => headers.contains_key("idempotency-key"),
        _ => true,
    }
}
