use uuid::Uuid;

use super::digits::push;

/// Writes a string with its quotes, escaping what RFC 8259 section 7 demands and no more.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    let text = text.as_bytes();
    let written = match text.len() {
        32.. => false,
        16.. => push_halves::<16, 34>(out, text),
        8.. => push_halves::<8, 18>(out, text),
        4.. => push_halves::<4, 10>(out, text),
        _ => push_few(out, text),
    };
    if !written {
        write_long(out, text);
    }
}

/// Adds text of `HALF` to twice as many bytes in quotes, where it needs no escapes; else nothing.
///
/// It is read in two parts of the same size, which overlap, and put between quotes that are there already.
#[inline]
fn push_halves<const HALF: usize, const ROOM: usize>(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let (Some(first), Some(last)) = (text.first_chunk::<HALF>(), text.last_chunk::<HALF>()) else { return false };
    let nearest = |one: &u8, other: &u8| distance(*one).min(distance(*other));
    if first.iter().zip(last).fold(false, |found, (one, other)| found | (nearest(one, other) == 0)) {
        return false;
    }
    let mut quoted = [b'"'; ROOM];
    if let Some(place) = quoted.get_mut(1..=HALF) {
        place.copy_from_slice(first);
    }
    if let Some(place) = quoted.get_mut(text.len() - HALF + 1..=text.len()) {
        place.copy_from_slice(last);
    }
    push(out, &quoted, text.len() + 2);
    true
}

/// Adds text of less than four bytes in quotes, where it needs no escapes; else nothing.
#[inline]
fn push_few(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let word = text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let len = text.len();
    // What is missing is filled with a letter.
    let filled = word | u64::from_le_bytes([b'a'; 8]) << (8 * len);
    if special_bytes(filled) != 0 {
        return false;
    }
    push(out, &(QUOTE | word << 8 | QUOTE << (8 * len + 8)).to_le_bytes(), len + 2);
    true
}

/// Writes text that needs no escapes, with quotes.
pub(super) fn write_plain(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Writes a UUID in its hyphenated lower-case form, with quotes.
pub(super) fn write_uuid(out: &mut Vec<u8>, value: Uuid) {
    let mut text = [b'"'; 38];
    if let Some((_, inside)) = text.split_first_mut() {
        value.hyphenated().encode_lower(inside);
    }
    out.extend_from_slice(&text);
}

const QUOTE: u64 = b'"' as u64;

#[inline(never)]
fn write_long(out: &mut Vec<u8>, text: &[u8]) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let start = out.len();
    if !push_plain(out, text) {
        out.truncate(start);
        push_escaped(out, text);
    }
    out.push(b'"');
}

/// Adds text that needs no escapes, block by block as it is looked at. `false` where it needs some, or is too short
/// for a block; then only a part of it was added.
///
/// The last block is one of full size again, and so overlaps with the one before it: what is there already is added
/// once more.
fn push_plain(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let end = out.len() + text.len();
    let Some(last) = text.last_chunk::<16>() else { return false };
    let (blocks, rest) = text.as_chunks::<32>();
    for block in blocks {
        if has_special(block) {
            return false;
        }
        out.extend_from_slice(block);
    }
    if let Some(block) = rest.first_chunk::<16>() {
        if has_special(block) {
            return false;
        }
        out.extend_from_slice(block);
    }
    if has_special(last) {
        return false;
    }
    out.truncate(end - 16);
    out.extend_from_slice(last);
    true
}

const fn is_special(byte: u8) -> bool {
    distance(byte) == 0
}

/// How far a byte is from being one that has to be escaped, by different measures: nothing for those that have to be.
/// It is made of what processors do to sixteen bytes at once.
const fn distance(byte: u8) -> u8 {
    const fn less(one: u8, other: u8) -> u8 {
        if one < other { one } else { other }
    }
    less(byte.saturating_sub(0x1F), less(byte ^ b'"', byte ^ b'\\'))
}

/// Whether one of the bytes has to be escaped. They are looked at without a branch, which the compiler turns into a
/// few instructions of the processor's vectors.
#[inline]
fn has_special<const N: usize>(block: &[u8; N]) -> bool {
    block.iter().fold(false, |found, &byte| found | is_special(byte))
}

/// How many bytes text begins with that need no escape in a string.
pub(crate) fn plain_len(text: &[u8]) -> usize {
    let (mut rest, mut len) = (text, 0);
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return len + (special.trailing_zeros() / 8) as usize;
        }
        (rest, len) = (after, len + 8);
        // What goes on is likely to go on for long.
        while let Some((block, after)) = rest.split_first_chunk::<16>() {
            if has_special(block) {
                break;
            }
            (rest, len) = (after, len + 16);
        }
    }
    len + rest.iter().take_while(|it| !is_special(**it)).count()
}

/// The highest bits of the bytes of a word that have to be escaped; above the first of those, of others too.
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // A byte that is less than another: their difference has the highest bit, and the byte itself has not.
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let below = word.wrapping_sub(ONES * 0x20) & !word;
    let found = below | (quote.wrapping_sub(ONES) & !quote) | (backslash.wrapping_sub(ONES) & !backslash);
    found & HIGH
}

/// Adds text, with escapes where it needs them.
fn push_escaped(out: &mut Vec<u8>, mut rest: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    loop {
        let (plain, special) = rest.split_at(plain_len(rest));
        out.extend_from_slice(plain);
        let Some((&byte, after)) = special.split_first() else { return };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0C => out.extend_from_slice(b"\\f"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend(HEX.get(usize::from(byte >> 4)));
                out.extend(HEX.get(usize::from(byte & 0xF)));
            }
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(it: &str) {
        let mut out = b"x".to_vec();
        write_string(&mut out, it);
        assert_eq!(String::from_utf8(out).unwrap(), format!("x{}", serde_json::to_string(it).unwrap()));
    }

    #[test]
    fn strings_are_escaped_as_serde_json_does() {
        for it in ["", "plain", "q\"b\\s/", "\u{0}\u{1}\u{8}\u{c}\n\r\t\u{1f}\u{7f}", "é日😀\u{2028}"] {
            check(it);
        }
    }

    #[test]
    fn strings_are_escaped_wherever_the_character_stands() {
        for len in 0..100 {
            check(&"x".repeat(len));
            for at in 0..len {
                for special in ['"', '\\', '\n', '\u{1f}', '\0', ' ', '!', '#', '[', ']', '\u{7f}', 'é'] {
                    check(&format!("{}{special}{}", "x".repeat(at), "y".repeat(len - at - 1)));
                    check(&format!("{}{special}{}", "x".repeat(at), "é".repeat(len - at - 1)));
                }
            }
        }
    }

    #[test]
    fn special_are_quotes_backslashes_and_controls() {
        for byte in 0..=u8::MAX {
            assert_eq!(is_special(byte), byte < 0x20 || byte == b'"' || byte == b'\\', "{byte}");
        }
    }

    #[test]
    fn words_are_special_where_one_of_their_bytes_is() {
        let mut state = 7_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Most bytes of text are none that has to be escaped.
            let bytes = state.to_le_bytes().map(|it| if it % 16 == 0 { it / 4 } else { it | 0x20 });
            assert_eq!(special_bytes(u64::from_le_bytes(bytes)) != 0, has_special(&bytes), "{bytes:?}");
        }
        for byte in 0..=u8::MAX {
            let word = u64::from_le_bytes([b'x', byte, b'x', b'x', b'x', b'x', b'x', b'x']);
            assert_eq!(special_bytes(word) != 0, is_special(byte));
        }
    }
}
