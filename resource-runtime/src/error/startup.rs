use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

/// What `main` returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a program could not start, or had to stop: a sentence for the person who started it.
///
/// Rust prints the error that `main` returns by its `Debug` form; so this error's `Debug` is the
/// sentence too. Any other error becomes one by `?`.
///
/// ```
/// fn main() -> resource_runtime::Result<()> {
///     let port: u16 = "8000".parse()?;
///     # let _ = port;
///     Ok(())
/// }
/// ```
///
/// # Design
///
/// It does not implement [`std::error::Error`], so that `?` can take every error there is.
pub struct Error(String);

impl Error {
    /// An error with this sentence.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self(with_causes(&error))
    }
}

/// What an error says, and what its causes say beyond that.
pub(crate) fn with_causes(error: &(dyn StdError + 'static)) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !sentence.contains(&text) {
            sentence.push_str(": ");
            sentence.push_str(&text);
        }
        cause = error.source();
    }
    sentence
}

/// What a panic says, where it says something.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())
}

impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        error.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreError, StoreErrorKind};

    #[test]
    fn main_prints_a_sentence() {
        let error = Error::new("PORT is `abc`, which is no port; write a number from 0 to 65535");
        assert_eq!(format!("{error:?}"), "PORT is `abc`, which is no port; write a number from 0 to 65535");
    }

    #[test]
    fn causes_are_told_once() {
        let cause = std::io::Error::other("connection refused");
        let error = Error::from(StoreError::new(StoreErrorKind::Unavailable).caused_by(cause));
        assert_eq!(error.to_string(), "the store does not answer: connection refused");
    }
}
