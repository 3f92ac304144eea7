//! Constants of the program as SQL writes them; values that come from clients are never written so.

use super::{Dialect, postgres_type};
use crate::field::{FieldMeta, Kind, Value};

/// A text as a literal; for constants of the program.
pub(crate) fn literal_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A literal that a column of this field can have in rows that say nothing of it: the field's
/// default, or else null or the emptiest value of its kind.
#[must_use]
pub fn default_literal(dialect: Dialect, field: &FieldMeta) -> String {
    let value = field.default.map(|it| it());
    match value {
        Some(value) => literal(dialect, &value, &field.kind),
        None if field.nullable => "NULL".to_owned(),
        None => empty(dialect, &field.kind),
    }
}

fn empty(dialect: Dialect, kind: &Kind) -> String {
    let text = match kind {
        Kind::Bool if dialect == Dialect::Postgres => "false",
        Kind::Bool | Kind::Int(_) | Kind::F32 | Kind::F64 => "0",
        Kind::Decimal if dialect == Dialect::Postgres => "0",
        Kind::Decimal => "'0'",
        Kind::Timestamp | Kind::Time if dialect == Dialect::Sqlite => "0",
        Kind::Timestamp => "'1970-01-01T00:00:00Z'",
        Kind::Time => "'00:00:00'",
        Kind::Date => "'1970-01-01'",
        Kind::Uuid => "'00000000-0000-0000-0000-000000000000'",
        Kind::Text => "''",
        Kind::Enum(it) => return literal_text(it.names().next().unwrap_or("")),
        Kind::Object(_) => "'{}'",
        Kind::List(_) if dialect == Dialect::Postgres && postgres_type(kind).ends_with("[]") => "'{}'",
        Kind::List(_) => "'[]'",
        Kind::Json => "'null'",
    };
    text.to_owned()
}

/// A value as a literal; for constants of the program.
fn literal(dialect: Dialect, value: &Value, kind: &Kind) -> String {
    let json = |value: &Value, kind: &Kind| {
        let mut out = Vec::new();
        crate::json::write_value(&mut out, value, kind);
        String::from_utf8_lossy(&out).into_owned()
    };
    match (value, kind) {
        (Value::Null, _) => "NULL".to_owned(),
        (Value::Bool(it), _) if dialect == Dialect::Sqlite => i64::from(*it).to_string(),
        (Value::Bool(_) | Value::Int(_) | Value::Float(_), _) => json(value, kind),
        (Value::Decimal(it), _) if dialect == Dialect::Postgres => it.to_string(),
        (Value::Decimal(it), _) => literal_text(&it.to_string()),
        (Value::Timestamp(it), _) if dialect == Dialect::Sqlite => it.as_microsecond().to_string(),
        (Value::Time(it), _) if dialect == Dialect::Sqlite => {
            (it.duration_since(jiff::civil::Time::midnight()).as_micros()).to_string()
        }
        (Value::Timestamp(it), _) => literal_text(&it.to_string()),
        (Value::Time(it), _) => literal_text(&it.to_string()),
        (Value::Date(it), _) => literal_text(&it.to_string()),
        (Value::Uuid(it), _) => literal_text(&it.hyphenated().to_string()),
        (Value::Text(it) | Value::Json(it), _) => literal_text(it),
        (Value::List(items), Kind::List(item))
            if dialect == Dialect::Postgres && postgres_type(kind).ends_with("[]") =>
        {
            let items: Vec<_> = items.iter().map(|it| literal(dialect, it, item)).collect();
            format!("ARRAY[{}]::{}", items.join(", "), postgres_type(kind))
        }
        (Value::List(_) | Value::Object(_), _) => literal_text(&json(value, kind)),
    }
}
