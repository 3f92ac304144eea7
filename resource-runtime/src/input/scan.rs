//! The quick way through JSON: objects and arrays that are plainly well formed are taken apart in one pass.
//!
//! # Design
//!
//! What is taken here is JSON for serde_json too, with the same members; a test holds the two to that. At the first
//! thing that is not plain (a key with an escape, nesting beyond a few levels, anything that may be a mistake) it
//! stops, and serde_json has the word: it knows where the mistake is, and what to say of it.

use crate::json::plain_len;

/// How deep values are looked through here.
const DEPTH_MAX: u32 = 16;

/// Calls back for every member of the object that a whole text is. `false` where it stopped on the way; it has called
/// back for the members before that place.
pub(super) fn members<'a>(text: &'a str, each: impl FnMut(&'a str, &'a str)) -> bool {
    read_members(text, each).is_some()
}

/// Calls back for every item of the array that a whole text is; `false` as for [`members`].
pub(super) fn elements<'a>(text: &'a str, each: impl FnMut(&'a str)) -> bool {
    read_elements(text, each).is_some()
}

fn read_members<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str)) -> Option<()> {
    let scan = Scan(text.as_bytes());
    let mut next = scan.first(b'{', b'}')?;
    while let Some(at) = next {
        let (key_end, value, end) = scan.member(at, 0)?;
        each(text.get(at + 1..key_end)?, text.get(value..end)?);
        next = scan.next(end, b'}')?;
    }
    Some(())
}

fn read_elements<'a>(text: &'a str, mut each: impl FnMut(&'a str)) -> Option<()> {
    let scan = Scan(text.as_bytes());
    let mut next = scan.first(b'[', b']')?;
    while let Some(at) = next {
        let end = scan.value(at, 0)?;
        each(text.get(at..end)?);
        next = scan.next(end, b']')?;
    }
    Some(())
}

