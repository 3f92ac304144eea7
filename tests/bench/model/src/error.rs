use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What a client gets instead of an answer.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    detail: String,
    problems: Option<Value>,
}

impl ApiError {
    pub fn not_found() -> Self {
        Self { status: StatusCode::NOT_FOUND, detail: "there is no such book".to_owned(), problems: None }
    }

    pub fn invalid(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail: detail.into(), problems: None }
    }

    pub fn duplicate() -> Self {
        Self { status: StatusCode::CONFLICT, detail: "there is a book with this ISBN".to_owned(), problems: None }
    }

    /// Tells the log why, and the client only that.
    pub fn internal(cause: impl fmt::Display) -> Self {
        eprintln!("{cause}");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, detail: "internal error".to_owned(), problems: None }
    }
}

impl From<validator::ValidationErrors> for ApiError {
    fn from(errors: validator::ValidationErrors) -> Self {
        Self { problems: serde_json::to_value(&errors).ok(), ..Self::invalid("the book is not valid") }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "detail": self.detail, "problems": self.problems }))).into_response()
    }
}
