//! Every attribute once, public and documented.

use std::sync::LazyLock;

use resource_runtime::field::{Bound, IdSource, Kind, Role, Rule, Value};
use resource_runtime::prelude::*;
use resource_runtime::resource::{Operation, SortMeta};

static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[A-Z]+$").unwrap());
const MOST: i64 = 1_000;
const LONGEST: u64 = 50;

/// How good it is.
///
/// In a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ResourceEnum)]
#[resource(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Grade {
    /// As it was made.
    #[default]
    LikeNew,
    /// With marks.
    #[resource(rename = "used")]
    WellUsed,
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq, ResourceObject)]
#[validate(schema(function = is_reachable, code = "unreachable"))]
pub struct Place {
    /// The room.
    #[validate(length(min = 1, max = LONGEST))]
    pub room: String,
    /// The shelf, counted from the door.
    #[resource(default = 1, example = 3)]
    pub shelf: u8,
    /// Left or right.
    #[resource(default = "left", normalize = lower)]
    pub side: Option<String>,
    /// For the lock.
    #[resource(expose)]
    pub token: Option<String>,
}

fn is_reachable(place: &Place) -> Result<(), ValidationError> {
    if place.shelf > 9 { Err(ValidationError::new("too_high")) } else { Ok(()) }
}

/// A thing that has everything.
#[derive(Debug, Clone, Resource)]
#[resource(path = "things", table = "all_things", require_if_match, page(size = 10, max = 50))]
#[resource(view(Card: id, name, label), view(Line: name), list = Card)]
#[resource(
    computed(
        /// The name, for print.
        label: String,
    ),
    sort = "-made:nulls_first, name",
    operations(read, create, update, bulk_delete),
    unique(name, code),
    index(kind, made),
    crate = ::resource_runtime
)]
#[validate(schema(function = "is_sensible"))]
pub struct Thing {
    /// Chosen by the client.
    #[resource(id(client), filter(in))]
    pub id: String,
    /// What it is called.
    #[resource(search, sort, filter(eq, ne, contains, starts_with, ends_with, gt = "after"), column = "title")]
    #[validate(
        length(min = 1, max = 300, code = "size", message = "too long"),
        contains = "a",
        does_not_contain(pattern = "!", message = "calm down"),
        custom(function = is_polite),
        custom(function = has_no_digits, code = "digits")
    )]
    pub name: String,
    /// The code.
    #[resource(immutable, example = "ABC")]
    #[validate(regex(path = *CODE), length(equal = 3))]
    pub code: String,
    /// Whom to ask.
    #[validate(email, must_match(other = "contact_again"))]
    pub contact: Option<String>,
    /// The same again.
    #[resource(write_only)]
    pub contact_again: Option<String>,
    /// Where to read more.
    #[validate(url(message = "not a link"))]
    pub link: Option<String>,
    /// How many there are.
    #[resource(default = 1, sort, filter(gte, lt), index = false)]
    #[validate(range(min = 0, exclusive_max = MOST), custom(function = is_even))]
    pub amount: i64,
    /// What it weighs.
    #[resource(default = 0.50, normalize = rounded)]
    #[validate(range(exclusive_min = -0.5, max = 1e3))]
    pub weight: Decimal,
    /// A rough guess.
    #[resource(default = -1.5)]
    pub guess: f64,
    /// How good it is.
    #[resource(default, filter(eq, nin = "not_kind"))]
    pub kind: Grade,
    /// How good it was.
    #[resource(default = Grade::WellUsed)]
    pub former: Option<Grade>,
    /// Words about it.
    #[resource(default = vec![String::from("new")], filter(has_any = "words"))]
    #[validate(length(max = 10), custom(function = are_few))]
    pub words: Vec<String>,
    /// Where it stands.
    #[validate(nested)]
    pub place: Option<Place>,
    /// Where it stood.
    #[resource(default)]
    #[validate(nested)]
    pub places: Vec<Place>,
    /// Who made it.
    #[resource(hidden)]
    pub maker: Option<Uuid>,
    /// To be let in.
    #[resource(write_only, unique)]
    pub api_key: Option<String>,
    /// When it was looked at.
    #[resource(skip(create, update), filter(is_null))]
    pub seen: Option<Date>,
    /// When it was made.
    #[resource(created_at, sort, filter(gte, lte))]
    pub made: Timestamp,
    /// When it was changed.
    #[resource(updated_at, hidden)]
    pub changed: Timestamp,
    /// When it went.
    #[resource(soft_delete(purge_after = "2 weeks"), read_only, sort)]
    pub gone: Option<Timestamp>,
}

impl Thing {
    /// The name, for print.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} ({})", self.name, self.code)
    }
}

fn lower(text: String) -> String {
    text.to_lowercase()
}

fn rounded(weight: Decimal) -> Decimal {
    weight.round_dp(2)
}

fn is_polite(name: &str) -> Result<(), ValidationError> {
    if name.contains("damn") { Err(ValidationError::new("rude")) } else { Ok(()) }
}

