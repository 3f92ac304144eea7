use std::fmt;

use crate::error::with_causes;

/// Why an attempt at a task failed: a sentence for the log, and for whoever looks at failed tasks.
///
/// Any error becomes one by `?`, and the task is tried again later.
/// [`TaskError::permanent`] is for what no further attempt can mend.
///
/// ```
/// use resource_runtime::task::TaskError;
///
/// fn port(text: &str) -> Result<u16, TaskError> {
///     Ok(text.parse()?)
/// }
/// assert!(port("8000").is_ok());
/// ```
///
/// # Design
///
/// It does not implement [`std::error::Error`], so that `?` can take every error there is.
pub struct TaskError {
    pub(super) sentence: String,
    pub(super) is_permanent: bool,
}

impl TaskError {
    /// A failure that may be gone the next time.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), is_permanent: false }
    }

    /// A failure that no further attempt can mend: the task has failed for good at once.
    #[must_use]
    pub fn permanent(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), is_permanent: true }
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for TaskError {
    fn from(error: E) -> Self {
        Self::new(with_causes(&error))
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
