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

/// The longest text that is folded without a copy on the heap.
const SHORT: usize = 256;

/// Whether a text, folded, contains a part that is folded already: `fold(text).contains(part)`, which a
/// filter asks of every row that it looks at, and without a copy of most of them.
#[must_use]
pub(crate) fn folded_contains(text: &str, part: &str) -> bool {
    let mut buffer = [0; SHORT];
    match buffer.get_mut(..text.len()) {
        Some(copy) if text.is_ascii() => {
            copy.copy_from_slice(text.as_bytes());
            copy.make_ascii_lowercase();
            std::str::from_utf8(copy).is_ok_and(|it| it.contains(part))
        }
        _ => fold(text).contains(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_as_in_the_folded_text() {
        let long = "x".repeat(SHORT) + "AB";
        let texts = ["", "a", "Dune", "DUNE\u{7f}", "École", "ΣΑΣ", "İ", "\u{212a}elvin", &long, &"é".repeat(SHORT)];
        let parts = ["", "a", "dune", "un", "e\u{7f}", "é", "éc", "σας", "σασ", "i", "\u{307}", "kelvin", "xab", "b"];
        for (text, part) in texts.iter().flat_map(|text| parts.map(|part| (text, fold(part)))) {
            assert_eq!(folded_contains(text, &part), fold(text).contains(&part), "{text} {part}");
        }
    }

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