#[allow(clippy::ptr_arg, reason = "this form has to work too")]
fn has_no_digits(name: &String) -> Result<(), ValidationError> {
    if name.contains(char::is_numeric) { Err(ValidationError::new("digit")) } else { Ok(()) }
}

fn is_even(count: i64) -> Result<(), ValidationError> {
    if count % 2 == 0 { Ok(()) } else { Err(ValidationError::new("odd")) }
}

fn are_few(words: &[String]) -> Result<(), ValidationError> {
    if words.len() < 5 { Ok(()) } else { Err(ValidationError::new("many")) }
}

fn is_sensible(thing: &Thing) -> Result<(), ValidationError> {
    if thing.words.contains(&thing.name) { Err(ValidationError::new("repeats_itself")) } else { Ok(()) }
}

fn custom_code(rule: &Rule, value: &Value) -> Option<String> {
    let Rule::Custom(function) = rule else { panic!("{rule:?} is no function") };
    function(value).err().map(|it| it.code.into_owned())
}

fn field(name: &str) -> &'static resource_runtime::field::FieldMeta {
    Thing::META.field(name).map(|(_, it)| it).unwrap()
}

fn thing(name: &str) -> Thing {
    Thing {
        id: "t1".to_owned(),
        name: name.to_owned(),
        code: "ABC".to_owned(),
        contact: None,
        contact_again: None,
        link: None,
        amount: 2,
        weight: Decimal::ONE,
        guess: 0.5,
        kind: Grade::LikeNew,
        former: None,
        words: vec!["old".to_owned()],
        place: None,
        places: Vec::new(),
        maker: None,
        api_key: Some("k".to_owned()),
        seen: None,
        made: Timestamp::UNIX_EPOCH,
        changed: Timestamp::UNIX_EPOCH,
        gone: None,
    }
}

#[test]
fn what_was_said_of_the_struct_is_in_its_description() {
    let meta = Thing::META;
    assert_eq!((meta.name, meta.path, meta.table), ("Thing", "things", "all_things"));
    assert_eq!(meta.doc, "A thing that has everything.");
    assert_eq!((meta.page.size, meta.page.max), (10, 50));
    assert!(meta.require_if_match);
    let views: Vec<_> = meta.views.iter().map(|it| (it.name, it.fields)).collect();
    assert_eq!(views, [("Card", &["id", "name", "label"][..]), ("Line", &["name"][..])]);
    assert_eq!(meta.list, Some("Card"));
    assert_eq!(
        meta.computed.iter().map(|it| (it.name, it.doc)).collect::<Vec<_>>(),
        [("label", "The name, for print.")]
    );
    assert_eq!(meta.sort, [SortMeta::desc("made").nulls_first(), SortMeta::asc("name")]);
    assert_eq!(meta.unique, [["name", "code"]]);
    assert_eq!(meta.indexes, [["kind", "made"]]);
    let operations = [Operation::List, Operation::Get, Operation::Create, Operation::Update, Operation::BulkDelete];
    assert!(operations.iter().all(|it| meta.operations.has(*it)));
    assert!(![Operation::Replace, Operation::Delete, Operation::BulkCreate].iter().any(|it| meta.operations.has(*it)));
}

#[test]
fn what_was_said_of_fields_is_in_their_descriptions() {
    assert!(matches!(field("id").role, Role::Id(IdSource::Client)));
    assert_eq!(field("name").column, "title");
    assert_eq!(field("name").doc, "What it is called.");
    let filters: Vec<_> = field("name").filters.iter().map(|it| (it.operator.name(), it.parameter)).collect();
    let plain = ["eq", "ne", "contains", "starts_with", "ends_with"].map(|it| (it, None));
    assert_eq!(filters, [&plain[..], &[("gt", Some("after"))]].concat());
    assert!(!field("amount").index && field("name").index);
    let access = |name| (field(name).access.create, field(name).access.update, field(name).access.response);
    assert_eq!(access("code"), (true, false, true));
    assert_eq!(access("contact_again"), (true, true, false));
    assert_eq!(access("maker"), (false, false, false));
    assert_eq!(access("seen"), (false, false, true));
    assert_eq!(access("changed"), (false, false, false));
    assert_eq!(access("gone"), (false, false, true));
    assert_eq!(Thing::META.purge_after().map(|it| it.as_secs()), Some(14 * 86_400));
    assert_eq!(Thing::META.soft_delete(), Thing::META.field("gone").map(|it| it.0));
    assert!(matches!(field("kind").kind, Kind::Enum(meta) if meta.name == "Grade"));
    assert!(matches!(field("places").kind, Kind::List(Kind::Object(meta)) if meta.name == "Place"));
}

#[test]
fn defaults_are_values_of_the_fields_types() {
    let default = |name| field(name).default.map(|it| it());
    assert_eq!(default("amount"), Some(Value::Int(1)));
    assert_eq!(default("weight"), Some(Value::Decimal(Decimal::new(50, 2))));
    assert_eq!(default("guess"), Some(Value::Float(-1.5)));
    assert_eq!(default("kind"), Some(Value::Text("LIKE-NEW".to_owned())));
    assert_eq!(default("former"), Some(Value::Text("used".to_owned())));
    assert_eq!(default("words"), Some(Value::List(vec![Value::Text("new".to_owned())])));
    assert_eq!(field("code").example.map(|it| it()), Some(Value::Text("ABC".to_owned())));
}

