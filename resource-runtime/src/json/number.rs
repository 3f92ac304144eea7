use rust_decimal::Decimal;

use crate::field::Kind;

use super::digits::{eight, four, push, sixteen, zeros, zeros_of_sixteen};

/// Writes a whole number.
pub fn write_int(out: &mut Vec<u8>, value: i64) {
    match u32::try_from(value) {
        Ok(small) if small < 100_000_000 => {
            let digits = if small < 10_000 { four(small) } else { eight(small) };
            let zeros = zeros(digits).min(7);
            push(out, &(digits >> (8 * zeros)).to_le_bytes(), 8 - zeros);
        }
        _ => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
    }
}

/// Writes a float of this kind.
pub(super) fn write_float(out: &mut Vec<u8>, value: f64, kind: &Kind) {
    match kind {
        Kind::F32 => write_f32(out, value),
        _ => write_f64(out, value),
    }
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

/// Adds the digits that a word has behind its zeros, with a point before the last `scale` of them.
// A macro, for words of both sizes.
macro_rules! push_with_point {
    ($out:ident, $scale:ident, $word:ty: $digits:ident, $zeros:expr) => {{
        const BYTES: usize = <$word>::BITS as usize / 8;
        let len = (BYTES - $zeros).max($scale + 1);
        let text = $digits >> (8 * (BYTES - len));
        if $scale == 0 {
            return push($out, &text.to_le_bytes(), len);
        }
        let point = 8 * (len - $scale);
        let (before, after) = (text & ((1 << point) - 1), text >> point);
        let text = before | <$word>::from(b'.') << point | after << (point + 8);
        push($out, &text.to_le_bytes(), len + 1);
    }};
}

/// Writes a decimal with all its digits.
pub fn write_decimal(out: &mut Vec<u8>, value: Decimal) {
    let scale = value.scale() as usize;
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let mantissa = value.mantissa().unsigned_abs();
    match u64::try_from(mantissa) {
        // At most 7 digits, and so with the point at most 8 bytes: they are put together in one word.
        Ok(mantissa @ 0..10_000_000) if scale < 7 => {
            #[expect(clippy::cast_possible_truncation, reason = "it is below 10^7")]
            let digits = eight(mantissa as u32);
            push_with_point!(out, scale, u64: digits, zeros(digits));
        }
        // At most 15 digits, and so with the point at most 16 bytes: likewise.
        Ok(mantissa) if mantissa < 10_u64.pow(15) && scale < 15 => {
            let digits = sixteen(mantissa);
            push_with_point!(out, scale, u128: digits, zeros_of_sixteen(digits));
        }
        _ => write_long(out, mantissa, scale),
    }
}

/// Writes a decimal of up to 96 bits and 28 digits after the point.
fn write_long(out: &mut Vec<u8>, mantissa: u128, scale: usize) {
    const HALF: u128 = 10_u128.pow(16);
    let half = |number: u128| sixteen(u64::try_from(number).unwrap_or_default());
    let (high, low) = (half(mantissa / HALF), half(mantissa % HALF));
    let zeros = match zeros_of_sixteen(high) {
        16 => 16 + zeros_of_sixteen(low),
        zeros => zeros,
    };
    let digits = [high.to_le_bytes(), low.to_le_bytes()];
    let digits = digits.as_flattened();
    let len = (digits.len() - zeros).max(scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let (_, whole) = whole.split_at(digits.len() - len);
    out.extend_from_slice(whole);
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(fraction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_decimal(value: Decimal) {
        let mut out = b"x".to_vec();
        write_decimal(&mut out, value);
        assert_eq!(String::from_utf8(out).unwrap(), format!("x{value}"));
    }

    /// Numbers of every length, by chance.
    fn numbers() -> impl Iterator<Item = u128> {
        let mut state = 7_u128;
        (0..20_000).map(move |at| {
            state = state.wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645).wrapping_add(0x5851_F42D_4C95_7F2D);
            (state >> 32) >> (at % 96)
        })
    }

    #[test]
    fn decimals_are_written_as_rust_decimal_does() {
        for (at, mantissa) in (0..).zip(numbers()) {
            let mantissa = i128::try_from(mantissa).unwrap();
            let value = Decimal::from_i128_with_scale(mantissa, at % 29);
            check_decimal(value);
            check_decimal(-value);
        }
    }

    #[test]
    fn decimals_at_the_ends_of_every_length_are_written_as_rust_decimal_does() {
        for scale in 0..=28 {
            for digits in 0..=28 {
                let power = 10_i128.pow(digits);
                for mantissa in [power - 1, power, power + 1] {
                    check_decimal(Decimal::from_i128_with_scale(mantissa, scale));
                    check_decimal(Decimal::from_i128_with_scale(-mantissa, scale));
                }
            }
            check_decimal(Decimal::from_i128_with_scale((1 << 96) - 1, scale));
            check_decimal(Decimal::from_i128_with_scale(0, scale));
        }
        check_decimal(Decimal::MIN);
        check_decimal(-Decimal::ZERO);
    }

    #[test]
    fn integers_are_written_as_serde_json_does() {
        let some = numbers().map(|it| i64::try_from(it >> 33).unwrap());
        let ends = (0..19).flat_map(|it| [10_i64.pow(it) - 1, 10_i64.pow(it)]).chain([i64::MAX, i64::MIN]);
        for value in some.chain(ends).flat_map(|it| [it, it.wrapping_neg()]) {
            let mut out = b"x".to_vec();
            write_int(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), format!("x{}", serde_json::to_string(&value).unwrap()));
        }
    }
}
