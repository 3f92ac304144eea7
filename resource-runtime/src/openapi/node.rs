mod read;
mod write;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::DocumentError;
use crate::field::{Kind, Value};
use crate::json::write_value;

/// A piece of the document: JSON whose objects keep the order in which they were written, and
/// whose numbers keep all their digits.
///
/// # Design
///
/// `serde_json::Value` sorts keys, unless a feature is on that would then be on for everything in
/// the user's build; and it reads `39.90` as `39.9`. A description of `price` before `title` where
/// the struct has them the other way round is one that people do not trust.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `null`
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as JSON writes it.
    Number(String),
    /// A text.
    Text(String),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Object),
}

/// An object of the document, in the order in which its members were added. Two are equal when
/// they have the same members, whatever the order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(IndexMap<String, Node>);

impl Object {
    /// One without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `{"$ref": …}` to a component.
    #[must_use]
    pub fn reference(section: &str, name: &str) -> Self {
        Self::new().with("$ref", format!("#/components/{section}/{name}"))
    }

    /// With one more member; one of that name is replaced, in its place.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Node>) -> Self {
        self.set(name, value);
        self
    }

    /// With one more member, if there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With one more member, unless the text is empty.
    #[must_use]
    pub fn with_text(self, name: &str, text: &str) -> Self {
        if text.is_empty() { self } else { self.with(name, text) }
    }

    /// Sets a member; one of that name is replaced, in its place.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Node>) {
        self.0.insert(name.into(), value.into());
    }

    /// A member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.0.get(name)
    }

    /// A member, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.0.get_mut(name)
    }

    /// Takes a member out; those after it keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Node> {
        self.0.shift_remove(name)
    }

    /// Whether there is such a member.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many members it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The node at an RFC 6901 pointer.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        let (first, rest) = first_token(pointer)?;
        self.get(&first)?.pointer(rest)
    }

    /// The object at an RFC 6901 pointer, to change it.
    ///
    /// ```
    /// use resource_runtime::openapi::Object;
    ///
    /// let mut document = Object::new().with("info", Object::new().with("title", "Books"));
    /// document.at("/info")?.set("x-audience", "public");
    /// assert!(document.at("/inof").is_err());
    /// # Ok::<(), resource_runtime::openapi::DocumentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no object.
    pub fn at(&mut self, pointer: &str) -> Result<&mut Self, DocumentError> {
        let missing = || DocumentError::new(format!("there is no object at `{pointer}`"));
        if pointer.is_empty() {
            return Ok(self);
        }
        self.pointer_mut(pointer).and_then(Node::as_object_mut).ok_or_else(missing)
    }

    /// The node at an RFC 6901 pointer, to change it.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Node> {
        let (first, rest) = first_token(pointer)?;
        self.get_mut(&first)?.pointer_mut(rest)
    }

    /// The members, in order, to change their values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Node)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// The members' values, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.0.values_mut()
    }

    /// The members, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<K: Into<String>, V: Into<Node>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Node {
    /// A value of a field of this kind, as responses have it.
    #[must_use]
    pub fn of_value(value: &Value, kind: &Kind) -> Self {
        match (value, kind) {
            (Value::Null, _) => Self::Null,
            (Value::Bool(it), _) => Self::Bool(*it),
            (Value::Text(it), _) => Self::Text(it.clone()),
            (Value::List(items), Kind::List(item)) => {
                Self::Array(items.iter().map(|it| Self::of_value(it, item)).collect())
            }
            (Value::Object(values), Kind::Object(meta)) => Self::Object(
                meta.fields
                    .iter()
                    .zip(values)
                    .map(|(field, value)| (field.name, Self::of_value(value, &field.kind)))
                    .collect(),
            ),
            (Value::Json(text), _) => serde_json::from_str(text).unwrap_or(Self::Null),
            // What is left is written as a number, or as a text without escapes.
            _ => {
                let mut out = Vec::new();
                write_value(&mut out, value, kind);
                let text = String::from_utf8(out).unwrap_or_default();
                match text.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
                    Some(text) => Self::Text(text.to_owned()),
                    None => Self::Number(text),
                }
            }
        }
    }

    /// The object that it is, if it is one.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(it) => Some(it),
            _ => None,
        }
    }

    /// The text that it is, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(it) => Some(it),
            _ => None,
        }
    }

    /// The object that it is, if it is one, to change it.
    pub const fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(it) => Some(it),
            _ => None,
        }
    }

    /// The node at an RFC 6901 pointer.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        match self {
            Self::Object(it) => it.pointer(pointer),
            Self::Array(it) => {
                let (first, rest) = first_token(pointer)?;
                it.get(first.parse::<usize>().ok()?)?.pointer(rest)
            }
            _ => None,
        }
    }

    /// The node at an RFC 6901 pointer, to change it.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        match self {
            Self::Object(it) => it.pointer_mut(pointer),
            Self::Array(it) => {
                let (first, rest) = first_token(pointer)?;
                it.get_mut(first.parse::<usize>().ok()?)?.pointer_mut(rest)
            }
            _ => None,
        }
    }
}

/// The first name of a pointer, and the pointer behind it.
fn first_token(pointer: &str) -> Option<(String, &str)> {
    let path = pointer.strip_prefix('/')?;
    let end = path.find('/').unwrap_or(path.len());
    let (token, rest) = path.split_at(end);
    Some((token.replace("~1", "/").replace("~0", "~"), rest))
}

impl From<Object> for Node {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Decimal> for Node {
    fn from(value: Decimal) -> Self {
        Self::Number(value.to_string())
    }
}

macro_rules! from_integers {
    ($($ty:ty)*) => {$(
        impl From<$ty> for Node {
            fn from(value: $ty) -> Self {
                Self::Number(value.to_string())
            }
        }
    )*};
}

from_integers!(i32 u16 u32 i64 u64 usize);

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Node>, const N: usize> From<[T; N]> for Node {
    fn from(items: [T; N]) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order() {
        let node = Node::from(Object::new().with("b", 1).with("a", [Node::Null, true.into()]).with("b", "x\"y"));
        assert_eq!(node.to_json(), br#"{"b":"x\"y","a":[null,true]}"#);
    }

    #[test]
    fn pretty_form_reads_as_the_same_json() {
        let node = Node::from(Object::new().with("a", [Object::new().with("b", 1), Object::new()]).with("c", "d"));
        let text = String::from_utf8(node.to_json_pretty()).unwrap();
        assert_eq!(text, "{\n  \"a\": [\n    {\n      \"b\": 1\n    },\n    {}\n  ],\n  \"c\": \"d\"\n}\n");
    }

    #[test]
    fn json_is_read_in_its_order() {
        let json = br#"{"b":[1,-2,1.5,null,true],"a":{"d":"x","c":18446744073709551615}}"#;
        assert_eq!(serde_json::from_slice::<Node>(json).unwrap().to_json(), json);
    }

    #[test]
    fn values_keep_all_their_digits() {
        let value = Value::List(vec![Value::Decimal(Decimal::new(3990, 2))]);
        assert_eq!(Node::of_value(&value, &Kind::List(&Kind::Decimal)).to_json(), b"[39.90]");
        let at = Value::Timestamp(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(Node::of_value(&at, &Kind::Timestamp), Node::from("1970-01-01T00:00:00Z"));
    }

    #[test]
    fn pointers_reach_into_objects_and_arrays() {
        let node = Node::from(Object::new().with("/a", [Object::new().with("b", 1)]));
        assert_eq!(node.pointer("/~1a/0/b"), Some(&Node::from(1)));
        assert_eq!(node.pointer("/~1a/1"), None);
    }
}
