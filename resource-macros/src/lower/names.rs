//! Names that follow from other names.

/// The words of a Rust name: `HTTPServerLog2` has `http`, `server` and `log2`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = name.chars().collect();
    let mut previous = None;
    for (index, &char) in chars.iter().enumerate() {
        if char == '_' || char == '-' {
            previous = None;
            continue;
        }
        let next_is_lower = chars.get(index + 1).is_some_and(|it| it.is_lowercase());
        let starts = match previous {
            None => true,
            Some(before) => char.is_uppercase() && (!char::is_uppercase(before) || next_is_lower),
        };
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(char.to_lowercase());
        }
        previous = Some(char);
    }
    words
}

/// The plural of the last word, joined: `BookReview` gives `book-reviews`.
pub(super) fn plural_of(name: &str, separator: &str) -> String {
    let mut words = words(name);
    if let Some(last) = words.last_mut() {
        *last = plural(last);
    }
    words.join(separator)
}

/// The English plural of a lower-case word.
fn plural(word: &str) -> String {
    if UNCOUNTABLE.contains(&word) {
        return word.to_owned();
    }
    for (singular, plural) in WHOLE_WORDS {
        if word == *singular {
            return (*plural).to_owned();
        }
    }
    for (singular, plural) in IRREGULAR {
        if let Some(front) = word.strip_suffix(singular) {
            return format!("{front}{plural}");
        }
    }
    let ends = |ends: &[&str]| ends.iter().any(|it| word.ends_with(it));
    let cut = |count: usize| word.get(..word.len() - count).unwrap_or(word);
    if ends(&["ings", "ers", "ors"]) {
        // A type that was named in the plural.
        return word.to_owned();
    }
    if ends(&["sis", "xis"]) {
        return format!("{}es", cut(2));
    }
    if ends(&["y"]) && !ends(&["ay", "ey", "iy", "oy", "uy"]) {
        return format!("{}ies", cut(1));
    }
    if ends(&["iz"]) {
        return format!("{word}zes");
    }
    if ends(&["s", "x", "z", "ch", "sh"]) {
        return format!("{word}es");
    }
    format!("{word}s")
}

/// Without a plural of their own.
const UNCOUNTABLE: &[&str] = &[
    "advice",
    "audio",
    "data",
    "deer",
    "equipment",
    "feedback",
    "fish",
    "furniture",
    "hardware",
    "information",
    "jeans",
    "luggage",
    "media",
    "metadata",
    "money",
    "music",
    "news",
    "offspring",
    "people",
    "police",
    "rice",
    "series",
    "sheep",
    "shrimp",
    "software",
    "species",
    "staff",
    "swine",
    "traffic",
    "weather",
];

/// Endings, so that `salesperson` is one of them.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("woman", "women"),
    ("sman", "smen"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("mouse", "mice"),
    ("goose", "geese"),
    ("wife", "wives"),
    ("knife", "knives"),
    ("shelf", "shelves"),
    ("half", "halves"),
    ("leaf", "leaves"),
    ("quiz", "quizzes"),
    ("matrix", "matrices"),
    ("vertex", "vertices"),
    ("criterion", "criteria"),
    ("phenomenon", "phenomena"),
    ("bacterium", "bacteria"),
    ("curriculum", "curricula"),
    ("stomach", "stomachs"),
];

/// Words that are the ending of regular ones too.
const WHOLE_WORDS: &[(&str, &str)] = &[
    ("man", "men"),
    ("talisman", "talismans"),
    ("ox", "oxen"),
    ("life", "lives"),
    ("wolf", "wolves"),
    ("calf", "calves"),
    ("loaf", "loaves"),
    ("thief", "thieves"),
    ("scarf", "scarves"),
    ("datum", "data"),
    ("medium", "media"),
    ("hero", "heroes"),
    ("echo", "echoes"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("veto", "vetoes"),
    ("cactus", "cacti"),
    ("alumnus", "alumni"),
    ("fungus", "fungi"),
    ("nucleus", "nuclei"),
];

/// How `rename_all` writes the words of a variant or field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    Snake,
    Kebab,
    ScreamingSnake,
    ScreamingKebab,
    Camel,
    Pascal,
    Lower,
    Upper,
}