/// A text, in which places are numbers of bytes. All methods give `None` for what is not plain.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    /// The first place at or after this one that has no white space.
    fn skip_space(&self, mut at: usize) -> usize {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte(at) {
            at += 1;
        }
        at
    }

    /// The place of the first member of the object or array that the whole text is, or none where that is empty.
    fn first(&self, open: u8, close: u8) -> Option<Option<usize>> {
        let at = self.skip_space(0);
        if self.byte(at)? != open {
            return None;
        }
        let at = self.skip_space(at + 1);
        if self.byte(at)? == close { self.end(at + 1) } else { Some(Some(at)) }
    }

    /// The place of the member after the one that ends here, or none where it was the last.
    fn next(&self, at: usize, close: u8) -> Option<Option<usize>> {
        let at = self.skip_space(at);
        match self.byte(at)? {
            b',' => Some(Some(self.skip_space(at + 1))),
            it if it == close => self.end(at + 1),
            _ => None,
        }
    }

    /// There is nothing more.
    fn end(&self, at: usize) -> Option<Option<usize>> {
        (self.skip_space(at) == self.0.len()).then_some(None)
    }

    /// Where the key of the member here ends (without its quote), where its value begins, and where that ends.
    fn member(&self, at: usize, depth: u32) -> Option<(usize, usize, usize)> {
        let key = at + 1;
        if self.byte(at)? != b'"' {
            return None;
        }
        let key_end = key + plain_len(self.0.get(key..)?);
        if self.byte(key_end)? != b'"' {
            return None;
        }
        let colon = self.skip_space(key_end + 1);
        if self.byte(colon)? != b':' {
            return None;
        }
        let value = self.skip_space(colon + 1);
        Some((key_end, value, self.value(value, depth)?))
    }

    /// Where the value here ends.
    fn value(&self, at: usize, depth: u32) -> Option<usize> {
        match self.byte(at)? {
            b'"' => self.string(at + 1),
            b'-' | b'0'..=b'9' => self.number(at),
            b't' => self.word(at, b"true"),
            b'f' => self.word(at, b"false"),
            b'n' => self.word(at, b"null"),
            _ if depth == DEPTH_MAX => None,
            b'[' => self.nested(at + 1, b']', |at| self.value(at, depth + 1)),
            b'{' => self.nested(at + 1, b'}', |at| self.member(at, depth + 1).map(|(.., end)| end)),
            _ => None,
        }
    }

    /// Where the object or array ends whose inside begins here. `member` tells where a member ends.
    fn nested(&self, at: usize, close: u8, member: impl Fn(usize) -> Option<usize>) -> Option<usize> {
        let mut at = self.skip_space(at);
        if self.byte(at)? == close {
            return Some(at + 1);
        }
        loop {
            at = self.skip_space(member(at)?);
            match self.byte(at)? {
                b',' => at = self.skip_space(at + 1),
                it if it == close => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// Where the string ends whose inside begins here.
    fn string(&self, mut at: usize) -> Option<usize> {
        loop {
            at += plain_len(self.0.get(at..)?);
            match self.byte(at)? {
                b'"' => return Some(at + 1),
                b'\\' => match self.byte(at + 1)? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                    b'u' if self.0.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => at += 6,
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    fn word(&self, at: usize, word: &[u8]) -> Option<usize> {
        self.0.get(at..)?.starts_with(word).then_some(at + word.len())
    }

    /// RFC 8259, section 6.
    fn number(&self, at: usize) -> Option<usize> {
        let start = at + usize::from(self.byte(at)? == b'-');
        let mut at = self.digits(start)?;
        if at > start + 1 && self.byte(start) == Some(b'0') {
            return None;
        }
        if self.byte(at) == Some(b'.') {
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.byte(at) {
            let sign = matches!(self.byte(at + 1), Some(b'+' | b'-'));
            at = self.digits(at + 1 + usize::from(sign))?;
        }
        Some(at)
    }

    /// Where the digits end that begin here, at least one.
    fn digits(&self, start: usize) -> Option<usize> {
        let mut at = start;
        while self.byte(at).is_some_and(|it| it.is_ascii_digit()) {
            at += 1;
        }
        (at > start).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::body;
    use super::*;

    type Members<'a> = Vec<(Cow<'a, str>, &'a str)>;

    /// The members that were called back for here, and whether all were.
    fn quick(text: &str) -> (Members<'_>, bool) {
        let mut found = Vec::new();
        let whole = members(text, |key, raw| found.push((Cow::Borrowed(key), raw)));
        (found, whole)
    }

    /// The members that serde_json finds, and whether the text is JSON.
    fn thorough(text: &str) -> (Members<'_>, bool) {
        let mut found = Vec::new();
        let whole = body::thorough_members(text, |key, raw| found.push((key, raw))).is_ok();
        (found, whole)
    }

    /// What is taken here is what serde_json takes; `false` where it stopped.
    #[track_caller]
    fn check(text: &str) -> bool {
        let ((quick, whole), (thorough, is_json)) = (quick(text), thorough(text));
        assert!(is_json || !whole, "not JSON: {text}");
        assert_eq!(quick[..], thorough[..quick.len()], "{text}");
        assert!(!whole || quick.len() == thorough.len(), "{text}");
        let mut both = Vec::new();
        assert_eq!(body::members(text, |key, raw| both.push((key, raw))).is_ok(), is_json, "{text}");
        assert_eq!(both, thorough, "each member comes once: {text}");
        let array = format!("[{text}]");
        let (mut items, mut expected) = (Vec::new(), Vec::new());
        let quick = elements(&array, |it| items.push(it));
        let thorough = body::thorough_elements(&array, |it| expected.push(it)).is_ok();
        assert!(thorough || !quick, "not JSON: {array}");
        assert_eq!(items[..], expected[..items.len()], "{array}");
        whole
    }

    #[test]
    fn plain_bodies_are_taken_whole() {
        for text in [
            "{}",
            " { } ",
            r#"{"title":"Dune","price":17.90,"tags":["a","b"],"genre":null,"flag":true,"other":false}"#,
            "{ \"a\" : { \"b\" : [ { } , [ ] , -0.5e+10 , 0 , 1E2 , 10 ] } ,\n\t\"é\" : \"\\u00e9\\n\\\"\\ud800 日\" }\r\n",
        ] {
            assert!(check(text), "{text}");
        }
        assert!(check(&format!("{{\"a\":{}{}}}", "[".repeat(16), "]".repeat(16))));
    }

    #[test]
    fn what_is_not_plain_is_left_to_serde_json() {
        for text in [
            "",
            "[]",
            "{",
            "{}x",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":01}",
            "{\"a\":-}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":1e}",
            "{\"a\":+1}",
            "{\"a\":tru}",
            "{\"a\":truex}",
            "{\"a\":[1,]}",
            "{\"a\":[1}",
            "{\"a\":{\"b\"}}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"}",
            "{\"a\\u0062\":1}",
            "{a:1}",
            "{\"a\":1}}",
            "{\"a\":\u{a0}1}",
        ] {
            assert!(!check(text), "{text}");
        }
        assert!(!check(&format!("{{\"a\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000))));
    }

    /// Changes bodies at random: most are no JSON then.
    #[test]
    fn nothing_is_taken_for_what_it_is_not() {
        const SEED: &str = r#"{"slug":"a\u00e9 long enough for a block","flag":true,"low":-1.5e2,"exact":39.90,
            "json":{"a":[1,null,"x"],"b":{}},"numbers":[1,2,-3],"":"","at":"2026-11-20T12:00:00Z","é":"\"\\\/"}"#;
        const BYTES: &str = "{}[]:,\"\\ ue0123456789.-+tfn/\0\u{1f}é\nd8";
        let mut state = 7_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        let replacements: Vec<char> = BYTES.chars().collect();
        let mut plain = 0;
        for _ in 0..30_000 {
            let mut body: Vec<char> = SEED.chars().collect();
            for _ in 0..next(3) {
                let place = next(body.len());
                match next(3) {
                    0 => body[place] = replacements[next(replacements.len())],
                    1 => body.insert(place, replacements[next(replacements.len())]),
                    _ => {
                        body.remove(place);
                    }
                }
            }
            plain += u32::from(check(&body.into_iter().collect::<String>()));
        }
        assert!(plain > 10_000, "{plain}");
    }
}
