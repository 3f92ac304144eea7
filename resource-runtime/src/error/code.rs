/// What kind of error it is: a stable code, the HTTP status and the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// The stable name that clients tell errors apart by.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The title, the same for every error of the code (RFC 9457, section 3.1.3).
    pub title: &'static str,
}

impl ErrorCode {
    /// A code of an application's own.
    #[must_use]
    pub const fn new(code: &'static str, status: u16, title: &'static str) -> Self {
        Self { code, status, title }
    }
}

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])* $name:ident => ($code:literal, $status:literal, $title:literal);)*) => {
        impl ErrorCode {
            $($(#[doc = $doc])* pub const $name: Self = Self::new($code, $status, $title);)*

            /// Every code of the framework.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

error_codes! {
    /// The body is not JSON, or not JSON in UTF-8.
    MALFORMED_JSON => ("malformed_json", 400, "Malformed JSON");
    /// The request is not one that HTTP allows here.
    BAD_REQUEST => ("bad_request", 400, "Bad request");
    /// The cursor was changed, or belongs to another list.
    INVALID_CURSOR => ("invalid_cursor", 400, "Invalid cursor");
    /// The update names no field.
    EMPTY_UPDATE => ("empty_update", 400, "Empty update");
    /// The batch has more items than one request may have.
    BATCH_TOO_LARGE => ("batch_too_large", 400, "Batch too large");
    /// The request would change more rows than its client said it may (`Prefer: max-affected`).
    MAX_AFFECTED_EXCEEDED => ("max_affected_exceeded", 400, "Too many rows affected");
    /// The caller has not said who it is, or not convincingly.
    UNAUTHORIZED => ("unauthorized", 401, "Unauthorized");
    /// The caller may not do this.
    FORBIDDEN => ("forbidden", 403, "Forbidden");
    /// There is no such row, or the caller may not see it.
    NOT_FOUND => ("not_found", 404, "Not found");
    /// There is nothing under this path.
    ROUTE_NOT_FOUND => ("route_not_found", 404, "Path not found");
    /// The path has no such method.
    METHOD_NOT_ALLOWED => ("method_not_allowed", 405, "Method not allowed");
    /// The client accepts none of the media types that there are.
    NOT_ACCEPTABLE => ("not_acceptable", 406, "Not acceptable");
    /// The client did not send its request in time.
    REQUEST_TIMEOUT => ("request_timeout", 408, "Request timeout");
    /// Another row has this value already.
    DUPLICATE => ("duplicate", 409, "Duplicate value");
    /// Other rows refer to this one, or this one to a row that is not there.
    REFERENCE => ("reference", 409, "Broken reference");
    /// The state of the row does not allow this.
    CONFLICT => ("conflict", 409, "Conflict");
    /// A request with this `Idempotency-Key` is being carried out.
    IDEMPOTENCY_IN_FLIGHT => ("idempotency_in_flight", 409, "Request in flight");
    /// The row was changed since the client read it.
    PRECONDITION_FAILED => ("precondition_failed", 412, "Precondition failed");
    /// The body is larger than the limit.
    PAYLOAD_TOO_LARGE => ("payload_too_large", 413, "Payload too large");
    /// The path and query are longer than the limit.
    URI_TOO_LONG => ("uri_too_long", 414, "URI too long");
    /// The body is of a media type or coding that the operation does not take.
    UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", 415, "Unsupported media type");
    /// The body can be read and is not valid.
    VALIDATION_FAILED => ("validation_failed", 422, "Validation failed");
    /// The query string or the path names something unknown, or has a value that is none.
    INVALID_QUERY => ("invalid_query", 422, "Invalid query");
    /// The request would change every row, because it names no condition.
    CONDITION_REQUIRED => ("condition_required", 422, "Condition required");
    /// The `Idempotency-Key` was sent before, with another request.
    IDEMPOTENCY_KEY_REUSED => ("idempotency_key_reused", 422, "Idempotency key reused");
    /// The write must say which version of the row it is for.
    PRECONDITION_REQUIRED => ("precondition_required", 428, "Precondition required");
    /// The caller has sent too many requests.
    TOO_MANY_REQUESTS => ("too_many_requests", 429, "Too many requests");
    /// The header fields are larger than the limit.
    HEADERS_TOO_LARGE => ("headers_too_large", 431, "Header fields too large");
    /// Something broke inside; the log has it.
    INTERNAL => ("internal", 500, "Internal error");
    /// The method is none that the server knows.
    NOT_IMPLEMENTED => ("not_implemented", 501, "Not implemented");
    /// The store does not answer.
    UNAVAILABLE => ("unavailable", 503, "Service unavailable");
    /// The request took longer than the limit.
    TIMEOUT => ("timeout", 503, "Request took too long");
}
