use std::borrow::Cow;

use crate::error::Problem;

/// An error of syntax: where, in bytes, and what.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) at: usize,
    pub(super) code: &'static str,
    pub(super) detail: String,
    pub(super) did_you_mean: Option<&'static str>,
    pub(super) max: Option<usize>,
}

impl SyntaxError {
    pub(super) fn new(at: usize, detail: impl Into<String>) -> Self {
        Self { at, code: "syntax", detail: detail.into(), did_you_mean: None, max: None }
    }
}

/// A value as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Literal<'a> {
    /// Between quotes; escapes are resolved.
    Quoted(Cow<'a, str>),
    /// A word.
    Bare(&'a str),
}

/// Reads a condition from left to right. Positions are in bytes; columns, which people count in,
/// are made of them when there is an error to report.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where the next token starts.
    pub(super) fn position(&mut self) -> usize {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The column of a position: 1 for the first character.
    pub(super) fn column(&self, at: usize) -> usize {
        self.text.get(..at).map_or(0, |it| it.chars().count()) + 1
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.position();
        self.rest().is_empty()
    }

    /// Goes past a mark, if it comes next.
    pub(super) fn eat(&mut self, mark: &str) -> bool {
        self.position();
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    /// The name or key word that comes next.
    pub(super) fn peek_word(&mut self) -> Option<&'a str> {
        self.position();
        let rest = self.rest();
        // A `-` belongs to the name: there is no arithmetic.
        let end = rest.find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '-')).unwrap_or(rest.len());
        let starts_well = rest.starts_with(|it: char| it.is_alphabetic() || it == '_');
        rest.get(..end).filter(|_| starts_well)
    }

    /// Goes past a name or key word that was peeked.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let word = self.peek_word()?;
        self.at += word.len();
        Some(word)
    }

    /// Goes past a key word, if it comes next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek_word() == Some(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Reads a value.
    pub(super) fn literal(&mut self) -> Result<Literal<'a>, SyntaxError> {
        let start = self.position();
        let rest = self.rest();
        if let Some(quote) = rest.chars().next().filter(|it| matches!(it, '"' | '\'')) {
            self.at += 1;
            return self.quoted(start, quote).map(Literal::Quoted);
        }
        let is_bare = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | ':' | '+' | '-');
        let end = rest.find(|it| !is_bare(it)).unwrap_or(rest.len());
        match rest.get(..end) {
            Some(bare) if !bare.is_empty() => {
                self.at += end;
                Ok(Literal::Bare(bare))
            }
            _ => Err(self.expected("a value")),
        }
    }

    /// Reads what follows an opening quote.
    fn quoted(&mut self, start: usize, quote: char) -> Result<Cow<'a, str>, SyntaxError> {
        let mut text = Cow::Borrowed("");
        loop {
            let rest = self.rest();
            let Some(end) = rest.find([quote, '\\']) else {
                return Err(SyntaxError::new(start, "the text that starts here has no closing quote"));
            };
            let (plain, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            self.at += end;
            if rest.starts_with(quote) {
                self.at += 1;
                return Ok(text);
            }
            let it = self.escape()?;
            text.to_mut().push(it);
        }
    }

    /// Reads an escape of JSON's, or a quote's.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        let start = self.at;
        let mut chars = self.rest().chars();
        chars.next();
        let it = match chars.next() {
            Some(it @ ('"' | '\'' | '\\' | '/')) => it,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let it = unicode_escape(&mut chars);
                it.ok_or_else(|| {
                    SyntaxError::new(start, "`\\u` is followed by four hexadecimal digits of a character")
                })?
            }
            _ => {
                let detail = "a backslash is followed by one of \" ' \\ / b f n r t u; to be itself, it is doubled";
                return Err(SyntaxError::new(start, detail));
            }
        };
        self.at = self.text.len() - chars.as_str().len();
        Ok(it)
    }

    /// The error that something else comes next.
    pub(super) fn expected(&mut self, what: &str) -> SyntaxError {
        const SHOWN: usize = 20;
        let at = self.position();
        let rest = self.rest();
        let end = match self.peek_word() {
            Some(word) => word.len(),
            None => rest.chars().next().map_or(0, char::len_utf8),
        };
        let found: String = rest.get(..end).unwrap_or_default().chars().take(SHOWN).collect();
        match found.is_empty() {
            true => SyntaxError::new(at, format!("expected {what}, found the end")),
            false => SyntaxError::new(at, format!("expected {what}, found `{found}`")),
        }
    }

    /// The problem of a parameter at a position.
    pub(super) fn problem(&self, at: usize, code: &'static str, detail: &str) -> Problem {
        let column = self.column(at);
        Problem::parameter(super::NAME, code, format!("column {column}: {detail}")).param("column", column)
    }
}

/// Reads what follows `\u`: four digits, or a surrogate pair of two escapes.
fn unicode_escape(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let high = unit(chars)?;
    if !(0xD800..0xDC00).contains(&high) {
        return char::from_u32(high);
    }
    if (chars.next(), chars.next()) != (Some('\\'), Some('u')) {
        return None;
    }
    let low = unit(chars).filter(|it| (0xDC00..0xE000).contains(it))?;
    char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
}

fn unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit << 4 | chars.next()?.to_digit(16)?))
}
