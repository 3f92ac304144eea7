//! Values of operators that take several: repeated parameters and comma lists.

use std::borrow::Cow;

/// The most values that one comparison takes.
pub(super) const MAX_VALUES: usize = 100;

/// Takes a comma list apart. `\,` is a comma within a value and `\\` a backslash; any other
/// backslash is itself. There is always at least one value: the empty text is a list of one empty
/// value, so that an empty list is never mistaken for no list.
pub(super) fn split(text: &str) -> Vec<Cow<'_, str>> {
    if !text.contains('\\') {
        return text.split(',').map(Cow::Borrowed).collect();
    }
    let mut values = Vec::new();
    let mut value = String::new();
    let mut chars = text.chars().peekable();
    while let Some(it) = chars.next() {
        match it {
            '\\' => value.push(chars.next_if(|it| matches!(it, ',' | '\\')).unwrap_or('\\')),
            ',' => values.push(Cow::Owned(std::mem::take(&mut value))),
            other => value.push(other),
        }
    }
    values.push(Cow::Owned(value));
    values
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn commas_split() {
        assert_eq!(split("a,b c,é"), ["a", "b c", "é"]);
    }

    #[test]
    fn nothing_is_one_empty_value() {
        assert_eq!(split(""), [""]);
        assert_eq!(split(",a,"), ["", "a", ""]);
    }

    #[test]
    fn a_backslash_keeps_a_comma_and_a_backslash() {
        assert_eq!(split(r"a\,b,c"), ["a,b", "c"]);
        assert_eq!(split(r"a\\,b"), [r"a\", "b"]);
        assert_eq!(split(r"a\\\,b"), [r"a\,b"]);
    }

    #[test]
    fn any_other_backslash_is_itself() {
        assert_eq!(split(r"C:\dir,%\_\"), [r"C:\dir", r"%\_\"]);
    }
}
