//! Whether what one schema allows is as before, more, or less.

use rust_decimal::Decimal;

use super::compare::{Comparison, below, member_of, target};
use crate::openapi::{Node, Object};

/// Which way a value goes. What clients send may be taken more freely; what they get may be said
/// more precisely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Request,
    Response,
}

/// How the values that a keyword allows have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// There are fewer.
    Narrower,
    /// There are more.
    Wider,
    /// Some went and some came, or nobody can tell.
    Other,
}

/// Bounds, and whether a greater one allows more.
const BOUNDS: [(&str, bool); 12] = [
    ("minimum", false),
    ("maximum", true),
    ("exclusiveMinimum", false),
    ("exclusiveMaximum", true),
    ("minLength", false),
    ("maxLength", true),
    ("minItems", false),
    ("maxItems", true),
    ("minProperties", false),
    ("maxProperties", true),
    ("minContains", false),
    ("maxContains", true),
];

/// Keywords of which it cannot be told how two differ; that one is there or not, can.
const OPAQUE: [&str; 9] =
    ["format", "pattern", "multipleOf", "not", "contains", "dependentRequired", "uniqueItems", "if", "propertyNames"];

impl<'a> Comparison<'a> {
    pub(super) fn schemas(
        &mut self,
        pointer: &str,
        old: Option<&'a Node>,
        new: Option<&'a Node>,
        direction: Direction,
    ) {
        let (was, now) = match (old, new) {
            (Some(was), Some(now)) => (was, now),
            (None, None) => return,
            (None, Some(_)) => return self.turned(pointer, Turn::Narrower, direction, "there is a schema now"),
            (Some(_), None) => return self.turned(pointer, Turn::Wider, direction, "there is no schema any more"),
        };
        // `true` and `false` are schemas too.
        if let (Node::Bool(was), Node::Bool(now)) = (was, now) {
            return match (was, now) {
                (true, false) => self.turned(pointer, Turn::Narrower, direction, "nothing is allowed any more"),
                (false, true) => self.turned(pointer, Turn::Wider, direction, "anything is allowed"),
                _ => {}
            };
        }
        if matches!(was, Node::Bool(false)) || matches!(now, Node::Bool(false)) {
            let turn = if matches!(was, Node::Bool(false)) { Turn::Wider } else { Turn::Narrower };
            return self.turned(pointer, turn, direction, "values are allowed in one of the two only");
        }
        let (was, now) = (Flat::of(self.old, was), Flat::of(self.new, now));
        let (Some(old_target), Some(new_target)) = (was.target, now.target) else {
            return self.flat(pointer, &was, &now, direction);
        };
        if old_target != new_target {
            let name = |it: &'a str| it.rsplit('/').next().unwrap_or_default();
            let what = format!("the model `{}` is called `{}` now", name(old_target), name(new_target));
            self.breaks(pointer, what);
        }
        match (was.is_null, now.is_null) {
            (true, false) => self.turned(pointer, Turn::Narrower, direction, "it is not null any more"),
            (false, true) => self.turned(pointer, Turn::Wider, direction, "it can be null now"),
            _ => {}
        }
        if self.seen.insert((old_target.to_owned(), new_target.to_owned(), direction)) {
            // Said once, where all who use the model find it.
            self.flat(new_target.trim_start_matches('#'), &was, &now, direction);
        }
    }

