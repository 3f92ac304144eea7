//! Where in a body a value is.

use std::fmt::Write as _;

/// Keys that are echoed are cut to so many characters, so that no answer is much longer than its
/// request was worth.
const KEY_MAX: usize = 64;

/// The way from the root to a value; nothing is written until a problem has to be reported.
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'a> {
    /// The body itself.
    Root,
    /// A member of an object.
    Key(&'a At<'a>, &'a str),
    /// An item of an array.
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    /// As an RFC 6901 pointer.
    pub(super) fn pointer(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Root => {}
            Self::Key(parent, key) => {
                parent.write(out);
                out.push('/');
                for (index, character) in key.chars().enumerate() {
                    match character {
                        _ if index == KEY_MAX => {
                            out.push('…');
                            break;
                        }
                        '~' => out.push_str("~0"),
                        '/' => out.push_str("~1"),
                        it => out.push(it),
                    }
                }
            }
            Self::Index(parent, index) => {
                parent.write(out);
                // Writing into a `String` does not fail.
                let _ = write!(out, "/{index}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_those_of_rfc_6901() {
        let root = At::Root;
        assert_eq!(root.pointer(), "");
        let contact = At::Key(&root, "contact");
        let phones = At::Key(&contact, "a/b~c");
        assert_eq!(At::Index(&phones, 3).pointer(), "/contact/a~1b~0c/3");
        assert_eq!(At::Key(&root, "").pointer(), "/");
    }

    #[test]
    fn long_keys_are_cut() {
        let key = "é".repeat(10_000);
        assert_eq!(At::Key(&At::Root, &key).pointer(), format!("/{}…", "é".repeat(KEY_MAX)));
    }
}
