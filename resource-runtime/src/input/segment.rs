//! Identifiers as segments of paths: the opposite of [`path_id`](super::path_id).

use crate::field::text::to_text;
use crate::field::{Kind, Value};

/// An identifier as the last segment of its row's path.
pub(crate) fn segment_of(id: &Value, kind: &Kind) -> String {
    let mut segment = String::new();
    encode_segment(&to_text(id, kind), &mut segment);
    segment
}

/// Adds text to a path as one segment.
pub(crate) fn encode_segment(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if is_unreserved(byte) {
            out.push(byte.into());
        } else {
            out.push('%');
            out.extend(
                [byte >> 4, byte & 0xF].iter().filter_map(|it| HEX.get(usize::from(*it))).map(|it| char::from(*it)),
            );
        }
    }
}

/// Whether a byte needs no escape in a path (RFC 3986, section 2.3).
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