    fn flat(&mut self, pointer: &str, was: &Flat<'a>, now: &Flat<'a>, direction: Direction) {
        self.types(pointer, was, now, direction);
        self.values(pointer, was, now, direction);
        for (keyword, greater_is_wider) in BOUNDS {
            self.bound(pointer, keyword, greater_is_wider, (was.object, now.object), direction);
        }
        for keyword in OPAQUE {
            let pointer = below(pointer, keyword);
            match (was.object.get(keyword), now.object.get(keyword)) {
                (None, Some(_)) => self.turned(&pointer, Turn::Narrower, direction, "the rule is new"),
                (Some(_), None) => self.turned(&pointer, Turn::Wider, direction, "the rule is gone"),
                (Some(was), Some(now)) if was != now => {
                    let what = format!("{} became {}", text(was), text(now));
                    self.turned(&pointer, Turn::Other, direction, &what);
                }
                _ => {}
            }
        }
        if direction == Direction::Request && was.object.get("default") != now.object.get("default") {
            let pointer = below(pointer, "default");
            match (was.object.get("default"), now.object.get("default")) {
                (None, Some(_)) => self.adds(&pointer, "there is a default now"),
                _ => self.breaks(&pointer, "whoever leaves it out gets something else"),
            }
        }
        self.properties(pointer, was.object, now.object, direction);
        let items = (was.object.get("items"), now.object.get("items"));
        self.schemas(&below(pointer, "items"), items.0, items.1, direction);
        self.alternatives(pointer, was, now, direction);
        self.all_of(&below(pointer, "allOf"), was.object, now.object, direction);
    }

    fn types(&mut self, pointer: &str, was: &Flat<'a>, now: &Flat<'a>, direction: Direction) {
        let pointer = below(pointer, "type");
        let beside_models = was.target.is_none() || now.target.is_none();
        let (old, new) = (was.types(beside_models), now.types(beside_models));
        let takes = |types: &[&str], it: &str| types.contains(&it) || (it == "integer" && types.contains(&"number"));
        // No type at all is every type.
        let (narrower, wider) = match (old.is_empty(), new.is_empty()) {
            (true, false) => (true, false),
            (false, true) => (false, true),
            _ => (!old.iter().all(|it| takes(&new, it)), !new.iter().all(|it| takes(&old, it))),
        };
        let say = |types: &[&str]| if types.is_empty() { "anything".to_owned() } else { types.join(" or ") };
        let what = format!("{} became {}", say(&old), say(&new));
        match (narrower, wider) {
            (true, true) => self.turned(&pointer, Turn::Other, direction, &what),
            (true, false) => self.turned(&pointer, Turn::Narrower, direction, &what),
            (false, true) => self.turned(&pointer, Turn::Wider, direction, &what),
            (false, false) => {}
        }
    }

    /// `enum` and `const`.
    fn values(&mut self, pointer: &str, was: &Flat<'a>, now: &Flat<'a>, direction: Direction) {
        let pointer = below(pointer, "enum");
        let (was, now) = match (was.values(), now.values()) {
            (None, None) => return,
            (None, Some(_)) => {
                return self.turned(&pointer, Turn::Narrower, direction, "only some values are left");
            }
            (Some(_), None) => {
                return self.turned(&pointer, Turn::Wider, direction, "there are no fixed values any more");
            }
            (Some(was), Some(now)) => (was, now),
        };
        for gone in was.iter().filter(|it| !now.contains(it)) {
            self.turned(&pointer, Turn::Narrower, direction, &format!("the value {} is gone", text(gone)));
        }
        for new in now.iter().filter(|it| !was.contains(it)) {
            self.turned(&pointer, Turn::Wider, direction, &format!("the value {} is new", text(new)));
        }
    }

    fn bound(
        &mut self,
        pointer: &str,
        keyword: &str,
        greater_is_wider: bool,
        (was, now): (&Object, &Object),
        direction: Direction,
    ) {
        let pointer = below(pointer, keyword);
        let number = |it: Option<&Node>| -> Option<Decimal> {
            match it? {
                Node::Number(it) => {
                    it.parse().ok().or_else(|| Decimal::from_scientific(it).ok()).or_else(|| beyond_decimals(it))
                }
                _ => None,
            }
        };
        match (number(was.get(keyword)), number(now.get(keyword))) {
            (None, None) => {}
            (None, Some(now)) => self.turned(&pointer, Turn::Narrower, direction, &format!("the bound {now} is new")),
            (Some(was), None) => self.turned(&pointer, Turn::Wider, direction, &format!("the bound {was} is gone")),
            (Some(was), Some(now)) if was != now => {
                let turn = if (now > was) == greater_is_wider { Turn::Wider } else { Turn::Narrower };
                self.turned(&pointer, turn, direction, &format!("{was} became {now}"));
            }
            _ => {}
        }
    }

