use super::*;

fn int(kind: IntKind, text: &str) -> Result<i64, &'static str> {
    match parse(&Kind::Int(kind), text) {
        Ok(Value::Int(it)) => Ok(it),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code),
    }
}

fn float(kind: &Kind, text: &str) -> Result<f64, &'static str> {
    match parse(kind, text) {
        Ok(Value::Float(it)) => Ok(it),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code),
    }
}

fn decimal(text: &str) -> Result<String, &'static str> {
    match parse(&Kind::Decimal, text) {
        Ok(Value::Decimal(it)) => Ok(it.to_string()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code),
    }
}

#[test]
fn only_the_syntax_of_json_is_a_number() {
    for text in [
        "",
        "-",
        "+1",
        "01",
        "-01",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "1e1.0",
        " 1",
        "1 ",
        "1_000",
        "0x10",
        "NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "1,5",
        "--1",
        "\u{661}",
        "1e-",
        "true",
    ] {
        for kind in [Kind::Int(IntKind::I64), Kind::F32, Kind::F64, Kind::Decimal] {
            assert_eq!(parse(&kind, text).unwrap_err().code, "invalid_type", "{text} as {kind:?}");
        }
    }
}

#[test]
fn integers_may_be_written_with_a_fraction_of_zeros_or_an_exponent() {
    for text in ["2000", "2000.0", "2000.000000000000000000000000000000", "2e3", "2E+3", "0.2e4", "20000e-1"] {
        assert_eq!(int(IntKind::I64, text), Ok(2000), "{text}");
    }
    assert_eq!(int(IntKind::I64, "-0"), Ok(0));
    assert_eq!(int(IntKind::I64, "-0.0e99999999999999999999"), Ok(0));
}

#[test]
fn a_fraction_is_no_integer() {
    for text in ["1.5", "1e-1", "-0.1", "123456789012345678901234567890.5", "1e-99999999999999999999"] {
        assert_eq!(int(IntKind::I64, text), Err("invalid_type"), "{text}");
    }
}

#[test]
fn integers_beyond_the_type_are_out_of_range() {
    for (kind, good, bad) in [
        (IntKind::I8, "-128", "-129"),
        (IntKind::I8, "127", "128"),
        (IntKind::U8, "0", "-1"),
        (IntKind::U8, "255", "256"),
        (IntKind::I16, "32767", "32768"),
        (IntKind::U16, "65535", "65536"),
        (IntKind::I32, "-2147483648", "-2147483649"),
        (IntKind::U32, "4294967295", "4294967296"),
        (IntKind::I64, "9223372036854775807", "9223372036854775808"),
        (IntKind::I64, "-9223372036854775808", "-9223372036854775809"),
        (IntKind::I64, "9223372036854775807.0", "1e400"),
        (IntKind::I64, "9.223372036854775807e18", "1e99999999999999999999"),
        (IntKind::I64, "9007199254740993", "340282366920938463463374607431768211456"),
    ] {
        assert!(int(kind, good).is_ok(), "{good}");
        assert_eq!(int(kind, bad), Err("range"), "{bad}");
    }
    assert_eq!(int(IntKind::I64, "9007199254740993"), Ok(9_007_199_254_740_993));
    let error = parse(&Kind::Int(IntKind::I16), "99999").unwrap_err();
    assert_eq!(error.detail, "must be from -32768 to 32767");
    assert_eq!((&error.params["min"], &error.params["max"]), (&Json::from(-32768), &Json::from(32767)));
}

#[test]
fn floats_are_finite_and_zero_has_no_sign() {
    assert_eq!(float(&Kind::F64, "0.1"), Ok(0.1));
    assert_eq!(float(&Kind::F64, "-0.0").map(f64::is_sign_negative), Ok(false));
    assert_eq!(float(&Kind::F64, "1e400"), Err("range"));
    assert_eq!(float(&Kind::F64, "-1e400"), Err("range"));
    assert_eq!(float(&Kind::F64, "1.7976931348623157e308"), Ok(f64::MAX));
    assert_eq!(float(&Kind::F64, "5e-324"), Ok(5e-324));
    assert_eq!(float(&Kind::F64, "1e-400"), Err("precision"));
    assert_eq!(float(&Kind::F64, "0e-400"), Ok(0.0));
    assert_eq!(float(&Kind::F32, "0.1"), Ok(f64::from(0.1_f32)));
    assert_eq!(float(&Kind::F32, "1e39"), Err("range"));
}

#[test]
fn decimals_keep_every_digit() {
    for text in
        ["0", "39.90", "-0.01", "0.00", "100", "79228162514264337593543950335", "-79228162514264337593543950335"]
    {
        assert_eq!(decimal(text).as_deref(), Ok(text));
    }
    assert_eq!(decimal("0.0000000000000000000000000001").as_deref(), Ok("0.0000000000000000000000000001"));
    assert_eq!(decimal("12345678901234.12345678901234").as_deref(), Ok("12345678901234.12345678901234"));
}

