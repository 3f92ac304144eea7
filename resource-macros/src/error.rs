//! All mistakes of one item, each on the token that has to change.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects errors, so that a user sees all of them in one build.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// One more: what is wrong, and what to write instead.
    pub(crate) fn push(&mut self, at: impl ToTokens, what: impl Display, help: impl Display) {
        self.0.push(error(at, what, help));
    }

    /// One more, made elsewhere.
    pub(crate) fn add(&mut self, error: impl Into<syn::Error>) {
        self.0.push(error.into());
    }

    /// The value, or nothing and one more error.
    pub(crate) fn handle<T>(&mut self, result: Result<T, impl Into<syn::Error>>) -> Option<T> {
        result.map_err(|it| self.add(it)).ok()
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The `compile_error!` calls.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// An error on tokens: the first line says what is wrong, the second what to write.
pub(crate) fn error(at: impl ToTokens, what: impl Display, help: impl Display) -> syn::Error {
    syn::Error::new_spanned(at, format!("{what}\nhelp: {help}"))
}

/// The names as part of a sentence: each in backquotes, the last after "and".
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|it| format!("`{it}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((one, [])) => one.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The name that was probably meant.
pub(crate) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (unknown.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|it| (strsim::damerau_levenshtein(unknown, it), it))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}

/// Names that mean the same, and what to write in their place.
pub(crate) type Dictionary = &'static [(&'static [&'static str], &'static str)];

/// What a dictionary says of a name.
pub(crate) fn translation(dictionary: Dictionary, name: &str) -> Option<&'static str> {
    dictionary.iter().find(|(names, _)| names.contains(&name)).map(|(_, help)| *help)
}

/// What to write in place of an unknown name: the one that was probably meant, or all there are.
pub(crate) fn instead<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(unknown, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.clone().into_iter().nth(1).is_none() => format!("there is only {}", list(known)),
        None => format!("there are {}", list(known)),
    }
}

/// What to write in place of an unknown name that other frameworks may have.
pub(crate) fn translated_or_instead<'a>(
    dictionary: Dictionary,
    unknown: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    translation(dictionary, unknown).map_or_else(|| instead(unknown, known), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["sort", "search", "filter"];
        assert_eq!(nearest("sotr", known), Some("sort"));
        assert_eq!(nearest("filtre", known), Some("filter"));
        assert_eq!(nearest("unique", known), None);
    }
}
