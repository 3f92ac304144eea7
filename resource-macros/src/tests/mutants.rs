//! Every token of every attribute matters: removed, misspelt, doubled, or of another type, it is an
//! error or makes another description. A token that could be changed with nothing following from it
//! would be one that is silently ignored.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use syn::DeriveInput;

/// Nothing in here says what goes without saying.
const EVERYTHING: &str = r##"
    #[resource(
        path = "tomes", table = "tomes", rename_all = "camelCase", view(Summary: id, title, is_recent), list = Summary,
        computed(is_recent: bool), sort = "-created_at,title:nulls_first", page(size = 10, max = 50),
        operations(read, bulk_create, restore), require_if_match, unique(title, isbn), index(price, title),
        crate = framework
    )]
    #[validate(schema(function = is_sound, code = "unsound", message = "makes no sense"))]
    pub struct Book {
        #[resource(id(client), filter(in))]
        pub id: i64,
        #[resource(search, sort, filter(eq, icontains = "like"), column = "name", rename = "heading")]
        #[validate(length(min = 1, max = 300, code = "size"), contains = "a", does_not_contain(pattern = "b"))]
        pub title: String,
        #[resource(unique, immutable, example = "9780441013593")]
        #[validate(regex(path = *ISBN), length(equal = 13), custom(function = is_isbn, message = "no"))]
        pub isbn: String,
        #[resource(sort, filter(gte = "min_price", lte = "max_price"), index = false, as_string, example = 39.99)]
        #[validate(range(exclusive_min = 0, max = 10000))]
        pub price: Decimal,
        #[resource(default, normalize = tidy, filter(has_all = "tags"), example = ["a", 1, -2.5])]
        pub tags: Vec<String>,
        #[resource(default = Status::Available, skip(create), filter(eq))]
        pub status: Status,
        #[resource(default = -1.5)]
        #[validate(range(min = -2, exclusive_max = HIGHEST))]
        pub score: f64,
        #[resource(write_only)]
        #[validate(email, must_match(other = "email_again"))]
        pub email: Option<String>,
        #[resource(write_only)]
        #[validate(email(code = "mail"))]
        pub email_again: Option<String>,
        #[resource(expose)]
        #[validate(url)]
        pub reset_token: Option<String>,
        #[resource(read_only)]
        pub rank: Option<i64>,
        #[resource(hidden)]
        pub notes: Option<String>,
        #[validate(nested)]
        pub place: Option<Place>,
        #[resource(created_at, sort)]
        pub created_at: Timestamp,
        #[resource(updated_at)]
        pub updated_at: Option<Timestamp>,
        #[resource(soft_delete(purge_after = "30 days"), read_only)]
        pub deleted_at: Option<Timestamp>,
    }
"##;

/// What goes with nothing of the above.
const THE_REST: &str = r##"
    #[resource(
        rename_all = "kebab-case", operations(list, get, create, bulk_update, bulk_delete, update_many, delete_many),
        sort = "rank"
    )]
    struct Note {
        #[resource(id)]
        id: Uuid,
        #[resource(filter(ne, in = "ranks", nin, is_null, gt, lt), unique)]
        rank: Option<i64>,
        #[resource(search, filter(contains, starts_with, ends_with, ieq), example = Text::new("a"))]
        #[validate(length(min = LEAST, max = MOST), url(message = "a link"), email)]
        text_of_it: String,
        #[resource(as_string, default = 7)]
        #[validate(range(min = 1.5, max = 9, message = "no"))]
        weight: i64,
        #[resource(filter(has_any), default = ["a", "b"])]
        tags: Vec<String>,
        #[resource(soft_delete)]
        deleted_at: Option<Timestamp>,
    }
"##;

