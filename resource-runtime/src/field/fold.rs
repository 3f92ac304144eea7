/// Text with the case of its letters folded, as `ieq`, `icontains` and `search` compare it.
///
/// Every character becomes its lower-case form (Unicode, without regard to its neighbours or to a
/// language), and the final sigma `ς` becomes `σ`. So `ΣΟΦΟΣ`, `σοφος` and `σοφοσ` are alike, and
/// `ß` and `SS` are not.
///
/// # Design
///
/// There is one folding, and every store must have it. SQLite has this function as
/// `resource_fold(x)`; in PostgreSQL `translate(lower(x COLLATE "und-x-icu"), 'ς', 'σ')` gives the
/// same text: the lower-casing of ICU differs from that of single characters in the final sigma
/// alone, as long as no language is named.
///
/// ```
/// use resource_runtime::field::fold;
///
/// assert_eq!(fold("ΣΟΦΟΣ Straße"), fold("σοφος STRAßE"));
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).map(|it| if it == 'ς' { 'σ' } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_folded_alone() {
        assert_eq!(fold("DUNE 2"), "dune 2");
        assert_eq!(fold("ÉCOLE ЖУК"), "école жук");
        assert_eq!(fold("İ"), "i\u{307}");
        assert_eq!(fold("ẞ"), "ß");
    }

    #[test]
    fn both_small_sigmas_are_one_letter() {
        assert_eq!(fold("ὈΔΥΣΣΕΎΣ"), fold("ὀδυσσεύς"));
        assert_eq!(fold("ς"), "σ");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        let all: String = ('\u{1}'..=char::MAX).collect();
        assert_eq!(fold(&fold(&all)), fold(&all));
    }
}
