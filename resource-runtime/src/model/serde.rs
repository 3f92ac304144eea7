//! What the serde implementations of models call.

use std::marker::PhantomData;

use ::serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _};
use ::serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::Model;
use crate::field::{Kind, Value};

/// What a model's `Serialize` implementation calls.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<M: Model, S: Serializer>(model: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let values = model.to_values();
    let mut map = serializer.serialize_map(None)?;
    for (index, value) in values.iter() {
        let Some((name, kind)) = M::RESOURCE.slot(index) else { continue };
        if M::RESOURCE.is_string(index) && !value.is_null() {
            let mut number = Vec::new();
            crate::json::write_value(&mut number, value, kind);
            map.serialize_entry(name, &String::from_utf8(number).map_err(S::Error::custom)?)?;
        } else {
            map.serialize_entry(name, &Typed(value, kind))?;
        }
    }
    map.end()
}

/// The model as a JSON object; absent fields are left out.
#[must_use]
pub fn to_json<M: Model>(model: &M) -> Vec<u8> {
    let mut json = vec![b'{'];
    for (index, value) in model.to_values().iter() {
        let Some((name, kind)) = M::RESOURCE.slot(index) else { continue };
        if json.len() > 1 {
            json.push(b',');
        }
        crate::json::write_string(&mut json, name);
        json.push(b':');
        crate::json::write_as(M::RESOURCE.is_string(index), &mut json, value.as_cell(kind), kind);
    }
    json.push(b'}');
    json
}

/// A value as serde sees it. Decimals and free JSON go through `RawValue`, which keeps their digits in `serde_json` and
/// is the only way that serde has for them.
struct Typed<'a>(&'a Value, &'a Kind);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (Value::Null, _) => serializer.serialize_unit(),
            (Value::Bool(it), _) => serializer.serialize_bool(*it),
            (Value::Int(it), _) => serializer.serialize_i64(*it),
            #[expect(clippy::cast_possible_truncation, reason = "the value was made from an f32")]
            (Value::Float(it), Kind::F32) => serializer.serialize_f32(*it as f32),
            (Value::Float(it), _) => serializer.serialize_f64(*it),
            (Value::Text(it), _) => serializer.serialize_str(it),
            (Value::Uuid(it), _) => serializer.collect_str(&it.hyphenated()),
            (Value::Timestamp(it), _) => serializer.collect_str(it),
            (Value::Date(it), _) => serializer.collect_str(it),
            (Value::Time(it), _) => serializer.collect_str(it),
            (Value::List(items), Kind::List(item)) => serializer.collect_seq(items.iter().map(|it| Typed(it, item))),
            (Value::Object(values), Kind::Object(meta)) => serializer
                .collect_map(meta.fields.iter().zip(values).map(|(field, it)| (field.name, Typed(it, &field.kind)))),
            (value, kind) => {
                let mut json = Vec::new();
                crate::json::write_value(&mut json, value, kind);
                let json = String::from_utf8(json).map_err(S::Error::custom)?;
                RawValue::from_string(json).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}

/// What a model's `Deserialize` implementation calls: the same reading, with the same problems, as
/// for a request's body. The deserializer must be serde_json's.
///
/// # Errors
///
/// All problems of the body in one message.
pub fn deserialize<'de, M: Model, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    Seed::<M>(PhantomData).deserialize(deserializer)
}

struct Seed<M>(PhantomData<M>);

impl<'de, M: Model> DeserializeSeed<'de> for Seed<M> {
    type Value = M;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<M, D::Error> {
        let raw = <Box<RawValue> as Deserialize>::deserialize(deserializer)?;
        let mut values = crate::input::parse(M::RESOURCE, M::USAGE, raw.get().as_bytes()).map_err(D::Error::custom)?;
        M::from_values(&mut values).map_err(D::Error::custom)
    }
}