/// A shop: other keys together, and each in its other forms.
const ORDER: &str = r##"
    #[resource(table = "orders_placed", rename_all = "SCREAMING_SNAKE_CASE", require_if_match = true)]
    #[resource(view(Line: id, total, r#type), view(Card: number, is_open, label))]
    #[resource(list = Card, computed(is_open: bool), computed(/** For print. */ label: Option<String>))]
    #[resource(sort = "type", unique(number, shop), unique(shop, r#type, day), index(day), index(total, day))]
    #[resource(operations(crud, bulk), page(max = 7, size = 5), crate = "crate::framework")]
    #[validate(schema(function = "rules::is_paid"), schema(function = rules::is_sent, code = "not_sent"))]
    pub(crate) struct Order {
        #[resource(id, example = 3, filter(gt, lte = "until"))]
        #[resource(rename = "ref")]
        id: i64,
        #[resource(immutable, default = NUMBER, normalize = "text::squeeze", filter(ieq, nin = "not", ends_with = "tail"))]
        #[validate(length(max = 9), regex(path = crate::NUMBER, code = "number", message = "no number"))]
        number: String,
        #[resource(skip(update, response), default = [Kind::A, Kind::B])]
        kinds: Vec<Kind>,
        #[resource(skip(create, update, response), default = -7)]
        rank: i16,
        #[resource(skip(update), sort, filter(eq = "type", ne = "not_type", in, is_null = "untyped"))]
        #[resource(column = "kind", example = "plain")]
        r#type: Option<String>,
        #[resource(as_string, default = 0.10, sort, filter(gt = "above", lt = "below"))]
        #[validate(range(exclusive_min = 0.05, exclusive_max = 1e6, code = "total", message = "too much"))]
        total: Decimal,
        #[resource(immutable, unique, sort)]
        shop: Uuid,
        #[resource(filter(gte = "from_day", lte = "to_day"), index = false, example = Date::MIN)]
        day: Date,
        #[resource(hidden, default = "none", column = "key_of_shop")]
        #[resource(rename = "shop_key")]
        api_key: String,
        #[resource(expose, read_only)]
        public_token: Option<String>,
        #[resource(filter(has_all, has_any = "labels"), default = ["new", "x"], example = [])]
        #[validate(length(min = 1), contains(pattern = "a", message = "an a"), does_not_contain = "b")]
        labels: Vec<String>,
        #[validate(custom(function = crate::checks::is_address, code = "address", message = "nowhere"), nested)]
        to: Address,
        #[resource(write_only, default)]
        #[validate(must_match(other = "number", code = "match", message = "differs"))]
        again: Option<String>,
        #[resource(created_at, hidden)]
        #[resource(rename = "made")]
        at: Timestamp,
        #[resource(updated_at, sort, filter(gt), index = false)]
        changed: Timestamp,
        #[resource(soft_delete(purge_after = "2 weeks"))]
        gone: Option<Timestamp>,
    }
"##;

/// Users and what is secret of them.
const USER: &str = r##"
    #[resource(path = "people", view(Me: id, name, role), computed(#[resource(expose)] session_token: String))]
    #[resource(operations(list, get, create, update, delete, restore, bulk_create, bulk_delete), sort = "name,-id")]
    struct User {
        #[resource(id(client), example = "ada")]
        id: String,
        #[resource(search, sort, filter(contains, icontains = "q", starts_with = "prefix"), normalize = trim)]
        #[validate(length(equal = 3, code = "three"), custom(function = "is_name"), custom(function = is_known))]
        name: String,
        #[resource(unique, write_only, rename = "mail")]
        #[validate(email(code = "mail", message = "no mail"), url)]
        email: Option<String>,
        #[resource(write_only)]
        #[validate(length(min = 8, max = 64))]
        password: Secret<String>,
        #[resource(hidden, default)]
        password_hash: PasswordHash,
        #[resource(read_only, default = Role::Guest, filter(eq, in = "roles"))]
        role: Role,
        #[resource(soft_delete, read_only, sort)]
        deleted: Option<Timestamp>,
    }
"##;

/// Deep in others, and without much.
const INVOICE: &str = r##"
    #[resource(rename_all = "PascalCase")]
    #[validate(schema(function = adds_up, message = "does not add up"))]
    struct Invoice {
        #[resource(default, rename = "rows", example = [Row::new()])]
        #[validate(nested, length(max = 50, code = "rows"))]
        lines: Vec<Row>,
        #[resource(example = 9.99, normalize = round)]
        #[validate(range(min = -1, max = LIMIT, message = "no"))]
        sum_of_all: Decimal,
        #[resource(expose)]
        #[validate(contains(pattern = "x"), must_match(other = again))]
        api_key: String,
        #[validate(url(code = "link"), email)]
        again: Option<String>,
    }
"##;

const WEEKDAY: &str = r##"
    #[resource(rename_all = "SCREAMING-KEBAB-CASE")]
    enum Weekday {
        #[resource(rename = "monday")]
        MonDay,
        TuesDay,
        #[resource(rename = "mid week")]
        r#Wednesday,
    }
"##;

const OBJECT: &str = r##"
    #[resource(rename_all = "camelCase", crate = framework)]
    #[validate(schema(function = is_deliverable, code = "lost", message = "no such place"))]
    struct Address {
        #[validate(length(min = 1, max = 99), nested, custom(function = is_street))]
        first_line: String,
        #[resource(default = "DE", normalize = upper, example = "FR", rename = "land")]
        #[validate(regex(path = *COUNTRY))]
        country: String,
        #[resource(expose)]
        door_secret: Option<String>,
    }
"##;

const ENUM: &str = r##"
    #[resource(rename_all = "kebab-case", crate = framework)]
    enum Status {
        OnTheShelf,
        #[resource(rename = "gone")]
        Archived,
    }
"##;

#[test]
fn every_token_of_an_attribute_matters() {
    check(EVERYTHING, crate::expand_resource, 500);
}

#[test]
fn every_token_of_rarer_attributes_matters() {
    check(THE_REST, crate::expand_resource, 250);
}

#[test]
fn every_token_of_a_value_objects_attributes_matters() {
    check(OBJECT, crate::expand_object, 100);
}

#[test]
fn every_token_of_an_enums_attributes_matters() {
    check(ENUM, crate::expand_enum, 20);
}

#[test]
fn every_token_of_an_orders_attributes_matters() {
    check(ORDER, crate::expand_resource, 700);
}

