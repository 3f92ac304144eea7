//! The operators of filters, one entry each.
//!
//! # Design
//!
//! An entry ([`OperatorMeta`]) has everything there is to know of an operator: its name, the kinds
//! of fields it is for, what it compares them with, what it means in memory, and the SQL that means
//! the same. To add one, write its entry beside those it resembles and add a row to the table below.
//!
//! What an operator means is settled in memory, by `matches`; the SQL of every dialect has to give
//! the same rows, which the conformance suite holds it to. The SQL may be null where `matches` is
//! false: [`Filter::write_sql`](super::Filter::write_sql) sees to it that this makes no difference.

mod column;
mod equality;
mod list;
mod membership;
mod null;
mod operand;
mod order;
#[cfg(test)]
mod testing;
mod text;

pub(crate) use column::Column;

use super::Operand;
use crate::field::{Kind, Value};
use crate::store::sql::SqlText;

/// What there is to know of an operator.
pub(super) struct OperatorMeta {
    /// The name in query strings and attributes.
    name: &'static str,
    /// What it means, as a sentence's end: "the field … {doc}".
    doc: &'static str,
    /// The fields it is for.
    fields: Fields,
    /// What it compares them with.
    operand: OperandShape,
    /// Whether it holds for a field's value, which may be null.
    matches: fn(&Value, &Operand, &Kind) -> bool,
    /// Writes a boolean expression of the same meaning.
    write_sql: fn(&mut SqlText, Column, &Operand),
}

/// The fields that an operator is for.
enum Fields {
    /// All.
    All,
    /// Those that hold one plain value.
    Scalars,
    /// Those whose values are worth comparing by order.
    Ordered,
    /// Those that hold text.
    Text,
    /// Those that hold a list of plain values.
    Lists,
}

/// What an operator compares a field with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperandShape {
    /// One value of the field's kind.
    One,
    /// One text.
    Text,
    /// `true` or `false`.
    Bool,
    /// Any number of values of the field's kind.
    Many,
    /// Any number of values of the kind of the list's items.
    Items,
}

macro_rules! operators {
    ($($(#[doc = $doc:literal])* $operator:ident = $entry:path;)*) => {
        /// A comparison that a filter makes between a field and a value.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operator {
            $($(#[doc = $doc])* $operator,)*
        }

        impl Operator {
            /// All of them, in the order that documentation lists them.
            pub const ALL: [Self; [$(Self::$operator),*].len()] = [$(Self::$operator),*];

            const fn meta(self) -> &'static OperatorMeta {
                match self {
                    $(Self::$operator => const { &$entry },)*
                }
            }
        }
    };
}

operators! {
    /// Equal.
    Eq = equality::EQ;
    /// Not equal; a null is not equal to any value.
    Ne = equality::NE;
    /// Greater.
    Gt = order::GT;
    /// Greater or equal.
    Gte = order::GTE;
    /// Less.
    Lt = order::LT;
    /// Less or equal.
    Lte = order::LTE;
    /// Equal to one of several.
    In = membership::IN;
    /// Equal to none of several.
    Nin = membership::NIN;
    /// Contains a text.
    Contains = text::CONTAINS;
    /// Starts with a text.
    StartsWith = text::STARTS_WITH;
    /// Ends with a text.
    EndsWith = text::ENDS_WITH;
    /// Equal, whatever the case of the letters.
    Ieq = text::IEQ;
    /// Contains a text, whatever the case of the letters.
    Icontains = text::ICONTAINS;
    /// Is null, or is not.
    IsNull = null::IS_NULL;
    /// The list has all of several values.
    HasAll = list::HAS_ALL;
    /// The list has at least one of several values.
    HasAny = list::HAS_ANY;
}

impl Operator {
    /// The operator of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The name in query strings and attributes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.meta().name
    }

    /// What it asks of the field's value: `is equal to this value`, `contains this text`, ….
    #[must_use]
    pub const fn doc(self) -> &'static str {
        self.meta().doc
    }

    /// What it compares a field with.
    #[must_use]
    pub const fn operand(self) -> OperandShape {
        self.meta().operand
    }

    /// Whether fields of a kind can be filtered with it.
    #[must_use]
    pub const fn applies_to(self, kind: &Kind) -> bool {
        match self.meta().fields {
            Fields::All => true,
            Fields::Scalars => kind.is_ordered(),
            Fields::Ordered => kind.is_ordered() && !matches!(kind, Kind::Bool | Kind::Enum(_)),
            Fields::Text => kind.is_text(),
            Fields::Lists => match kind {
                Kind::List(item) => item.is_ordered(),
                _ => false,
            },
        }
    }

    /// Whether it has a meaning for fields of a kind: Rust code can compare booleans and enums by
    /// their order, which clients are not offered.
    const fn is_defined_for(self, kind: &Kind) -> bool {
        match self.meta().fields {
            Fields::Ordered => kind.is_ordered(),
            _ => self.applies_to(kind),
        }
    }

    /// Whether it compares with several values.
    #[must_use]
    pub const fn takes_many(self) -> bool {
        matches!(self.operand(), OperandShape::Many | OperandShape::Items)
    }

    /// Whether it holds for a value of a field of this kind; never where it has no meaning for it.
    pub(super) fn matches(self, value: &Value, operand: &Operand, kind: &Kind) -> bool {
        self.is_defined_for(kind) && (self.meta().matches)(value, operand, kind)
    }

    /// Writes a boolean expression that holds for the same values.
    pub(super) fn write_sql(self, out: &mut SqlText, column: Column, operand: &Operand) {
        if self.is_defined_for(column.kind()) {
            (self.meta().write_sql)(out, column, operand);
        } else {
            out.push("FALSE");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::FieldType;

    #[test]
    fn names_are_unique_and_found() {
        for it in Operator::ALL {
            assert_eq!(Operator::from_name(it.name()), Some(it));
        }
        assert_eq!(Operator::from_name("EQ"), None);
        assert_eq!(Operator::from_name(""), None);
    }

    #[test]
    fn kinds_have_the_operators_that_make_sense_for_them() {
        let names = |kind: Kind| {
            let of: Vec<_> = Operator::ALL.iter().filter(|it| it.applies_to(&kind)).map(|it| it.name()).collect();
            of.join(" ")
        };
        assert_eq!(names(bool::KIND), "eq ne in nin is_null");
        assert_eq!(names(i64::KIND), "eq ne gt gte lt lte in nin is_null");
        assert_eq!(
            names(String::KIND),
            "eq ne gt gte lt lte in nin contains starts_with ends_with ieq icontains is_null"
        );
        assert_eq!(names(crate::testing::BookStatus::KIND), "eq ne in nin is_null");
        assert_eq!(names(Vec::<String>::KIND), "is_null has_all has_any");
        assert_eq!(names(serde_json::Value::KIND), "is_null");
    }

    #[test]
    fn an_operator_without_a_meaning_for_a_field_holds_for_none_of_its_values() {
        let (value, operand) = (Value::Int(10), Value::Text("1".to_owned()));
        assert!(!testing::holds(Operator::Contains, i64::KIND, &value, operand.clone()));
        testing::check_sql(Operator::Contains, "published_year", operand.clone(), "FALSE", "FALSE");
        assert!(!testing::holds(Operator::Ne, Vec::<String>::KIND, &Value::List(Vec::new()), operand.clone()));
        testing::check_sql(Operator::Ne, "tags", operand, "FALSE", "FALSE");
    }
}