    fn properties(&mut self, pointer: &str, old: &'a Object, new: &'a Object, direction: Direction) {
        let (was, now) = (member_of(old, "properties"), member_of(new, "properties"));
        for (name, schema) in was.iter() {
            let place = below(&below(pointer, "properties"), name);
            match now.get(name) {
                Some(other) => self.schemas(&place, Some(schema), Some(other), direction),
                None if direction == Direction::Request => self.breaks(&place, "the field is not taken any more"),
                None => self.breaks(&place, "the field is gone"),
            }
            match (requires(old, name), requires(new, name), direction) {
                (false, true, Direction::Request) => self.breaks(&place, "the field must be sent now"),
                (true, false, Direction::Request) => self.adds(&place, "the field may be absent now"),
                (true, false, Direction::Response) if now.has(name) => {
                    self.breaks(&place, "the field may be absent now");
                }
                (false, true, Direction::Response) => self.adds(&place, "the field is always there now"),
                _ => {}
            }
        }
        for (name, _) in now.iter().filter(|(name, _)| !was.has(name)) {
            let place = below(&below(pointer, "properties"), name);
            if direction == Direction::Request && requires(new, name) {
                self.breaks(&place, "the field is new, and must be sent");
            } else {
                self.adds(&place, "the field is new");
            }
        }
        let place = below(pointer, "additionalProperties");
        // Without the keyword any are allowed. In answers more fields are always to be expected.
        if direction == Direction::Request {
            static ANY: Node = Node::Bool(true);
            let of = |it: &'a Object| it.get("additionalProperties").unwrap_or(&ANY);
            self.schemas(&place, Some(of(old)), Some(of(new)), direction);
        }
    }

    /// `anyOf` and `oneOf`: each alternative that has to be there still needs one of the other side
    /// that it can be compared with without a break.
    fn alternatives(&mut self, pointer: &str, was: &Flat<'a>, now: &Flat<'a>, direction: Direction) {
        let (was, now) = (&was.alternatives, &now.alternatives);
        let pointer = below(pointer, "anyOf");
        match (was.is_empty(), now.is_empty()) {
            (true, true) => return,
            (true, false) => return self.turned(&pointer, Turn::Narrower, direction, "there are alternatives now"),
            (false, true) => return self.turned(&pointer, Turn::Wider, direction, "the alternatives are gone"),
            (false, false) => {}
        }
        if was.len() == now.len() {
            for (index, (was, now)) in was.iter().zip(now).enumerate() {
                self.schemas(&below(&pointer, &index.to_string()), Some(was), Some(now), direction);
            }
            return;
        }
        for (index, alternative) in was.iter().enumerate() {
            if !now.iter().any(|it| self.passes(alternative, it, direction)) {
                let place = below(&pointer, &index.to_string());
                self.turned(&place, Turn::Narrower, direction, "the alternative is gone");
            }
        }
        for (index, alternative) in now.iter().enumerate() {
            if !was.iter().any(|it| self.passes(it, alternative, direction)) {
                let place = below(&pointer, &index.to_string());
                self.turned(&place, Turn::Wider, direction, "the alternative is new");
            }
        }
    }