#[test]
fn decimals_may_have_an_exponent() {
    assert_eq!(decimal("1e2").as_deref(), Ok("100"));
    assert_eq!(decimal("1.50e1").as_deref(), Ok("15.0"));
    assert_eq!(decimal("25e-1").as_deref(), Ok("2.5"));
    assert_eq!(decimal("1e28").as_deref(), Ok("10000000000000000000000000000"));
    assert_eq!(decimal("1e-28").as_deref(), Ok("0.0000000000000000000000000001"));
    assert_eq!(decimal("0e99999999999999999999").as_deref(), Ok("0"));
}

#[test]
fn zero_has_no_sign() {
    assert_eq!(decimal("-0.0").as_deref(), Ok("0.0"));
}

#[test]
fn zeros_at_the_end_are_dropped_where_they_do_not_fit() {
    assert_eq!(decimal(&format!("1.{}", "0".repeat(40))), Ok(format!("1.{}", "0".repeat(28))));
    assert_eq!(decimal("79228162514264337593543950335.0").as_deref(), Ok("79228162514264337593543950335"));
    assert_eq!(decimal(&format!("0.{}", "0".repeat(100))), Ok(format!("0.{}", "0".repeat(28))));
}

#[test]
fn decimals_are_never_rounded() {
    for text in [
        "0.00000000000000000000000000001",
        "1e-29",
        "1.23456789012345678901234567891",
        "7922816251426433759354395033.55",
        "79228162514264337593543950335.5",
        "1e-99999999999999999999",
        "0.123456789012345678901234567890123456789012345678901234567890",
    ] {
        assert_eq!(decimal(text), Err("precision"), "{text}");
    }
    for text in
        ["79228162514264337593543950336", "1e29", "-1e400", "1e99999999999999999999", "79228162514264337593543950336.5"]
    {
        assert_eq!(decimal(text), Err("range"), "{text}");
    }
    assert_eq!(decimal(&"9".repeat(500_000)), Err("range"));
}

#[test]
fn decimals_agree_with_rust_decimal() {
    // A linear congruential generator: the same numbers in every run.
    let mut state = 1_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..20_000 {
        let sign = if next(2) == 0 { "" } else { "-" };
        let whole = (0..next(16)).map(|_| char::from(b'0' + u8::try_from(next(10)).unwrap())).collect::<String>();
        let whole = whole.trim_start_matches('0');
        let fraction = (0..next(17)).map(|_| char::from(b'0' + u8::try_from(next(4)).unwrap())).collect::<String>();
        let point = if fraction.is_empty() { "" } else { "." };
        let text = format!("{sign}{}{point}{fraction}", if whole.is_empty() { "0" } else { whole });
        // It refuses a fraction whose zeros do not fit; of those we keep what fits.
        let expected = Decimal::from_str_exact(&text);
        let expected = expected.or_else(|_| Decimal::from_str_exact(text.trim_end_matches('0'))).ok();
        let found = match parse(&Kind::Decimal, &text) {
            Ok(Value::Decimal(it)) => Some(it),
            _ => None,
        };
        assert_eq!(found, expected, "{text}");
        let is_as_written = found.is_none_or(|it| it.is_zero() || text.starts_with(&it.to_string()));
        assert!(is_as_written, "{text}: {found:?}");
    }
}

#[test]
fn bounds_in_params_are_numbers_where_that_is_exact() {
    assert_eq!(to_json(Decimal::new(10_000, 0)), Json::from(10_000));
    assert_eq!(to_json(Decimal::new(5, 1)), Json::from(0.5));
    assert_eq!(to_json(Decimal::new(1, 2)), Json::from(0.01));
    assert_eq!(to_json(Decimal::new(50, 1)), Json::from(5));
    assert_eq!(to_json(Decimal::MAX), Json::from("79228162514264337593543950335"));
    assert_eq!(to_json(Decimal::new(i64::MAX, 18)), Json::from("9.223372036854775807"));
}

/// What is read the short way is what the long way reads.
#[test]
fn plain_numbers_are_read_as_all_others() {
    const PARTS: [&str; 12] = ["-", "0", "00", "1", "9", ".", "5", "127", "128", "99999999999999999", "e1", "+"];
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    let mut found = 0;
    for _ in 0..50_000 {
        let text: String = (0..next() % 5).map(|_| PARTS[next() % PARTS.len()]).collect();
        for kind in [Kind::Int(IntKind::I64), Kind::Int(IntKind::I8), Kind::Int(IntKind::U32), Kind::Decimal, Kind::F64]
        {
            let Some(value) = plain(&kind, text.as_bytes()) else { continue };
            let number = Number::lex(&text).unwrap_or_else(|| panic!("no number: {text}"));
            let expected = match kind {
                Kind::Int(int) => Value::Int(number.integer(int).unwrap()),
                _ => Value::Decimal(number.decimal().unwrap()),
            };
            assert_eq!(value, expected, "{text}");
            if let (Value::Decimal(one), Value::Decimal(two)) = (&value, &expected) {
                assert_eq!(one.unpack(), two.unpack(), "{text}");
            }
            found += 1;
        }
    }
    assert!(found > 10_000, "{found}");
}
