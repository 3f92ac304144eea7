//! Values from the JSON that lists and nested objects are stored as.

use std::fmt;
use std::str::FromStr;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::field::{Kind, ObjectMeta, Value};

/// Reads the JSON that [`write_value`](crate::json::write_value) made of a value of this kind.
///
/// An object may have been written when its type had other fields: those that are gone are left
/// out, and those that are new have their default, or null.
///
/// # Errors
///
/// When the text is not JSON, or not of this kind.
pub fn from_json(text: &str, kind: &Kind) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed(kind).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

struct Seed<'a>(&'a Kind);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.0 {
            // Through their own text: as floats they would lose digits.
            Kind::Decimal => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                if raw.get() == "null" {
                    return Ok(Value::Null);
                }
                rust_decimal::Decimal::from_str_exact(raw.get()).map(Value::Decimal).map_err(D::Error::custom)
            }
            Kind::Json => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                Ok(Value::Json(raw.get().to_owned()))
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.noun())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        match self.0 {
            Kind::Bool => Ok(Value::Bool(value)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a float that was written without a fraction fits")]
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        match self.0 {
            Kind::Int(width) if (width.min()..=width.max()).contains(&value) => Ok(Value::Int(value)),
            Kind::F32 | Kind::F64 => Ok(Value::Float(value as f64)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Signed(value), &self)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a float that was written without a fraction fits")]
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        match (i64::try_from(value), self.0) {
            (_, Kind::F32 | Kind::F64) => Ok(Value::Float(value as f64)),
            (Ok(value), _) => self.visit_i64(value),
            (Err(_), _) => Err(E::invalid_type(serde::de::Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        match self.0 {
            // The shortest text of an `f32` is not always the nearest `f64` of it.
            #[expect(clippy::cast_possible_truncation, reason = "the text was made from an f32")]
            Kind::F32 => Ok(Value::Float(f64::from(value as f32))),
            Kind::F64 => Ok(Value::Float(value)),
            _ => Err(E::invalid_type(serde::de::Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        fn parse<T: FromStr, E: serde::de::Error>(text: &str) -> Result<T, E>
        where
            T::Err: fmt::Display,
        {
            text.parse().map_err(E::custom)
        }
        Ok(match self.0 {
            Kind::Text | Kind::Enum(_) => Value::Text(text.to_owned()),
            Kind::Uuid => Value::Uuid(parse(text)?),
            Kind::Timestamp => Value::Timestamp(parse(text)?),
            Kind::Date => Value::Date(parse(text)?),
            Kind::Time => Value::Time(parse(text)?),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Str(text), &self)),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let Kind::List(item) = self.0 else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        };
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(Seed(item))? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let Kind::Object(meta) = self.0 else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self));
        };
        let mut values = vec![None; meta.fields.len()];
        while let Some(name) = entries.next_key::<std::borrow::Cow<'_, str>>()? {
            let found = meta.fields.iter().zip(&mut values).find(|(field, _)| field.name == name);
            match found {
                Some((field, slot)) => *slot = Some(entries.next_value_seed(Seed(&field.kind))?),
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Value::Object(fill(meta, values)))
    }
}

fn fill(meta: &ObjectMeta, values: Vec<Option<Value>>) -> Vec<Value> {
    let default = |field: &crate::field::FieldMeta| field.default.map_or(Value::Null, |it| it());
    meta.fields.iter().zip(values).map(|(field, value)| value.unwrap_or_else(|| default(field))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{FieldMeta, IntKind};

    static INNER: ObjectMeta = ObjectMeta {
        name: "Inner",
        doc: "",
        fields: &[
            FieldMeta::of::<String>("a"),
            FieldMeta::of::<Option<rust_decimal::Decimal>>("b"),
            FieldMeta::of::<i64>("c").default(|| Value::Int(7)),
        ],
        rules: &[],
    };

    #[track_caller]
    fn round_trip(value: &Value, kind: &Kind) {
        let mut json = Vec::new();
        crate::json::write_value(&mut json, value, kind);
        assert_eq!(from_json(&String::from_utf8(json).unwrap(), kind).unwrap(), *value);
    }

    #[test]
    fn decimals_keep_every_digit() {
        let kind = Kind::List(&Kind::Decimal);
        let text = "[79228162514264337593543950335,0.1000000000000000000000000000,-1.50]";
        let items = text.trim_matches(['[', ']']).split(',').map(|it| Value::Decimal(it.parse().unwrap())).collect();
        assert_eq!(from_json(text, &kind).unwrap(), Value::List(items));
    }

    #[test]
    fn texts_that_need_escapes_come_back() {
        round_trip(&Value::List(vec![Value::Text("a\"\\\n\u{1}é😀".to_owned())]), &Kind::List(&Kind::Text));
    }

    #[test]
    fn floats_of_both_widths_come_back() {
        round_trip(&Value::List(vec![Value::Float(f64::from(0.1_f32)), Value::Float(2.0)]), &Kind::List(&Kind::F32));
        round_trip(&Value::List(vec![Value::Float(1e300), Value::Float(-0.1)]), &Kind::List(&Kind::F64));
    }

    #[test]
    fn objects_come_back() {
        let value = Value::Object(vec![Value::Text("x".to_owned()), Value::Null, Value::Int(1)]);
        const ITEM: Kind = Kind::Object(&INNER);
        round_trip(&Value::List(vec![value]), &Kind::List(&ITEM));
    }

    #[test]
    fn objects_written_with_other_fields_are_read() {
        let value = from_json(r#"{"gone":[{}],"a":"x"}"#, &Kind::Object(&INNER)).unwrap();
        assert_eq!(value, Value::Object(vec![Value::Text("x".to_owned()), Value::Null, Value::Int(7)]));
    }

    #[test]
    fn json_keeps_its_own_form() {
        let text = r#"{"b":1.0,"a":[1e2]}"#;
        assert_eq!(from_json(text, &Kind::Json).unwrap(), Value::Json(text.to_owned()));
    }

    #[test]
    fn what_is_of_another_kind_is_refused() {
        for (text, kind) in [
            ("1", Kind::Text),
            ("\"a\"", Kind::Int(IntKind::I64)),
            ("300", Kind::Int(IntKind::U8)),
            ("[1", Kind::List(&Kind::Int(IntKind::I64))),
            ("[1] x", Kind::List(&Kind::Int(IntKind::I64))),
            ("{}", Kind::List(&Kind::Bool)),
            ("\"2020-13-01\"", Kind::Date),
        ] {
            assert!(from_json(text, &kind).is_err(), "{text}");
        }
    }
}
