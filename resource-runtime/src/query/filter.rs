mod alike;

use self::alike::Part;
use super::Operator;
use super::operator::Column;
use crate::field::Value;
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{Dialect, SqlText};

/// A condition on rows, built from comparisons with `and`, `or` and `not`.
///
/// # Design
///
/// The logic has two values, not SQL's three: a comparison with a field that is null is false,
/// except that null is not equal to any value (`ne`, `nin`). So `not` turns every row that did not
/// match into one that does, and `ne` and `nin` are the exact complements of `eq` and `in`. Stores
/// have to see to that.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Filter {
    /// Every row.
    #[default]
    All,
    /// The rows that one comparison holds for.
    Condition(Condition),
    /// The rows that all of these hold for; every row where there are none.
    And(Vec<Filter>),
    /// The rows that at least one of these holds for; no row where there are none.
    Or(Vec<Filter>),
    /// The rows that this does not hold for.
    Not(Box<Filter>),
}

/// One comparison of a [`Filter`].
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The position of the field.
    pub field: usize,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// One value of the field's kind; for text operators a text; for `is_null` a boolean.
    One(Value),
    /// Several values of the field's kind (of the item's, for lists); may be empty. For operators
    /// on parts of texts, one of which has to be there.
    Many(Vec<Value>),
}

impl Filter {
    /// The rows that this and the other hold for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, it) | (it, Self::All) => it,
            (Self::And(mut all), Self::And(more)) => {
                all.extend(more);
                Self::And(all)
            }
            (Self::And(mut all), it) => {
                all.push(it);
                Self::And(all)
            }
            (it, Self::And(mut all)) => {
                all.insert(0, it);
                Self::And(all)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }

