use std::fmt;

use crate::error::{ApiError, ErrorCode, Problem};
use crate::field::ValueError;
use crate::resource::ResourceMeta;

/// What store methods return.
pub type StoreResult<T> = Result<T, StoreError>;

/// A failure of a store, told apart by kind.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Another row has the same values in these fields.
    Duplicate {
        /// The fields' names.
        fields: Vec<&'static str>,
    },
    /// A row refers to one that is not there, or is still referred to.
    Reference {
        /// The fields' names, where they are known.
        fields: Vec<&'static str>,
    },
    /// The store does not answer, or refuses connections.
    Unavailable,
    /// The store did not answer in time, or gave up to let others go on.
    Busy,
    /// The store cannot keep or compare with a value that its field can hold.
    Invalid,
    /// A table does not fit its resource.
    Drift {
        /// What does not fit, and the statements that would mend it.
        report: String,
    },
    /// Anything else: a defect of the framework, or a table changed behind it.
    Internal,
}

impl StoreError {
    /// A failure of this kind.
    #[must_use]
    pub const fn new(kind: StoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// With its cause, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// A defect, with what it is, for the log.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(StoreErrorKind::Internal).caused_by(cause)
    }

    /// A resource whose table nobody has made yet.
    pub(crate) fn not_migrated(meta: &ResourceMeta) -> Self {
        Self::internal(format!("there is no table `{}`; call `migrate::<{}>()` first", meta.table, meta.name))
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> &StoreErrorKind {
        &self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            StoreErrorKind::Duplicate { fields } => write!(f, "another row has the same {}", fields.join(", ")),
            StoreErrorKind::Reference { .. } => f.write_str("a reference between rows would break"),
            StoreErrorKind::Unavailable => f.write_str("the store does not answer"),
            StoreErrorKind::Busy => f.write_str("the store is busy"),
            StoreErrorKind::Invalid => f.write_str("the store cannot take a value"),
            StoreErrorKind::Drift { report } => f.write_str(report),
            StoreErrorKind::Internal => f.write_str("the store failed"),
        }?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}

impl From<ValueError> for StoreError {
    fn from(error: ValueError) -> Self {
        Self::internal(error)
    }
}

/// What a client is told of a store's failure: never more than the fields' names.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let of_fields = |code: ErrorCode, fields: &[&'static str], what: &str| {
            let separator = if fields.is_empty() { "" } else { ": " };
            let mut api = Self::new(code).detail(format!("{what}{separator}{}", fields.join(", ")));
            for field in fields {
                api = api
                    .problem(Problem::pointer(format!("/{field}"), code.code, what).param("fields", fields.to_vec()));
            }
            api
        };
        match &error.kind {
            StoreErrorKind::Duplicate { fields } => {
                of_fields(ErrorCode::DUPLICATE, fields, "another row has this value already")
            }
            StoreErrorKind::Reference { fields } => of_fields(
                ErrorCode::REFERENCE,
                fields,
                "other rows refer to this one, or it refers to one that is not there",
            ),
            StoreErrorKind::Unavailable | StoreErrorKind::Busy => Self::new(ErrorCode::UNAVAILABLE)
                .detail("the store does not answer; try again")
                .header(http::header::RETRY_AFTER, "1")
                .source(error),
            StoreErrorKind::Invalid => {
                Self::new(ErrorCode::VALIDATION_FAILED).detail("the store cannot take one of the values").source(error)
            }
            StoreErrorKind::Drift { .. } | StoreErrorKind::Internal => Self::new(ErrorCode::INTERNAL).source(error),
        }
    }
}
