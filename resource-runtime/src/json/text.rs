use std::fmt;
use std::io::Write as _;

use rust_decimal::Decimal;

/// Writes a string with its quotes, escaping what RFC 8259 section 7 demands and no more.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    while let Some(at) = first_special(rest) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((&byte, after)) = special.split_first() else { break };
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
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Where the first byte is that has to be escaped. Whole blocks are looked at without a branch, which
/// the compiler turns into a few instructions of the processor's vectors.
fn first_special(text: &[u8]) -> Option<usize> {
    let is_special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    let (blocks, _) = text.as_chunks::<16>();
    let is_plain = |block: &&[u8; 16]| !block.iter().fold(false, |found, &byte| found | is_special(byte));
    let plain = 16 * blocks.iter().take_while(is_plain).count();
    let rest = text.get(plain..).unwrap_or_default();
    rest.iter().position(|&byte| is_special(byte)).map(|at| plain + at)
}

/// Writes a finite float in its shortest form that reads back as the same `f64`.
pub fn write_f64(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Writes a finite float in its shortest form that reads back as the same `f32`.
#[expect(clippy::cast_possible_truncation, reason = "the value was made from an f32")]
pub fn write_f32(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value as f32).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Writes a decimal with all its digits.
pub fn write_decimal(out: &mut Vec<u8>, value: Decimal) {
    // Writing into a `Vec` does not fail.
    let _ = write!(out, "{value}");
}

/// Writes what `Display` makes of a value that needs no escapes, in quotes.
pub(super) fn write_quoted(out: &mut Vec<u8>, value: impl fmt::Display) {
    // Writing into a `Vec` does not fail.
    let _ = write!(out, "\"{value}\"");
}

/// Writes a moment, given in microseconds since 1970, in RFC 3339 with `Z`; the fraction has as
/// many digits as it needs, and at most six.
///
/// The civil date comes from Howard Hinnant's `civil_from_days`, with eras of 400 years.
#[expect(
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    reason = "`rem_euclid` leaves small numbers that are not negative"
)]
pub fn write_timestamp(out: &mut Vec<u8>, micros: i64) {
    const DAY: i64 = 86_400_000_000;
    let days = micros.div_euclid(DAY) + 719_468;
    let in_day = micros.rem_euclid(DAY);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);

    // Put together in one piece, because to add to a `Vec` is to ask each time whether it has room.
    let digit = |value: u32| b'0' + (value % 10) as u8;
    let (year, month, day) = (year as u32, month as u32, day as u32);
    let (seconds, fraction) = ((in_day / 1_000_000) as u32, (in_day % 1_000_000) as u32);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = *b"\"0000-00-00T00:00:00.000000Z\"";
    let places = [
        (1, year / 1_000),
        (2, year / 100),
        (3, year / 10),
        (4, year),
        (6, month / 10),
        (7, month),
        (9, day / 10),
        (10, day),
        (12, hour / 10),
        (13, hour),
        (15, minute / 10),
        (16, minute),
        (18, second / 10),
        (19, second),
        (21, fraction / 100_000),
        (22, fraction / 10_000),
        (23, fraction / 1_000),
        (24, fraction / 100),
        (25, fraction / 10),
        (26, fraction),
    ];
    for (place, value) in places {
        if let Some(byte) = text.get_mut(place) {
            *byte = digit(value);
        }
    }
    if !fraction.is_multiple_of(10) {
        return out.extend_from_slice(&text);
    }
    // The fraction without the zeros at its end, and without its point if nothing is left.
    let mut end = 26;
    while end > 20 && matches!(text.get(end - 1), Some(b'0' | b'.')) {
        end -= 1;
    }
    out.extend_from_slice(text.get(..end).unwrap_or_default());
    out.extend_from_slice(b"Z\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_are_escaped_as_serde_json_does() {
        for it in ["", "plain", "q\"b\\s/", "\u{0}\u{1}\u{8}\u{c}\n\r\t\u{1f}\u{7f}", "é日😀\u{2028}"] {
            assert_eq!(text(|out| write_string(out, it)), serde_json::to_string(it).unwrap());
        }
    }

    #[test]
    fn strings_are_escaped_wherever_the_character_stands() {
        for at in 0..50 {
            for special in ['"', '\\', '\n', '\u{1f}'] {
                let it = format!("{}{special}{}", "x".repeat(at), "é".repeat(50 - at));
                assert_eq!(text(|out| write_string(out, &it)), serde_json::to_string(&it).unwrap());
            }
        }
    }

    #[test]
    fn timestamps_are_written_as_jiff_does() {
        for micros in [
            0,
            1,
            -1,
            999_999,
            1_582_934_400_000_000,
            1_709_164_800_123_450,
            -62_135_596_800_000_000,
            253_402_207_199_999_999,
            -2_203_891_200_000_001,
        ] {
            let expected = format!("\"{}\"", jiff::Timestamp::from_microsecond(micros).unwrap());
            assert_eq!(text(|out| write_timestamp(out, micros)), expected);
        }
    }
}