#[test]
fn rules_have_their_bounds_codes_and_messages() {
    let [length, contains, not, polite, digits] = field("name").rules else { panic!("five rules") };
    assert!(matches!(length.rule, Rule::Length { min: Some(1), max: Some(300), equal: None }));
    assert_eq!((length.code, length.message), (Some("size"), Some("too long")));
    assert!(matches!((contains.rule, not.rule), (Rule::Contains("a"), Rule::DoesNotContain("!"))));
    assert_eq!(not.message, Some("calm down"));
    let text = |it: &str| Value::Text(it.to_owned());
    assert_eq!(custom_code(&polite.rule, &text("damn it")).as_deref(), Some("rude"));
    assert_eq!(custom_code(&digits.rule, &text("a1")).as_deref(), Some("digit"));
    assert_eq!(custom_code(&digits.rule, &Value::Null), None);
    assert_eq!(digits.code, Some("digits"));

    let [range, even] = field("amount").rules else { panic!("two rules") };
    let Rule::Range { min: Some(min), exclusive_max: Some(max), max: None, exclusive_min: None } = range.rule else {
        panic!("{range:?}")
    };
    assert_eq!((min.value(), max.value()), (Decimal::ZERO, Decimal::from(MOST)));
    assert_eq!(custom_code(&even.rule, &Value::Int(3)).as_deref(), Some("odd"));

    let Rule::Range { exclusive_min: Some(min), max: Some(max), .. } = field("weight").rules[0].rule else { panic!() };
    assert!(matches!(min, Bound::Literal { mantissa: -5, scale: 1 }));
    assert_eq!(max.value(), Decimal::from(1000));

    assert!(matches!(field("code").rules[0].rule, Rule::Length { equal: Some(3), min: None, max: None }));
    assert!(matches!(field("code").rules[1].rule, Rule::Regex(regex) if regex().is_match("ABC")));
    assert!(matches!(field("contact").rules[1].rule, Rule::MustMatch("contact_again")));
    assert_eq!(field("link").rules[0].message, Some("not a link"));
}

#[test]
fn rules_over_the_whole_see_the_whole() {
    let values = |name: &str| Value::Object(thing(name).into_values());
    assert_eq!(custom_code(&Thing::META.rules[0].rule, &values("old")).as_deref(), Some("repeats_itself"));
    assert_eq!(custom_code(&Thing::META.rules[0].rule, &values("new")), None);

    let Kind::Object(place) = &field("place").kind else { panic!("a place is an object") };
    let far = Value::Object(vec![Value::Text("a".to_owned()), Value::Int(10), Value::Null, Value::Null]);
    assert_eq!(custom_code(&place.rules[0].rule, &far).as_deref(), Some("too_high"));
    assert_eq!(place.rules[0].code, Some("unreachable"));
    assert_eq!(place.fields[1].default.map(|it| it()), Some(Value::Int(1)));
    assert_eq!(place.fields[2].default.map(|it| it()), Some(Value::Text("left".to_owned())));
}

#[test]
fn enums_go_to_the_wire_and_back() {
    use resource_runtime::field::{EnumType, FieldType};
    let names: Vec<_> = Grade::ENUM.variants.iter().map(|it| (it.name, it.doc)).collect();
    assert_eq!(names, [("LIKE-NEW", "As it was made."), ("used", "With marks.")]);
    assert_eq!(Grade::ENUM.doc, "How good it is.\n\nIn a word.");
    assert_eq!(Grade::from_value(Grade::WellUsed.into_value()), Ok(Grade::WellUsed));
    assert!(Grade::from_value(Value::Text("LikeNew".to_owned())).is_err());
}

#[test]
fn objects_go_to_values_and_back() {
    use resource_runtime::field::FieldType;
    let place = Place { room: "hall".to_owned(), shelf: 2, side: None, token: None };
    assert_eq!(Place::from_value(place.clone().into_value()), Ok(place));
    assert!(Place::from_value(Value::Int(1)).is_err());
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let create = ThingCreate {
        id: "t1".to_owned(),
        name: "a".to_owned(),
        code: "ABC".to_owned(),
        contact: None,
        contact_again: None,
        link: None,
        amount: Set::Absent,
        weight: Set::Absent,
        guess: Set::Value(1.0),
        kind: Set::Absent,
        former: Patch::Null,
        words: Set::Absent,
        place: None,
        places: Set::Absent,
        api_key: Some("very secret".to_owned()),
    };
    let shown = format!("{create:?}");
    assert!(shown.contains("api_key: [hidden]") && !shown.contains("very secret"), "{shown}");
}

#[test]
fn computed_fields_are_in_views() {
    let card: ThingCard = thing("lamp").into_model().unwrap();
    assert_eq!(card.label, "lamp (ABC)");
}
