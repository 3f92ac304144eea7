//! Rules that are functions of the user's, as the validator crate has them.

use validator::ValidationError;

use super::RuleError;

/// A function that checks values of type `T`: `fn(&T) -> Result<(), ValidationError>`.
///
/// What `T` derefs to is as good (`&str` for `String`, `&[U]` for `Vec<U>`), and so is the value itself for types that are
/// `Copy`. The marker `M` tells these forms apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "this function does not check a `{T}`",
    label = "expected `fn(&{T}) -> Result<(), ValidationError>`",
    note = "a `String` can be taken as `&str` and a number by value"
)]
pub trait CustomRule<T, M> {
    /// Calls it.
    ///
    /// # Errors
    ///
    /// What the function found wrong.
    fn check(&self, value: &T) -> Result<(), RuleError>;
}

/// Marks rules that take `&T`.
#[derive(Debug)]
pub struct ByReference<E>(std::marker::PhantomData<E>);

/// Marks rules that take what `T` derefs to.
#[derive(Debug)]
pub struct ByTarget<E>(std::marker::PhantomData<E>);

/// Marks rules that take a `T`.
#[derive(Debug)]
pub struct ByValue<E>(std::marker::PhantomData<E>);

impl<T, F, E> CustomRule<T, ByReference<E>> for F
where
    F: Fn(&T) -> Result<(), E>,
    E: Into<RuleError>,
{
    fn check(&self, value: &T) -> Result<(), RuleError> {
        self(value).map_err(Into::into)
    }
}

impl<T, F, E> CustomRule<T, ByTarget<E>> for F
where
    T: std::ops::Deref,
    F: Fn(&T::Target) -> Result<(), E>,
    E: Into<RuleError>,
{
    fn check(&self, value: &T) -> Result<(), RuleError> {
        self(value).map_err(Into::into)
    }
}

impl<T, F, E> CustomRule<T, ByValue<E>> for F
where
    T: Copy,
    F: Fn(T) -> Result<(), E>,
    E: Into<RuleError>,
{
    fn check(&self, value: &T) -> Result<(), RuleError> {
        self(*value).map_err(Into::into)
    }
}

impl From<ValidationError> for RuleError {
    /// Keeps everything but the rejected value, which must not be echoed. Parameters are sorted by
    /// name: validator's order is random.
    fn from(error: ValidationError) -> Self {
        let mut params: Vec<_> = error.params.into_iter().filter(|(name, _)| name != "value").collect();
        params.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self { code: error.code, message: error.message, params }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T, M>(rule: &impl CustomRule<T, M>, value: &T) -> Option<String> {
        rule.check(value).err().map(|it| it.code.into_owned())
    }

    fn no(code: &'static str) -> Result<(), ValidationError> {
        Err(ValidationError::new(code))
    }

    #[test]
    fn functions_take_references_targets_and_values() {
        fn string(_: &String) -> Result<(), ValidationError> {
            no("string")
        }
        fn text(_: &str) -> Result<(), ValidationError> {
            no("text")
        }
        fn items(_: &[u8]) -> Result<(), ValidationError> {
            no("items")
        }
        fn number(_: i32) -> Result<(), ValidationError> {
            no("number")
        }
        assert_eq!(run(&string, &String::new()).as_deref(), Some("string"));
        assert_eq!(run(&text, &String::new()).as_deref(), Some("text"));
        assert_eq!(run(&items, &Vec::new()).as_deref(), Some("items"));
        assert_eq!(run(&number, &1).as_deref(), Some("number"));
    }

    #[test]
    fn the_rejected_value_is_dropped_and_parameters_are_sorted() {
        let mut error = ValidationError::new("weak");
        for name in ["value", "min", "digits"] {
            error.add_param(name.into(), &"hunter2");
        }
        let error = RuleError::from(error);
        let names: Vec<_> = error.params.iter().map(|(name, _)| name.as_ref()).collect();
        assert_eq!(names, ["digits", "min"]);
    }
}
