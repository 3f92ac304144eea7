//! What single variables can say. Errors are the second half of a sentence.

use std::time::Duration;

use super::{LogFormat, Origins};
use crate::http::serve::log as lines;

type Parsed<T> = Result<T, &'static str>;

pub(super) fn port(text: &str) -> Parsed<u16> {
    text.parse().map_err(|_| "which is no port; write a number from 0 to 65535")
}

pub(super) fn flag(text: &str) -> Parsed<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("which is neither yes nor no; write true or false"),
    }
}

/// A number with a unit.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim())
}

pub(super) fn size(text: &str) -> Parsed<usize> {
    let (number, unit) = split(text);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "kb" => Some(1000),
        "k" | "kib" => Some(1024),
        "mb" => Some(1000 * 1000),
        "m" | "mib" => Some(1024 * 1024),
        _ => None,
    };
    let bytes = unit.and_then(|unit| number.parse::<usize>().ok()?.checked_mul(unit));
    bytes.filter(|it| *it > 0).ok_or("which is no size; write bytes, or a number with KiB or MiB behind it")
}

/// A time that a request, or a connection, may take: a day is longer than any of them.
pub(super) fn duration(text: &str) -> Parsed<Duration> {
    time(text, 1).ok_or("which is no time up to a day; write seconds, such as 30, or 500ms, or 2m")
}

/// A time that something is kept.
pub(super) fn keeping(text: &str) -> Parsed<Duration> {
    time(text, 365).ok_or("which is no time up to a year; write hours or days, such as 24h or 7d")
}

/// A time of at most so many days, which clocks can add up.
fn time(text: &str, days: u64) -> Option<Duration> {
    const DAY: u64 = 24 * 60 * 60 * 1000;

    let (number, unit) = split(text);
    let millis = match unit.to_ascii_lowercase().as_str() {
        "ms" => Some(1),
        "" | "s" => Some(1000),
        "m" | "min" => Some(60 * 1000),
        "h" => Some(60 * 60 * 1000),
        "d" => Some(DAY),
        _ => None,
    };
    let millis = millis.and_then(|unit| number.parse::<u64>().ok()?.checked_mul(unit));
    millis.filter(|it| (1..=days * DAY).contains(it)).map(Duration::from_millis)
}

pub(super) fn keys(text: &str) -> Parsed<Vec<Vec<u8>>> {
    let keys = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    keys.map(|it| if it.len() >= 16 { Ok(it.as_bytes().to_vec()) } else { Err(()) })
        .collect::<Result<Vec<_>, ()>>()
        .ok()
        .filter(|it| !it.is_empty())
        .ok_or("where a key is too short; write secrets of at least 16 characters, separated by commas")
}

pub(super) fn log(text: &str) -> Parsed<String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    // A word alone would be the name of a crate, and everything else silent, which nobody means by
    // `LOG=verbose`. `RUST_LOG` has that meaning for many programs, and keeps it.
    let is_meant = |it: &str| it.contains(['=', ':']) || LEVELS.iter().any(|level| it.eq_ignore_ascii_case(level));
    if text.split(',').map(str::trim).filter(|it| !it.is_empty()).all(is_meant) {
        rust_log(text)
    } else {
        Err(NO_FILTER)
    }
}

const NO_FILTER: &str = "which is no filter; write error, warn, info, debug or trace, or pairs such as my_crate=debug";

pub(super) fn rust_log(text: &str) -> Parsed<String> {
    match lines::filter(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err(NO_FILTER),
    }
}

pub(super) fn log_format(text: &str) -> Parsed<LogFormat> {
    match text.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("which is no format; write text or json"),
    }
}

pub(super) fn origins(text: &str) -> Parsed<Origins> {
    if text == "*" {
        return Ok(Origins::Any);
    }
    let origins: Vec<String> = text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    if origins.is_empty() || !origins.iter().all(|it| is_origin(it)) {
        return Err(
            "where something is no origin; write https://app.example, without a path, separated by commas, or *",
        );
    }
    Ok(Origins::These { origins, credentials: false })
}

/// A scheme, a host and perhaps a port, as browsers send them: nothing else would ever match.
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let name = |it: &str| {
        !it.is_empty()
            && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-' || it == b'+')
    };
    let host = |it: u8| {
        it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'.' | b'-' | b':' | b'[' | b']' | b'_')
    };
    name(scheme) && !authority.is_empty() && authority.bytes().all(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("1", 1), ("10KB", 10_000), ("10 KiB", 10_240), ("1mib", 1_048_576), ("2M", 2_097_152)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "-1", "1.5MB", "1GBx", "99999999999999999999", "18446744073709551615MiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_have_units() {
        for (text, millis) in [("30", 30_000), ("30s", 30_000), ("500ms", 500), ("2m", 120_000), ("24h", 86_400_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "0", "-1", "25h", "2d", "1e3", "99999999999999999999"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(keeping("7d"), Ok(Duration::from_secs(7 * 24 * 60 * 60)));
        for text in ["0", "366d", "1w", "99999999999999999999d"] {
            assert!(keeping(text).is_err(), "{text}");
        }
    }

    #[test]
    fn log_filters_are_checked() {
        for text in ["info,my_crate=debug", "WARN", "off", "my_crate::http=trace, info", "info,", "my_crate=off"] {
            assert!(log(text).is_ok(), "{text}");
        }
        for text in ["verbose", "info,loud", "[request]=debug", "my_crate[request]=debug"] {
            assert!(log(text).is_err(), "{text}");
        }
        assert!(rust_log("my_crate").is_ok());
        assert!(log("my_crate=loud").is_err());
    }
}
