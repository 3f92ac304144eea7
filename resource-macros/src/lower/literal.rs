//! Values in attributes: numbers exactly as they were written.

use quote::ToTokens;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitStr, Type, UnOp};

use crate::error::error;
use crate::model::{Bound, Check, CheckKind, Number, Value};

/// A default or an example.
pub(super) fn literal(expr: Expr) -> syn::Result<Value> {
    let expr = ungrouped(expr);
    if let Some(number) = number(&expr)? {
        return Ok(Value::Number(number));
    }
    Ok(match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(it), .. }) => Value::Text(it),
        Expr::Array(it) => {
            let span = it.bracket_token.span.join();
            Value::List(it.elems.into_iter().map(literal).collect::<syn::Result<_>>()?, span)
        }
        it => Value::Expression(Box::new(it)),
    })
}

/// Asks the compiler whether the field's type holds the numbers in a value.
pub(super) fn number_checks(value: &Value, field: &str, ty: &Type, checks: &mut Vec<Check>) {
    let mut check = |kind, span| checks.push(Check { kind, field: field.to_owned(), ty: ty.clone(), span });
    match value {
        Value::Number(number) => check(CheckKind::Number(*number), number.span),
        Value::List(items, _) => {
            for item in items {
                if let Value::Number(number) = item {
                    check(CheckKind::Item(*number), number.span);
                }
            }
        }
        Value::OfType(_) | Value::Text(_) | Value::Expression(_) => {}
    }
}

/// A bound of `range`.
pub(super) fn bound(expr: Expr) -> syn::Result<Bound> {
    let expr = ungrouped(expr);
    if let Some(number) = number(&expr)? {
        return Ok(Bound::Number(number));
    }
    match expr {
        Expr::Lit(it) => Err(error(it, "a number is expected here", "write `min = 1` or `min = NAME_OF_A_CONSTANT`")),
        it => Ok(Bound::Expression(Box::new(it))),
    }
}

/// A whole number that is not negative, where it is a literal: a length, or the size of a page.
pub(super) fn count(expr: &Expr) -> syn::Result<Option<u64>> {
    let expr = ungrouped(expr.clone());
    let help = "write a whole number such as 20";
    match number(&expr)? {
        Some(Number { mantissa, scale: 0, .. }) => u64::try_from(mantissa)
            .map(Some)
            .map_err(|_| error(&expr, "a number that is not negative is expected here", help)),
        Some(_) => Err(error(&expr, "a whole number is expected here", help)),
        None if matches!(expr, Expr::Lit(_)) => Err(error(&expr, "a whole number is expected here", help)),
        None => Ok(None),
    }
}

/// A time such as `"30 days"`, in seconds.
pub(super) fn seconds(text: &LitStr) -> syn::Result<u64> {
    span_of_time(&text.value()).map_err(|what| error(text, what, "write a number and a unit, such as `\"30 days\"`"))
}

/// The seconds of a whole number of minutes, hours, days or weeks. There are no months: they have no length.
fn span_of_time(text: &str) -> Result<u64, &'static str> {
    const MOST: u64 = 100 * 365 * 86_400;
    let (number, unit) = text.split_once(' ').ok_or("this is no time")?;
    let one = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        "week" | "weeks" => 7 * 86_400,
        _ => return Err("a time is in minutes, hours, days or weeks"),
    };
    if number.is_empty() || !number.bytes().all(|it| it.is_ascii_digit()) {
        return Err("a time is a whole number of its unit");
    }
    match number.parse::<u64>().ok().and_then(|it| it.checked_mul(one)) {
        Some(0) => Err("a deleted row cannot be restored if it is not kept for a while"),
        Some(seconds) if seconds <= MOST => Ok(seconds),
        _ => Err("a time has 100 years at most"),
    }
}

/// The expression without the invisible groups of `macro_rules!`.
pub(super) fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(it) => ungrouped(*it.expr),
        it => it,
    }
}

fn number(expr: &Expr) -> syn::Result<Option<Number>> {
    let (negative, lit) = match expr {
        Expr::Lit(it) => (false, &it.lit),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(it) => (true, &it.lit),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let digits = match lit {
        Lit::Int(it) => it.base10_digits().to_owned(),
        Lit::Float(it) => it.base10_digits().to_owned(),
        _ => return Ok(None),
    };
    match decimal(&digits, negative) {
        Some((mantissa, scale)) => Ok(Some(Number { mantissa, scale, span: lit.span() })),
        None => Err(error(
            expr.to_token_stream(),
            "this number has more digits than an attribute can hold",
            "write an expression of the field's type in its place, such as the name of a constant",
        )),
    }
}

/// The mantissa and scale of digits such as `39.90` or `1e3`.
fn decimal(digits: &str, negative: bool) -> Option<(i64, u32)> {
    let (digits, exponent) = match digits.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut mantissa: i64 = format!("{}{whole}{fraction}", if negative { "-" } else { "" }).parse().ok()?;
    let mut scale = i32::try_from(fraction.len()).ok()? - exponent;
    while scale < 0 {
        mantissa = mantissa.checked_mul(10)?;
        scale += 1;
    }
    let scale = u32::try_from(scale).ok()?;
    (scale <= 28).then_some((mantissa, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(decimal("39.90", false), Some((3990, 2)));
        assert_eq!(decimal("0", false), Some((0, 0)));
        assert_eq!(decimal("1e3", false), Some((1000, 0)));
        assert_eq!(decimal("2.5E-3", true), Some((-25, 4)));
        assert_eq!(decimal("9223372036854775808", true), Some((i64::MIN, 0)));
    }

    #[test]
    fn times_are_numbers_with_a_unit() {
        assert_eq!(span_of_time("30 days"), Ok(30 * 86_400));
        assert_eq!(span_of_time("1 week"), Ok(604_800));
        assert_eq!(span_of_time("90 minutes"), Ok(5_400));
        for text in ["", "30", "days", "30days", "30  days", " 30 days", "30 days ", "+30 days", "1.5 days", "30 Days"]
        {
            assert!(span_of_time(text).is_err(), "{text}");
        }
        for text in ["0 days", "36501 days", "99999999999999999999 days", "-1 days", "1 month", "30 seconds"] {
            assert!(span_of_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_none() {
        assert_eq!(decimal("9223372036854775808", false), None);
        assert_eq!(decimal("1e30", false), None);
        assert_eq!(decimal("1e-29", false), None);
    }
}