impl Case {
    pub(super) const ALL: [(&'static str, Self); 8] = [
        ("snake_case", Self::Snake),
        ("kebab-case", Self::Kebab),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
    ];

    /// The name of a field in this case. As in serde, those without words are what Rust has, in small letters or in great.
    pub(super) fn apply_to_field(self, name: &str) -> String {
        match self {
            Self::Snake | Self::Lower => name.to_owned(),
            Self::Upper => name.to_uppercase(),
            Self::Kebab | Self::ScreamingSnake | Self::ScreamingKebab | Self::Camel | Self::Pascal => self.apply(name),
        }
    }

    /// The name of a variant in this case.
    pub(super) fn apply(self, name: &str) -> String {
        let words = words(name);
        match self {
            Self::Snake => words.join("_"),
            Self::Kebab => words.join("-"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
            Self::Pascal => words.iter().map(|it| capitalized(it)).collect(),
            Self::Camel => {
                let (first, rest) = words.split_first().map_or(("", &[][..]), |(it, rest)| (it.as_str(), rest));
                std::iter::once(first.to_owned()).chain(rest.iter().map(|it| capitalized(it))).collect()
            }
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Whether a field of this name looks like one that must not leave the server, in whatever case it is written.
pub(super) fn is_secret(name: &str) -> bool {
    const WORDS: &[&str] = &["password", "passwd", "pwd", "passphrase", "passcode", "secret", "token"];
    /// What is one after another word: a `hash` alone may be anything's.
    const ENDS: &[&str] = &["hash"];
    /// The last two words.
    const PAIRS: &[&str] = &["api_key", "private_key", "secret_key", "access_key", "signing_key", "encryption_key"];
    /// The same again, as forms have it, and what a password is hashed with.
    const AFTER_A_PASSWORD: &[&str] = &["again", "confirmation", "repeat", "repeated", "salt"];
    let words = words(name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '_' || it == '-'));
    let words: Vec<&str> = words.iter().map(|it| if it == "apikey" { "api_key" } else { it.as_str() }).collect();
    let words = match words.as_slice() {
        [front @ .., last] if AFTER_A_PASSWORD.contains(last) && front.last() == Some(&"password") => front,
        all => all,
    };
    match words {
        [] => false,
        [one] => WORDS.contains(one) || PAIRS.contains(one),
        [.., before, last] => {
            WORDS.contains(last)
                || ENDS.contains(last)
                || PAIRS.contains(last)
                || PAIRS.contains(&format!("{before}_{last}").as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_start_at_capitals_and_acronyms_stay_whole() {
        assert_eq!(words("BookReview"), ["book", "review"]);
        assert_eq!(words("HTTPServerLog2"), ["http", "server", "log2"]);
        assert_eq!(words("already_snake"), ["already", "snake"]);
        assert_eq!(words("A"), ["a"]);
    }

    #[test]
    fn plurals_are_english() {
        for (singular, plural) in [
            ("Book", "books"),
            ("Category", "categories"),
            ("Box", "boxes"),
            ("Person", "people"),
            ("Child", "children"),
            ("Status", "statuses"),
            ("Address", "addresses"),
            ("Day", "days"),
            ("Key", "keys"),
            ("Analysis", "analyses"),
            ("Matrix", "matrices"),
            ("Index", "indexes"),
            ("Quiz", "quizzes"),
            ("Human", "humans"),
            ("Salesman", "salesmen"),
            ("Hero", "heroes"),
            ("Photo", "photos"),
            ("News", "news"),
            ("Series", "series"),
            ("Settings", "settings"),
            ("Branch", "branches"),
            ("Leaf", "leaves"),
            ("Roof", "roofs"),
            ("Lens", "lenses"),
            ("Bus", "buses"),
        ] {
            assert_eq!(plural_of(singular, "-"), plural);
        }
    }

    #[test]
    fn only_the_last_word_is_put_in_the_plural() {
        assert_eq!(plural_of("BookCategory", "-"), "book-categories");
        assert_eq!(plural_of("BookCategory", "_"), "book_categories");
    }

    #[test]
    fn cases_are_those_of_serde() {
        let all: Vec<_> = Case::ALL.iter().map(|(_, case)| case.apply("CheckedOut")).collect();
        assert_eq!(
            all,
            [
                "checked_out",
                "checked-out",
                "CHECKED_OUT",
                "CHECKED-OUT",
                "checkedOut",
                "CheckedOut",
                "checkedout",
                "CHECKEDOUT"
            ]
        );
    }

    #[test]
    fn cases_of_fields_are_those_of_serde() {
        let all: Vec<_> = Case::ALL.iter().map(|(_, case)| case.apply_to_field("address_line_2")).collect();
        assert_eq!(
            all,
            [
                "address_line_2",
                "address-line-2",
                "ADDRESS_LINE_2",
                "ADDRESS-LINE-2",
                "addressLine2",
                "AddressLine2",
                "address_line_2",
                "ADDRESS_LINE_2"
            ]
        );
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "password",
            "password_hash",
            "reset_token",
            "api_key",
            "client_secret",
            "pwd",
            "user_pwd",
            "passwd",
            "private_key",
            "ssh_private_key",
            "refresh_token",
            "password2",
            "password_2",
            "password_confirmation",
            "old_password_again",
            "passwordHash",
            "apiKey",
            "stripeApiKey",
            "APIKey",
            "apikey",
            "api-key",
            "ACCESS_TOKEN",
            "PrivateKey",
            "_token",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "hash",
            "tokens",
            "secretary",
            "password_changed_at",
            "key",
            "public_key",
            "token_count",
            "has_password_since",
            "confirmation",
            "salt",
            "keyboard",
            "",
            "_",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