    fn all_of(&mut self, pointer: &str, was: &'a Object, now: &'a Object, direction: Direction) {
        let list = |it: &'a Object| -> &'a [Node] {
            match it.get("allOf") {
                Some(Node::Array(all)) => all,
                _ => &[],
            }
        };
        let (was, now) = (list(was), list(now));
        for (index, pair) in was.iter().zip(now).enumerate() {
            self.schemas(&below(pointer, &index.to_string()), Some(pair.0), Some(pair.1), direction);
        }
        match was.len().cmp(&now.len()) {
            std::cmp::Ordering::Less => self.turned(pointer, Turn::Narrower, direction, "there are more rules"),
            std::cmp::Ordering::Greater => self.turned(pointer, Turn::Wider, direction, "there are fewer rules"),
            std::cmp::Ordering::Equal => {}
        }
    }

    /// Whether one schema can take the place of another, and break nobody.
    fn passes(&self, was: &'a Node, now: &'a Node, direction: Direction) -> bool {
        let mut trial = Comparison { seen: self.seen.clone(), ..Comparison::new(self.old, self.new) };
        trial.schemas("", Some(was), Some(now), direction);
        trial.changes.breaks.is_empty()
    }

    fn turned(&mut self, pointer: &str, turn: Turn, direction: Direction, what: &str) {
        match (turn, direction) {
            (Turn::Wider, Direction::Request) | (Turn::Narrower, Direction::Response) => self.adds(pointer, what),
            _ => self.breaks(pointer, what),
        }
    }
}

/// A schema that is the same whichever way it says that null is allowed.
struct Flat<'a> {
    object: &'a Object,
    /// The model that it refers to.
    target: Option<&'a str>,
    /// Whether null is allowed beside what the object says.
    is_null: bool,
    alternatives: Vec<&'a Node>,
}

impl<'a> Flat<'a> {
    fn of(document: &'a Node, node: &'a Node) -> Self {
        let (object, target) = target(document, node);
        let mut flat = Self { object, target, is_null: false, alternatives: Vec::new() };
        for keyword in ["anyOf", "oneOf"] {
            let Some(Node::Array(all)) = object.get(keyword) else { continue };
            let is_null = |it: &&Node| it.as_object().is_some_and(|it| types(it) == ["null"]);
            flat.is_null |= all.iter().any(|it| is_null(&it));
            flat.alternatives.extend(all.iter().filter(|it| !is_null(it)));
        }
        // A model, or null: compared as the model.
        if let ([one], true, None) = (flat.alternatives.as_slice(), flat.is_null, flat.target) {
            let (object, target) = self::target(document, one);
            return Self { object, target, is_null: true, alternatives: Vec::new() };
        }
        flat
    }

    /// The types of its values; every type where there are none. Null beside a model is compared with it.
    fn types(&self, with_null: bool) -> Vec<&'a str> {
        let mut types = types(self.object);
        if with_null && self.is_null && !types.is_empty() && !types.contains(&"null") {
            types.push("null");
        }
        types
    }

    fn values(&self) -> Option<Vec<&'a Node>> {
        match (self.object.get("const"), self.object.get("enum")) {
            (Some(one), _) => Some(vec![one]),
            (None, Some(Node::Array(all))) => Some(all.iter().collect()),
            _ => None,
        }
    }
}

fn types(object: &Object) -> Vec<&str> {
    match object.get("type") {
        Some(Node::Text(it)) => vec![it],
        Some(Node::Array(all)) => all.iter().filter_map(Node::as_text).collect(),
        _ => Vec::new(),
    }
}

fn requires(object: &Object, name: &str) -> bool {
    match object.get("required") {
        Some(Node::Array(all)) => all.iter().any(|it| it.as_text() == Some(name)),
        _ => false,
    }
}

fn text(node: &Node) -> String {
    String::from_utf8(node.to_json()).unwrap_or_default()
}

/// The bound next to a number that no decimal is: those of decimals themselves are read from a file as floats, and
/// are more than they were.
fn beyond_decimals(number: &str) -> Option<Decimal> {
    let number: f64 = number.parse().ok()?;
    Some(if number < 0.0 { Decimal::MIN } else { Decimal::MAX })
}
