//! Which of the known names a client probably meant.

/// Names longer than this are not compared: nobody mistypes them, and a hostile client would make
/// the comparison dear.
const LONGEST: usize = 64;

/// The known name nearest to an unknown one, where one is near enough to be meant: the same but
/// for case and separators, or within one edit per three characters. An edit inserts, removes or
/// changes a character, or swaps two neighbours.
///
/// ```
/// use resource_runtime::field::suggest;
///
/// assert_eq!(suggest("prise", ["title", "price"].into_iter()), Some("price"));
/// assert_eq!(suggest("colour", ["title", "price"].into_iter()), None);
/// ```
pub fn suggest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if unknown.is_empty() || unknown.len() > LONGEST * 4 {
        return None;
    }
    let unknown = plain(unknown);
    if unknown.is_empty() || unknown.len() > LONGEST {
        return None;
    }
    let near = (unknown.len().max(3) / 3).min(4);
    known
        .filter_map(|name| {
            let candidate = plain(name);
            // The lengths differ by at most the distance.
            if candidate.len().abs_diff(unknown.len()) > near {
                return None;
            }
            let distance = distance(&unknown, &candidate);
            (distance <= near).then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Without what different spellings of one name differ in: `publishedYear`, `published-year`.
fn plain(name: &str) -> Vec<char> {
    name.chars().filter(|it| !matches!(it, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The optimal string alignment distance, in three rows of the usual table.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous_a = None;
    for (row, &from) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(b.len() + 1);
        let mut left = row + 1;
        next.push(left);
        let mut previous_b = None;
        for (column, (&to, diagonal)) in b.iter().zip(last.windows(2)).enumerate() {
            let [corner, above] = diagonal else { break };
            let mut cost = (corner + usize::from(from != to)).min(above + 1).min(left + 1);
            if previous_a == Some(to) && previous_b == Some(from) {
                // Both characters before were these two, the other way round.
                let swapped = column.checked_sub(1).and_then(|it| before.get(it));
                cost = swapped.map_or(cost, |it| cost.min(it + 1));
            }
            left = cost;
            next.push(cost);
            previous_b = Some(to);
        }
        before = std::mem::replace(&mut last, next);
        previous_a = Some(from);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["title", "author_name", "price", "published_year", "id"];

    #[track_caller]
    fn check(unknown: &str, expected: Option<&str>) {
        assert_eq!(suggest(unknown, KNOWN.into_iter()), expected);
    }

    #[test]
    fn one_wrong_missing_extra_or_swapped_character_is_near() {
        check("prise", Some("price"));
        check("pric", Some("price"));
        check("pricee", Some("price"));
        check("rpice", Some("price"));
        check("tilte", Some("title"));
    }

    #[test]
    fn case_and_separators_do_not_count() {
        check("publishedYear", Some("published_year"));
        check("AUTHOR-NAME", Some("author_name"));
        check("ID", Some("id"));
    }

    #[test]
    fn what_is_far_is_not_suggested() {
        check("colour", None);
        check("xx", None);
        check("", None);
        check("__", None);
    }

    #[test]
    fn the_nearest_wins() {
        assert_eq!(suggest("min_prise", ["max_price", "min_price"].into_iter()), Some("min_price"));
    }

    #[test]
    fn long_names_are_not_compared() {
        check(&"price".repeat(10_000), None);
    }

    #[test]
    fn the_distance_is_that_of_optimal_string_alignment() {
        let of = |a: &str, b: &str| distance(&plain(a), &plain(b));
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("ca", "abc"), 3);
        assert_eq!(of("abcd", "acbd"), 1);
        assert_eq!(of("", "abc"), 3);
        assert_eq!(of("abc", ""), 3);
    }
}
