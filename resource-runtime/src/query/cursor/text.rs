//! Texts as few bytes: URLs are short, and base64 adds a third.

use super::values::{read_signed, write_signed};

const UTF8: u8 = 0;
const UTF16: u8 = 1;
/// Each character as the difference from the middle of the block that the last one was in. Most
/// scripts take one byte a letter this way; UTF-8 takes two or three.
const DELTA: u8 = 2;

/// The shortest form of a text, and its number.
pub(super) fn encode(text: &str) -> (u8, Vec<u8>) {
    // Of more than four bytes for each that a cursor has, no form fits; trying them would be dear.
    if text.len() > 4 * super::MAX_BYTES {
        return (UTF8, text.as_bytes().to_vec());
    }
    let forms = [(UTF8, text.as_bytes().to_vec()), (DELTA, delta(text)), (UTF16, utf16(text))];
    forms.into_iter().min_by_key(|(_, bytes)| bytes.len()).unwrap_or_default()
}

/// The text of a form.
pub(super) fn decode(form: u8, bytes: &[u8]) -> Option<String> {
    match form {
        UTF8 => String::from_utf8(bytes.to_vec()).ok(),
        UTF16 => {
            let (units, []) = bytes.as_chunks::<2>() else { return None };
            char::decode_utf16(units.iter().map(|it| u16::from_be_bytes(*it))).collect::<Result<_, _>>().ok()
        }
        DELTA => undelta(bytes),
        _ => None,
    }
}

/// As much of the beginning of a text as its form has room for in so many bytes.
pub(super) fn beginning(text: &str, room: usize) -> &str {
    // No form has less than one byte a character, so more of them need not be tried.
    let ends: Vec<usize> = text.char_indices().map(|(at, it)| at + it.len_utf8()).take(room).collect();
    let fits = |end: usize| text.get(..end).is_some_and(|it| encode(it).1.len() <= room);
    // Every form of a longer text is longer, and so is the shortest one.
    let count = ends.partition_point(|&end| fits(end));
    let end = count.checked_sub(1).and_then(|it| ends.get(it)).copied().unwrap_or_default();
    text.get(..end).unwrap_or_default()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn delta(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut middle = START;
    for it in text.chars() {
        let it = i64::from(u32::from(it));
        write_signed(&mut out, it - middle);
        middle = middle_of_block(it, middle);
    }
    out
}

fn undelta(mut bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    let mut middle = START;
    while !bytes.is_empty() {
        let it = read_signed(&mut bytes)?.checked_add(middle)?;
        text.push(char::from_u32(u32::try_from(it).ok()?)?);
        middle = middle_of_block(it, middle);
    }
    Some(text)
}

/// The middle of the ASCII letters' block.
const START: i64 = 0x40;

/// The middle of the block of 128 code points that a character is in, from which its neighbours
/// are one byte away; of all Chinese characters, from which they are two away. Blanks and
/// punctuation, which every script uses, leave it where it was.
const fn middle_of_block(character: i64, middle: i64) -> i64 {
    match character {
        0..0x41 => middle,
        0x4E00..0xA000 => 0x6E00,
        _ => (character & !0x7f) + 0x40,
    }
}
