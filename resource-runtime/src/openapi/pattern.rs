use std::fmt::Write as _;

/// The pattern in the syntax of ECMA-262 (with its `u` flag), which JSON Schema asks for; none
/// where it cannot be said there with the same meaning.
///
/// `\d`, `\w` and `\s` know all of Unicode in Rust and ASCII there. A description that allows less
/// than the server takes misleads nobody, so they stay; their negations would allow more, so such
/// patterns are left out.
pub(super) fn to_ecma(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut in_class = 0_usize;
    while let Some(it) = chars.next() {
        match it {
            '\\' => escape(chars.next()?, &mut chars, &mut out, in_class > 0)?,
            '(' if in_class == 0 => {
                out.push('(');
                if chars.next_if_eq(&'?').is_some() {
                    group(&mut chars, &mut out)?;
                }
            }
            // Rust has sets in sets, and operators on them.
            '[' if in_class > 0 => return None,
            '[' => {
                in_class = 1;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                // In first place these stand for themselves.
                if chars.next_if_eq(&']').is_some() {
                    out.push_str("\\]");
                }
            }
            ']' if in_class > 0 => {
                in_class = 0;
                out.push(']');
            }
            '&' | '~' | '-' if in_class > 0 && chars.peek() == Some(&it) => return None,
            // Without a counterpart, these stand for themselves in Rust and are errors under `u`.
            ']' | '}' if in_class == 0 && !closes_repetition(&out, it) => {
                out.push('\\');
                out.push(it);
            }
            _ => out.push(it),
        }
    }
    (in_class == 0).then_some(out)
}

/// Whether the `}` that comes next ends `{2}`, `{2,}`, `{2,5}` or `\p{L}`.
fn closes_repetition(out: &str, it: char) -> bool {
    it == '}' && out.rfind('{').is_some_and(|at| !out.get(at..).is_some_and(|tail| tail.contains('}')))
}

fn group(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) -> Option<()> {
    match chars.next()? {
        ':' => out.push_str("?:"),
        // `(?P<name>` and `(?<name>` are one.
        'P' => {
            chars.next_if_eq(&'<')?;
            out.push_str("?<");
        }
        '<' => out.push_str("?<"),
        // Flags have no counterpart that all readers know.
        _ => return None,
    }
    Some(())
}

fn escape(
    it: char,
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    out: &mut String,
    in_class: bool,
) -> Option<()> {
    match it {
        'A' if !in_class => out.push('^'),
        'z' if !in_class => out.push('$'),
        'd' | 'w' | 's' | 'n' | 'r' | 't' | 'f' | 'v' => {
            out.push('\\');
            out.push(it);
        }
        'a' => out.push_str("\\u0007"),
        'D' | 'W' | 'S' | 'b' | 'B' | '<' | '>' => return None,
        'p' | 'P' => property(it, chars, out)?,
        'x' | 'u' | 'U' => {
            let code = match chars.next_if_eq(&'{') {
                Some(_) => u32::from_str_radix(&chars.by_ref().take_while(|&it| it != '}').collect::<String>(), 16),
                None => {
                    let digits = match it {
                        'x' => 2,
                        'u' => 4,
                        _ => 8,
                    };
                    u32::from_str_radix(&chars.by_ref().take(digits).collect::<String>(), 16)
                }
            };
            let _ = write!(out, "\\u{{{:X}}}", code.ok()?);
        }
        // Under `u` only characters with a meaning may be escaped.
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' => {
            out.push('\\');
            out.push(it);
        }
        '-' if in_class => out.push_str("\\-"),
        it if it.is_ascii_punctuation() || it == ' ' => out.push(it),
        _ => return None,
    }
    Some(())
}

/// `\pL` and `\p{Letter}`; scripts are `\p{Greek}` in Rust and `\p{Script=Greek}` there.
fn property(it: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) -> Option<()> {
    const CATEGORIES: [&str; 37] = [
        "L", "Lu", "Ll", "Lt", "LC", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
        "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cn",
    ];
    let name = match chars.next()? {
        '{' => chars.by_ref().take_while(|&it| it != '}').collect::<String>(),
        letter => letter.to_string(),
    };
    CATEGORIES.contains(&name.as_str()).then(|| {
        let _ = write!(out, "\\{it}{{{name}}}");
    })
}

/// A pattern for texts that have this one somewhere in them.
pub(super) fn containing(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        if "^$\\.*+?()[]{}|/".contains(it) {
            out.push('\\');
        }
        out.push(it);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expected: Option<&str>) {
        regex::Regex::new(pattern).unwrap();
        assert_eq!(to_ecma(pattern).as_deref(), expected);
    }

    #[test]
    fn what_both_know_stays() {
        for it in [r"^([0-9]{10}|[0-9]{13})$", r"^[a-z\-_.]+@x\.org$", r"^\d{4}-\w*\s?$", r"a{2,}b{1,3}", r"[^\]a]", ""]
        {
            check(it, Some(it));
        }
    }

    #[test]
    fn other_spellings_are_translated() {
        check(r"\A(?P<year>\d{4})\z", Some(r"^(?<year>\d{4})$"));
        check(r"^\pL+\p{Lu}[\p{Nd}x]$", Some(r"^\p{L}+\p{Lu}[\p{Nd}x]$"));
        check(r"^\x41\x{1F600}\u0042$", Some(r"^\u{41}\u{1F600}\u{42}$"));
        check(r"^\#\-a\]$", Some(r"^#-a\]$"));
        check(r"[]a]", Some(r"[\]a]"));
        check(r"a}", Some(r"a\}"));
    }

    #[test]
    fn what_cannot_be_said_is_left_out() {
        for it in [r"(?i)abc", r"a(?x: b)", r"\Da", r"\W", r"\bword\b", r"[a-z&&[^b]]", r"[[:alpha:]]", r"\p{Greek}"] {
            check(it, None);
        }
    }

    #[test]
    fn a_text_is_escaped() {
        assert_eq!(containing("a.b/c*"), r"a\.b\/c\*");
    }
}
