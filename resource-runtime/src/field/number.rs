//! Numbers as JSON writes them, read without a float in between.

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::{IntKind, Kind, Mismatch, Value};

/// The largest mantissa of a [`Decimal`]: 96 bits.
const MANTISSA_MAX: u128 = (1 << 96) - 1;

/// Reads a number of a kind; the text is the number and nothing else.
pub(crate) fn parse(kind: &Kind, text: &str) -> Result<Value, Mismatch> {
    if let Some(value) = plain(kind, text.as_bytes()) {
        return Ok(value);
    }
    let number = Number::lex(text).ok_or_else(|| Mismatch::of_type(kind))?;
    match kind {
        Kind::Int(int) => number.integer(*int).map(Value::Int),
        Kind::Decimal => number.decimal().map(Value::Decimal),
        Kind::F32 => {
            let value = text.parse::<f32>().map_err(|_| Mismatch::of_type(kind))?;
            number.float(value.into(), f32::MAX.into()).map(Value::Float)
        }
        Kind::F64 => {
            let value = text.parse::<f64>().map_err(|_| Mismatch::of_type(kind))?;
            number.float(value, f64::MAX).map(Value::Float)
        }
        _ => Err(Mismatch::of_type(kind)),
    }
}

/// A number of few digits and without an exponent, for the kinds that are exact, as [`parse`] reads all of them.
/// `None` for any other, right or wrong.
fn plain(kind: &Kind, text: &[u8]) -> Option<Value> {
    const DIGITS_MAX: usize = 18;
    let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    if digits.len() > DIGITS_MAX || matches!(digits, [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    let (mut value, mut point) = (0_i64, None);
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + i64::from(byte - b'0'),
            b'.' if at > 0 && point.is_none() => point = Some(at + 1),
            _ => return None,
        }
    }
    let value = if negative { -value } else { value };
    match (kind, point.map(|it| digits.len() - it)) {
        (Kind::Int(int), None) if !digits.is_empty() && (int.min()..=int.max()).contains(&value) => {
            Some(Value::Int(value))
        }
        (Kind::Decimal, None) if !digits.is_empty() => Some(Value::Decimal(Decimal::new(value, 0))),
        (Kind::Decimal, Some(places @ 1..)) => {
            Decimal::try_new(value, u32::try_from(places).ok()?).ok().map(Value::Decimal)
        }
        _ => None,
    }
}

/// An exact number in the `params` of a problem. One that JSON readers commonly change, because it
/// has more digits than a float, is written as a string.
pub(crate) fn to_json(value: Decimal) -> Json {
    let value = value.normalize();
    if value.scale() == 0 {
        if let Ok(it) = i64::try_from(value.mantissa()) {
            return it.into();
        }
    } else if let Ok(it) = value.to_string().parse::<f64>()
        && zmij::Buffer::new().format(it).parse() == Ok(value)
    {
        return it.into();
    }
    value.to_string().into()
}