    /// The rows that this or the other holds for.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Or(mut any), it) => {
                any.push(it);
                Self::Or(any)
            }
            (a, b) => Self::Or(vec![a, b]),
        }
    }

    /// Whether it holds for a row.
    #[must_use]
    pub fn matches(&self, meta: &ResourceMeta, record: &Record) -> bool {
        enum Pending<'a> {
            All(std::slice::Iter<'a, Filter>),
            Any(std::slice::Iter<'a, Filter>),
            Not,
        }

        // A stack of its own instead of recursion: no tree is too deep for it.
        let mut pending: Vec<Pending<'_>> = Vec::new();
        let mut node = self;
        loop {
            let mut holds = match node {
                Self::All => true,
                Self::Condition(it) => it.matches(meta, record),
                Self::And(all) => {
                    pending.push(Pending::All(all.iter()));
                    true
                }
                Self::Or(any) => {
                    pending.push(Pending::Any(any.iter()));
                    false
                }
                Self::Not(inner) => {
                    pending.push(Pending::Not);
                    node = inner;
                    continue;
                }
            };
            node = loop {
                let next = match pending.last_mut() {
                    None => return holds,
                    Some(Pending::All(rest)) if holds => rest.next(),
                    Some(Pending::Any(rest)) if !holds => rest.next(),
                    Some(Pending::All(_) | Pending::Any(_)) => None,
                    Some(Pending::Not) => {
                        holds = !holds;
                        None
                    }
                };
                match next {
                    Some(next) => break next,
                    None => pending.pop(),
                };
            };
        }
    }

    /// The condition on a row as it is now that holds where this one will hold once these fields
    /// have these values.
    ///
    /// A comparison looks at one field only, so that those of changed fields are decided here, and
    /// one statement is enough for a write that has to keep a condition true.
    #[must_use]
    pub fn after(&self, meta: &ResourceMeta, changes: &[(usize, Value)]) -> Self {
        match self {
            Self::All => Self::All,
            Self::Condition(it) => match changes.iter().rev().find(|(field, _)| *field == it.field) {
                Some((_, value)) if it.holds_for(meta, value) => Self::All,
                Some(_) => Self::Or(Vec::new()),
                None => self.clone(),
            },
            Self::And(all) => {
                let all: Vec<_> = all.iter().map(|it| it.after(meta, changes)).filter(|it| *it != Self::All).collect();
                if all.is_empty() { Self::All } else { Self::And(all) }
            }
            Self::Or(any) => {
                let any: Vec<_> = any.iter().map(|it| it.after(meta, changes)).collect();
                if any.contains(&Self::All) { Self::All } else { Self::Or(any) }
            }
            Self::Not(inner) => match inner.after(meta, changes) {
                Self::All => Self::Or(Vec::new()),
                Self::Or(any) if any.is_empty() => Self::All,
                inner => !inner,
            },
        }
    }

    /// Writes a boolean expression that is true for the rows that match, and false or null for the
    /// others. It goes into a `WHERE` clause whose table has no alias.
    ///
    /// # Design
    ///
    /// SQL's third value is kept from making a difference at one place: `IS NOT TRUE`, which stands
    /// for `not`, takes null for false. `AND`, `OR` and `WHERE` do so by themselves.
    pub fn write_sql(&self, meta: &'static ResourceMeta, out: &mut SqlText) {
        enum Step<'a> {
            Part(Part<'a>),
            Text(&'static str),
        }

        let is_joined = out.dialect == Dialect::Postgres;
        let mut steps = vec![Step::Part(Part::Node(self))];
        while let Some(step) = steps.pop() {
            let node = match step {
                Step::Text(text) => {
                    out.push(text);
                    continue;
                }
                Step::Part(Part::Node(node)) => node,
                Step::Part(Part::Joined(it)) => {
                    it.write_sql(meta, out);
                    continue;
                }
                Step::Part(Part::NotJoined(it)) => {
                    out.push("((");
                    it.write_sql(meta, out);
                    out.push(") IS NOT TRUE)");
                    continue;
                }
            };
            let (mut parts, between, none) = match node {
                Self::All => (Vec::new(), "", "TRUE"),
                Self::Condition(it) => {
                    it.write_sql(meta, out);
                    continue;
                }
                Self::And(all) => (if is_joined { alike::of_all(all) } else { alike::apart(all) }, " AND ", "TRUE"),
                Self::Or(any) => (if is_joined { alike::of_any(any) } else { alike::apart(any) }, " OR ", "FALSE"),
                Self::Not(inner) => {
                    out.push("((");
                    steps.extend([Step::Text(") IS NOT TRUE)"), Step::Part(Part::Node(inner))]);
                    continue;
                }
            };
            if parts.len() > 1 {
                out.push("(");
                steps.push(Step::Text(")"));
            }
            match parts.is_empty() {
                true => out.push(none),
                false => {
                    let first = parts.remove(0);
                    for part in parts.into_iter().rev() {
                        steps.extend([Step::Part(part), Step::Text(between)]);
                    }
                    steps.push(Step::Part(first));
                }
            }
        }
    }

    /// One comparison with one value.
    #[must_use]
    pub const fn one(field: usize, operator: Operator, value: Value) -> Self {
        Self::Condition(Condition { field, operator, operand: Operand::One(value) })
    }

    /// One comparison with several values.
    #[must_use]
    pub const fn many(field: usize, operator: Operator, values: Vec<Value>) -> Self {
        Self::Condition(Condition { field, operator, operand: Operand::Many(values) })
    }
}

impl Condition {
    /// Whether it holds for a row.
    #[must_use]
    pub fn matches(&self, meta: &ResourceMeta, record: &Record) -> bool {
        self.holds_for(meta, record.get(self.field))
    }

    /// Whether it holds for a row whose field has this value.
    fn holds_for(&self, meta: &ResourceMeta, value: &Value) -> bool {
        meta.fields.get(self.field).is_some_and(|field| self.operator.matches(value, &self.operand, &field.kind))
    }

    /// Writes a boolean expression as [`Filter::write_sql`] does.
    pub fn write_sql(&self, meta: &'static ResourceMeta, out: &mut SqlText) {
        match Column::of(meta, self.field) {
            Some(column) => self.operator.write_sql(out, column, &self.operand),
            None => out.push("FALSE"),
        }
    }
}

impl std::ops::Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::Dialect;
    use crate::testing::{BOOK, book};

    fn field(name: &str) -> usize {
        BOOK.field(name).unwrap().0
    }

    fn title(operator: Operator, text: &str) -> Filter {
        Filter::one(field("title"), operator, Value::Text(text.to_owned()))
    }

    fn dune(filter: &Filter) -> bool {
        filter.matches(BOOK, &book(1, "Dune", "9780441013593"))
    }

    fn sql(filter: &Filter) -> String {
        let mut out = SqlText::new(Dialect::Sqlite);
        filter.write_sql(BOOK, &mut out);
        out.text
    }

    fn yes() -> Filter {
        title(Operator::Eq, "Dune")
    }

    fn no() -> Filter {
        title(Operator::Eq, "Emma")
    }

    #[test]
    fn and_or_and_not_are_what_they_say() {
        assert!(dune(&Filter::And(vec![yes(), yes()])));
        assert!(!dune(&Filter::And(vec![yes(), no(), yes()])));
        assert!(dune(&Filter::Or(vec![no(), yes(), no()])));
        assert!(!dune(&Filter::Or(vec![no(), no()])));
        assert!(dune(&!Filter::Or(vec![no(), Filter::And(vec![yes(), no()])])));
        assert!(!dune(&!!no()));
        assert!(dune(&Filter::And(vec![Filter::Or(vec![no(), yes()]), !no(), yes()])));
    }

    #[test]
    fn none_of_all_holds_and_none_of_any_does_not() {
        assert!(dune(&Filter::All));
        assert!(dune(&Filter::And(vec![])));
        assert!(!dune(&Filter::Or(vec![])));
        assert_eq!(sql(&Filter::All), "TRUE");
        assert_eq!(sql(&Filter::And(vec![])), "TRUE");
        assert_eq!(sql(&Filter::Or(vec![])), "FALSE");
    }

    #[test]
    fn not_is_the_complement_for_nulls_too() {
        // `description` is null.
        let contains = Filter::one(field("description"), Operator::Contains, Value::Text("a".to_owned()));
        assert!(!dune(&contains));
        assert!(dune(&!contains));
    }

    #[test]
    fn a_field_that_is_not_there_has_no_rows() {
        let filter = Filter::one(99, Operator::IsNull, Value::Bool(true));
        assert!(!dune(&filter));
        assert_eq!(sql(&filter), "FALSE");
    }

    #[test]
    fn sql_has_the_same_structure() {
        let filter = Filter::And(vec![yes(), !Filter::Or(vec![no(), yes(), Filter::All]), Filter::Or(vec![no()])]);
        assert_eq!(
            sql(&filter),
            r#"("title" = ?1 AND ((("title" = ?2 OR "title" = ?3 OR TRUE)) IS NOT TRUE) AND "title" = ?4)"#
        );
    }

    #[test]
    fn comparisons_of_one_field_are_made_at_once_in_postgres() {
        let sql = |filter: &Filter| {
            let mut out = SqlText::new(Dialect::Postgres);
            filter.write_sql(BOOK, &mut out);
            let binds: Vec<_> = out.binds.iter().map(|(value, _)| format!("{value:?}")).collect();
            (out.text.replace(r#"translate(lower("title" COLLATE "und-x-icu"), 'ς', 'σ')"#, "folded"), binds.join(" "))
        };
        let has = |operator, tag: &str| Filter::many(field("tags"), operator, vec![Value::Text(tag.to_owned())]);
        let part = |text| title(Operator::Icontains, text);
        let (text, binds) = sql(&Filter::Or(vec![part("A"), yes(), part("b%"), yes(), has(Operator::HasAll, "x")]));
        assert_eq!(
            text,
            r#"(folded LIKE ANY($1::text[]) OR "title" COLLATE "C" = $2::text OR jsonb_object("tags", "tags") ?& $3::text[])"#
        );
        assert!(binds.starts_with(r#"List([Text("%a%"), Text("%b\\%%")])"#), "{binds}");
        let (text, _) =
            sql(&Filter::And(vec![!part("a"), !has(Operator::HasAny, "x"), !part("b"), !has(Operator::HasAll, "y")]));
        assert_eq!(
            text,
            r#"(((folded LIKE ANY($1::text[])) IS NOT TRUE) AND ((jsonb_object("tags", "tags") ?| $2::text[]) IS NOT TRUE))"#
        );
        // Those that all have to hold are found by an index one by one.
        let (text, _) = sql(&Filter::And(vec![part("a"), part("b")]));
        assert_eq!(text, "(folded LIKE $1::text AND folded LIKE $2::text)");
    }

    #[test]
    fn changes_decide_the_comparisons_of_their_fields() {
        let after =
            |filter: Filter, value: &str| filter.after(BOOK, &[(field("title"), Value::Text(value.to_owned()))]);
        let genre = || Filter::one(field("genre"), Operator::Eq, Value::Text("fiction".to_owned()));
        let nothing = || Filter::Or(vec![]);
        assert_eq!(after(yes(), "Dune"), Filter::All);
        assert_eq!(after(yes(), "Emma"), nothing());
        assert_eq!(after(!yes(), "Emma"), Filter::All);
        assert_eq!(after(!yes(), "Dune"), nothing());
        assert_eq!(after(genre(), "Dune"), genre());
        assert_eq!(after(Filter::Or(vec![yes(), genre()]), "Dune"), Filter::All);
        assert_eq!(after(Filter::And(vec![yes(), genre()]), "Dune"), Filter::And(vec![genre()]));
        assert_eq!(after(Filter::And(vec![yes()]), "Dune"), Filter::All);
    }

    #[test]
    fn no_tree_is_too_deep() {
        let mut filter = no();
        for _ in 0..9_999 {
            filter = !filter;
        }
        assert!(dune(&filter));
        assert!(sql(&filter).ends_with("IS NOT TRUE)"));
    }
}
