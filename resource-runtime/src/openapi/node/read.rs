use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Node, Object};
use crate::json::write_f64;

/// Keeps the order of members, which `serde_json::Value` does not.
impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Node, E> {
        Ok(it.into())
    }

    fn visit_i64<E>(self, it: i64) -> Result<Node, E> {
        Ok(it.into())
    }

    fn visit_u64<E>(self, it: u64) -> Result<Node, E> {
        Ok(it.into())
    }

    fn visit_f64<E>(self, it: f64) -> Result<Node, E> {
        let mut out = Vec::new();
        write_f64(&mut out, it);
        Ok(Node::Number(String::from_utf8(out).unwrap_or_default()))
    }

    fn visit_str<E>(self, it: &str) -> Result<Node, E> {
        Ok(it.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Node::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Object::new();
        while let Some((name, value)) = members.next_entry::<String, Node>()? {
            object.set(name, value);
        }
        Ok(Node::Object(object))
    }
}