/// The parts of a number in the syntax of JSON.
struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Number<'a> {
    /// RFC 8259, section 6.
    fn lex(text: &'a str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, rest) = digits(rest);
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => match digits(rest) {
                ("", _) => return None,
                found => found,
            },
            None => ("", rest),
        };
        let exponent = match rest.strip_prefix(['e', 'E']) {
            Some(rest) => exponent(rest)?,
            None if rest.is_empty() => 0,
            None => return None,
        };
        Some(Self { negative, whole, fraction, exponent })
    }

    /// All digits, the fraction's after the whole's.
    fn digits(&self) -> impl DoubleEndedIterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes()).map(|it| it - b'0')
    }

    fn is_zero(&self) -> bool {
        self.digits().all(|it| it == 0)
    }

    fn integer(&self, kind: IntKind) -> Result<i64, Mismatch> {
        let out_of_range = || {
            Mismatch::new("range", format!("must be from {} to {}", kind.min(), kind.max()))
                .param("min", kind.min())
                .param("max", kind.max())
        };
        if self.is_zero() {
            return Ok(0);
        }
        // How many of the digits stand before the point.
        let point = length(self.whole).saturating_add(self.exponent);
        let mut value = Some(0_i128);
        let mut at = 0_i64;
        for digit in self.digits() {
            if at < point {
                value = value.and_then(|it| it.checked_mul(10)?.checked_add(digit.into()));
            } else if digit != 0 {
                return Err(Mismatch::new("invalid_type", "must be an integer, without a fraction")
                    .param("expected", "integer")
                    .param("found", "number"));
            }
            at += 1;
        }
        while at < point && value.is_some() {
            value = value.and_then(|it| it.checked_mul(10));
            at += 1;
        }
        let value = value.map(|it| if self.negative { -it } else { it });
        value
            .and_then(|it| i64::try_from(it).ok())
            .filter(|it| (kind.min()..=kind.max()).contains(it))
            .ok_or_else(out_of_range)
    }

    fn float(&self, value: f64, max: f64) -> Result<f64, Mismatch> {
        if !value.is_finite() {
            return Err(Mismatch::new("range", "is too large for a floating-point number")
                .param("min", -max)
                .param("max", max));
        }
        if value != 0.0 {
            return Ok(value);
        }
        // A number that is not zero and would become zero could pass as what it is not.
        if self.is_zero() {
            Ok(0.0)
        } else {
            Err(Mismatch::new("precision", "is too close to zero for a floating-point number"))
        }
    }

    fn decimal(&self) -> Result<Decimal, Mismatch> {
        const PLACES: i64 = 28;
        let out_of_range = || {
            Mismatch::new("range", "is too large: a decimal has at most 28 digits before the point")
                .param("min", Decimal::MIN.to_string())
                .param("max", Decimal::MAX.to_string())
        };
        let too_precise = || {
            Mismatch::new("precision", "has more digits than can be kept exactly; send at most 28 in all")
                .param("max_digits", 28)
        };
        let scale = length(self.fraction).saturating_sub(self.exponent);
        if self.is_zero() {
            let scale = u32::try_from(scale.clamp(0, PLACES)).unwrap_or_default();
            return Decimal::try_new(0, scale).map_err(|_| too_precise());
        }
        // The significant digits, without the zeros at both ends: `len` of them, the last of which
        // stands `places` after the point.
        let leading = self.digits().take_while(|&it| it == 0).count();
        let trailing = self.digits().rev().take_while(|&it| it == 0).count();
        let significant = self.digits().count() - leading - trailing;
        let len = i64::try_from(significant).unwrap_or(i64::MAX);
        let mut places = scale.saturating_sub(i64::try_from(trailing).unwrap_or(i64::MAX));
        let before_point = len.saturating_sub(places);
        if before_point > PLACES + 1 {
            return Err(out_of_range());
        }
        let mantissa = |count: usize| {
            let digits = self.digits().skip(leading).take(count);
            digits.fold(0_u128, |value, it| value * 10 + u128::from(it))
        };
        if places > PLACES || significant > 29 {
            let whole = usize::try_from(before_point).unwrap_or_default();
            return Err(if mantissa(whole) > MANTISSA_MAX { out_of_range() } else { too_precise() });
        }
        let mut value = mantissa(significant);
        while places < 0 {
            value *= 10;
            places += 1;
        }
        if value > MANTISSA_MAX {
            let whole = value / 10_u128.pow(u32::try_from(places).unwrap_or_default());
            return Err(if whole > MANTISSA_MAX { out_of_range() } else { too_precise() });
        }
        // Zeros that were written at the end stay, as far as they fit.
        while places < scale.min(PLACES) && value * 10 <= MANTISSA_MAX {
            value *= 10;
            places += 1;
        }
        let value = i128::try_from(value).unwrap_or_default();
        Decimal::try_from_i128_with_scale(
            if self.negative { -value } else { value },
            u32::try_from(places).unwrap_or_default(),
        )
        .map_err(|_| too_precise())
    }
}

/// The digits at the start, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|it| !it.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What follows the `e`. Beyond any number's range the exact figure does not matter.
fn exponent(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, "") = digits(rest) else { return None };
    if digits.is_empty() {
        return None;
    }
    let value = digits.bytes().fold(0_i64, |value, it| (value * 10 + i64::from(it - b'0')).min(1 << 40));
    Some(sign * value)
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
