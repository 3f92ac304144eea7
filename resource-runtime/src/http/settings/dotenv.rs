//! The file `.env`: lines of `NAME=value`, as shells and other tools read them.

use std::collections::HashMap;

use crate::error::{Error, Result};

/// Reads the variables of a file.
pub(super) fn parse(text: &str) -> Result<HashMap<String, String>> {
    let mut variables = HashMap::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |what: &str| Error::new(format!("line {} of .env {what}; write NAME=value", index + 1));
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or_else(|| wrong("has no `=`"))?;
        let name = name.trim();
        let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-');
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(wrong("has no name that a variable can have"));
        }
        let value = unquoted(value.trim()).ok_or_else(|| wrong("has a quote that does not end"))?;
        variables.insert(name.to_owned(), value);
    }
    Ok(variables)
}

/// A value without its quotes, escapes and comment.
fn unquoted(value: &str) -> Option<String> {
    if let Some(rest) = value.strip_prefix('\'') {
        return rest.split_once('\'').map(|(it, _)| it.to_owned());
    }
    if let Some(rest) = value.strip_prefix('"') {
        let mut out = String::new();
        let mut chars = rest.chars();
        loop {
            match chars.next()? {
                '"' => return Some(out),
                '\\' => match chars.next()? {
                    'n' => out.push('\n'),
                    'r' => out.push('\r'),
                    't' => out.push('\t'),
                    other => out.push(other),
                },
                other => out.push(other),
            }
        }
    }
    // A `#` inside a word belongs to it: passwords have them.
    let comment = value.find(" #").into_iter().chain(value.find("\t#")).min();
    let value = comment.and_then(|at| value.get(..at)).unwrap_or(value);
    Some(if value.starts_with('#') { String::new() } else { value.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let expected: HashMap<_, _> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn lines_are_names_and_values() {
        check(
            "A=1\n\n# no\n  B = two words \r\nexport C=3\nD=",
            &[("A", "1"), ("B", "two words"), ("C", "3"), ("D", "")],
        );
    }

    #[test]
    fn quotes_keep_what_is_in_them() {
        check(
            "A=\"x # \\\"y\\\"\\n\" # z\nB='a\\n # b'\nC=p#w # comment\nD=# nothing",
            &[("A", "x # \"y\"\n"), ("B", "a\\n # b"), ("C", "p#w"), ("D", "")],
        );
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        for (text, sentence) in [
            ("A=1\nnonsense", "line 2 of .env has no `=`; write NAME=value"),
            ("a b=1", "line 1 of .env has no name that a variable can have; write NAME=value"),
            ("A=\"1", "line 1 of .env has a quote that does not end; write NAME=value"),
            ("A='1", "line 1 of .env has a quote that does not end; write NAME=value"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), sentence);
        }
    }
}