#[test]
fn every_token_of_a_users_attributes_matters() {
    check(USER, crate::expand_resource, 300);
}

#[test]
fn every_token_of_nested_attributes_matters() {
    check(INVOICE, crate::expand_object, 100);
}

#[test]
fn every_token_of_a_weekdays_attributes_matters() {
    check(WEEKDAY, crate::expand_enum, 20);
}

/// No mutant is taken for the original, and there are enough of them to be all.
#[track_caller]
fn check(original: &str, expand: fn(&DeriveInput) -> TokenStream, least: usize) {
    let original: TokenStream = original.parse().unwrap();
    let expected = expansion(&original, expand).expect("the original is right");
    let mut tried = 0;
    let mut ignored = Vec::new();
    for (what, mutant) in mutants(original, false) {
        tried += 1;
        if expansion(&mutant, expand).is_some_and(|it| it == expected) {
            ignored.push(what);
        }
    }
    assert!(tried > least, "{tried} mutants are too few to be all");
    assert!(ignored.is_empty(), "{} of {tried} mutants were taken for the original: {ignored:#?}", ignored.len());
}

/// What the derive prints, or nothing where it is an error.
fn expansion(input: &TokenStream, expand: fn(&DeriveInput) -> TokenStream) -> Option<String> {
    let tokens = expand(&syn::parse2(input.clone()).ok()?).to_string();
    (!tokens.contains("compile_error")).then_some(tokens)
}

/// All streams in which one token of an attribute is another, with what was done to it.
fn mutants(tokens: TokenStream, within: bool) -> Vec<(String, TokenStream)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut mutants = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let with = |replacement: Vec<TokenTree>| -> TokenStream {
            let (before, after) = (&tokens[..index], &tokens[index + 1..]);
            before.iter().cloned().chain(replacement).chain(after.iter().cloned()).collect()
        };
        let attribute = is_attribute(&tokens[..index]);
        if let TokenTree::Group(group) = token {
            for (what, inner) in mutants_of(group, within || attribute) {
                mutants.push((what, with(vec![TokenTree::Group(Group::new(group.delimiter(), inner))])));
            }
        }
        if within && !is_trailing_comma(token, &tokens[index + 1..]) {
            for (what, replacement) in replacements(token) {
                mutants.push((format!("{what}: {}", context(&tokens, index)), with(replacement)));
            }
        }
    }
    if within {
        mutants.extend(without_items(&tokens));
    }
    mutants
}

/// The streams from which one item between commas is missing.
fn without_items(tokens: &[TokenTree]) -> Vec<(String, TokenStream)> {
    let is_comma = |it: &TokenTree| matches!(it, TokenTree::Punct(it) if it.as_char() == ',');
    let items: Vec<TokenStream> =
        tokens.split(is_comma).filter(|it| !it.is_empty()).map(|it| it.iter().cloned().collect()).collect();
    let without = |missing: usize| {
        let rest = items.iter().enumerate().filter(|(index, _)| *index != missing).map(|(_, it)| it);
        (format!("without `{}`", items[missing]), quote::quote!(#(#rest),*))
    };
    (0..items.len()).map(without).collect()
}

fn mutants_of(group: &Group, within: bool) -> Vec<(String, TokenStream)> {
    // Outside of attributes only what can hold one is looked into.
    let holds_attributes = matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket);
    if within || holds_attributes { mutants(group.stream(), within) } else { Vec::new() }
}

fn is_attribute(before: &[TokenTree]) -> bool {
    matches!(before.last(), Some(TokenTree::Punct(it)) if it.as_char() == '#')
}

// A comma before a closing parenthesis is nothing but style.
fn is_trailing_comma(token: &TokenTree, after: &[TokenTree]) -> bool {
    matches!(token, TokenTree::Punct(it) if it.as_char() == ',') && after.is_empty()
}

fn replacements(token: &TokenTree) -> Vec<(&'static str, Vec<TokenTree>)> {
    let mut all = vec![("removed", vec![]), ("doubled", vec![token.clone(), token.clone()])];
    match token {
        TokenTree::Ident(it) => {
            let misspelt = format!("{it}x");
            all.push(("misspelt", vec![Ident::new(misspelt.trim_start_matches("r#"), it.span()).into()]));
            all.push(("of another type", vec![Literal::u8_unsuffixed(7).into()]));
        }
        TokenTree::Literal(it) if it.to_string().starts_with('"') => {
            all.push(("misspelt", vec![Literal::string(&format!("{}x", it.to_string().replace('"', ""))).into()]));
            all.push(("of another type", vec![Literal::u8_unsuffixed(7).into()]));
        }
        TokenTree::Literal(_) => all.push(("of another type", vec![Literal::string("seven").into()])),
        TokenTree::Group(_) | TokenTree::Punct(_) => {}
    }
    all
}

/// The tokens around the one that was changed.
fn context(tokens: &[TokenTree], index: usize) -> String {
    let around = &tokens[index.saturating_sub(3)..tokens.len().min(index + 4)];
    format!("`{}` in `{}`", tokens[index], around.iter().cloned().collect::<TokenStream>())
}
