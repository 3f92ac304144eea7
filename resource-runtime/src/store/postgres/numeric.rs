//! PostgreSQL's binary `numeric`, to and from [`Decimal`], exactly and with all zeros after the
//! point.
//!
//! The format is a header of four 16-bit numbers (how many digits to base 10,000 follow; the power
//! of 10,000 that the first of them stands for; the sign; how many decimal digits are shown after
//! the point) and the digits. Zeros at both ends are left out.

use bytes::{BufMut, BytesMut};
use rust_decimal::Decimal;

use super::decode::{Malformed, take};

const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0x0000;
const BASE: u128 = 10_000;

/// Reads a `numeric`. NaN, infinities and numbers of more digits than a [`Decimal`] has are
/// refused: nothing that the framework writes is one of them.
pub(super) fn read(bytes: &[u8]) -> Result<Decimal, Malformed> {
    let (len, rest) = take::<2>(bytes)?;
    let (weight, rest) = take::<2>(rest)?;
    let (sign, rest) = take::<2>(rest)?;
    let (scale, mut rest) = take::<2>(rest)?;
    let len = u16::from_be_bytes(len);
    let weight = i32::from(i16::from_be_bytes(weight));
    let scale = u16::from_be_bytes(scale);
    let negative = match u16::from_be_bytes(sign) {
        POSITIVE => false,
        NEGATIVE => true,
        _ => return Err(Malformed("a number that is not finite")),
    };
    const TOO_LONG: Malformed = Malformed("a number of more digits than a decimal has");
    let mut digits = 0_u128;
    for _ in 0..len {
        let (digit, after) = take::<2>(rest)?;
        rest = after;
        let digit = u128::from(u16::from_be_bytes(digit));
        digits = digits.checked_mul(BASE).and_then(|it| it.checked_add(digit)).ok_or(TOO_LONG)?;
    }
    if !rest.is_empty() {
        return Err(Malformed("bytes after a number"));
    }
    // The digits as an integer stand for `digits * 10^exponent` units of the last digit shown.
    let exponent = 4 * (weight + 1 - i32::from(len)) + i32::from(scale);
    let power = 10_u128.checked_pow(exponent.unsigned_abs());
    let mantissa = match (digits, power) {
        (0, _) => 0,
        (_, None) => return Err(TOO_LONG),
        (_, Some(power)) if exponent >= 0 => digits.checked_mul(power).ok_or(TOO_LONG)?,
        // Exact: no digit stands behind the last one shown.
        (_, Some(power)) => digits / power,
    };
    let mantissa = i128::try_from(mantissa).map_err(|_| TOO_LONG)?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, u32::from(scale))
        .map_err(|_| TOO_LONG)
}

/// Writes a `numeric`.
#[expect(clippy::cast_possible_truncation, reason = "a decimal has at most 9 digits to base 10,000 and 28 of scale")]
pub(super) fn write(value: Decimal, out: &mut BytesMut) {
    let scale = value.scale();
    // Digits after the point come in fours.
    let padding = (4 - scale % 4) % 4;
    let mut rest = value.mantissa().unsigned_abs() * 10_u128.pow(padding);
    let fraction = scale.div_ceil(4) as i16;
    let mut digits = [0_u16; 10];
    let mut len = 0;
    for digit in &mut digits {
        if rest == 0 {
            break;
        }
        *digit = (rest % BASE) as u16;
        rest /= BASE;
        len += 1;
    }
    // From the least significant on; zeros at that end are not sent.
    let zeros = digits.iter().take(len).take_while(|it| **it == 0).count();
    out.put_u16((len - zeros) as u16);
    out.put_i16(if len == 0 { 0 } else { len as i16 - fraction - 1 });
    out.put_u16(if value.is_sign_negative() && len > 0 { NEGATIVE } else { POSITIVE });
    out.put_u16(scale as u16);
    for digit in digits.iter().take(len).skip(zeros).rev() {
        out.put_u16(*digit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(value: Decimal) -> Vec<u8> {
        let mut out = BytesMut::new();
        write(value, &mut out);
        out.to_vec()
    }

    fn header(len: i16, weight: i16, sign: u16, scale: u16, digits: &[u16]) -> Vec<u8> {
        let mut out = BytesMut::new();
        out.put_i16(len);
        out.put_i16(weight);
        out.put_u16(sign);
        out.put_u16(scale);
        digits.iter().for_each(|it| out.put_u16(*it));
        out.to_vec()
    }

    #[test]
    fn numbers_are_written_as_the_server_writes_them() {
        for (text, expected) in [
            ("0", header(0, 0, 0, 0, &[])),
            ("0.00", header(0, 0, 0, 2, &[])),
            ("1", header(1, 0, 0, 0, &[1])),
            ("-1", header(1, 0, NEGATIVE, 0, &[1])),
            ("10000", header(1, 1, 0, 0, &[1])),
            ("39.90", header(2, 0, 0, 2, &[39, 9000])),
            ("0.0001", header(1, -1, 0, 4, &[1])),
            ("0.00001", header(1, -2, 0, 5, &[1000])),
            ("12345678.9", header(3, 1, 0, 1, &[1234, 5678, 9000])),
        ] {
            assert_eq!(bytes(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn every_number_reads_back_with_its_zeros() {
        let mut texts = vec!["79228162514264337593543950335".to_owned(), "-79228162514264337593543950335".to_owned()];
        for scale in 0..=28_u32 {
            for mantissa in [0, 1, 10, 9_999, 10_000, 10_001, 123_456_789_012_345_678_901_234_567_i128] {
                texts.push(Decimal::from_i128_with_scale(mantissa, scale).to_string());
                texts.push(Decimal::from_i128_with_scale(-mantissa, scale).to_string());
            }
            texts.push(Decimal::from_i128_with_scale(79_228_162_514_264_337_593_543_950_335, scale).to_string());
        }
        for text in texts {
            let value: Decimal = text.parse().unwrap();
            let read = read(&bytes(value)).unwrap();
            assert_eq!((read, read.scale()), (value, value.scale()), "{text}");
        }
    }

    #[test]
    fn numbers_that_no_decimal_is_are_refused() {
        assert!(read(&header(0, 0, 0xC000, 0, &[])).is_err(), "NaN");
        assert!(read(&header(0, 0, 0xD000, 0, &[])).is_err(), "infinity");
        assert!(read(&header(1, 8, 0, 0, &[1])).is_err(), "10^32");
        assert!(read(&header(1, i16::MAX, 0, 0, &[1])).is_err(), "10^131068");
        assert!(read(&header(1, i16::MIN, 0, 16_383, &[1])).is_err(), "a scale of 16,383");
    }

    #[test]
    fn cut_and_overlong_bytes_are_refused() {
        let whole = bytes("12345678.9".parse().unwrap());
        for len in 0..whole.len() {
            assert!(read(&whole[..len]).is_err(), "{len}");
        }
        assert!(read(&[&whole[..], &[0]].concat()).is_err());
    }
}
