//! Which part of a list: pages by number, or rows after a cursor; and how they are counted.

use super::CountMode;
use crate::error::Problem;
use crate::resource::ResourceMeta;

/// The names of the ways to count.
pub(super) const COUNTS: [(&str, CountMode); 4] = [
    ("exact", CountMode::Exact),
    ("none", CountMode::None),
    ("estimated", CountMode::Estimated),
    ("capped", CountMode::Capped),
];

/// The greatest page number: the number of rows before it fits a signed 64-bit integer, which
/// databases count in, and the number itself every JSON parser.
pub(super) fn max_page(meta: &ResourceMeta) -> u64 {
    const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
    (i64::MAX.unsigned_abs() / u64::from(meta.page.max.max(1))).min(MAX_SAFE_INTEGER)
}

/// Reads a whole number from 1 to a maximum: digits, and nothing else.
pub(super) fn number(name: &str, text: &str, max: u64) -> Result<u64, Problem> {
    let out_of_range = || {
        let detail = format!("must be from 1 to {max}");
        Err(Problem::parameter(name, "range", detail).param("min", 1).param("max", max))
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        let problem = Problem::parameter(name, "invalid_type", format!("must be a whole number from 1 to {max}"));
        return Err(problem.param("expected", "integer"));
    }
    match text.parse() {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        // Negative, or too many digits for any integer.
        _ => out_of_range(),
    }
}

/// What `count` calls a way to count.
#[cfg(feature = "client-core")]
pub(crate) fn count_name(mode: CountMode) -> &'static str {
    COUNTS.iter().find(|(_, it)| *it == mode).map_or("exact", |(name, _)| name)
}

/// Reads `count`.
pub(super) fn count(text: &str) -> Result<CountMode, Problem> {
    let found = COUNTS.iter().find(|(name, _)| *name == text);
    found.map(|(_, mode)| *mode).ok_or_else(|| super::parse::choice("count", text, &COUNTS.map(|(name, _)| name)))
}
