use super::scan::{Scanner, SyntaxError};
use crate::field::{FieldMeta, suggest};
use crate::query::Operator;

/// An operator as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// One of the operators, whose operand follows.
    Operator(Operator),
    /// `is null` and `is not null`, which have their operand in them.
    Null(bool),
    /// `has`: `has_all` or `has_any`, which mean the same of one value.
    Has,
}

/// The signs, longer ones first.
const SIGNS: [(&str, Operator); 6] = [
    ("!=", Operator::Ne),
    (">=", Operator::Gte),
    ("<=", Operator::Lte),
    ("=", Operator::Eq),
    (">", Operator::Gt),
    ("<", Operator::Lt),
];

impl Written {
    /// Reads an operator.
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let start = scanner.position();
        // What other languages write.
        for (foreign, own) in [("==", "="), ("<>", "!=")] {
            if scanner.eat(foreign) {
                let detail = format!("there is no operator `{foreign}`; write `{own}`");
                return Err(SyntaxError { did_you_mean: Some(own), ..SyntaxError::new(start, detail) });
            }
        }
        if let Some((_, operator)) = SIGNS.iter().find(|(sign, _)| scanner.eat(sign)) {
            return Ok(Self::Operator(*operator));
        }
        let mut unexpected = scanner.expected("an operator");
        let Some(word) = scanner.word() else { return Err(unexpected) };
        if let Some(operator) = Operator::from_name(word) {
            return Ok(Self::Operator(operator));
        }
        match word {
            "has" => Ok(Self::Has),
            "is" => {
                let not = scanner.eat_word("not");
                let null = scanner.eat_word("null");
                let what = if not { "`null`" } else { "`null` or `not null`" };
                if null { Ok(Self::Null(!not)) } else { Err(scanner.expected(what)) }
            }
            "not" => {
                let found = scanner.eat_word("in");
                if found { Ok(Self::Operator(Operator::Nin)) } else { Err(scanner.expected("`in`")) }
            }
            _ => {
                unexpected.did_you_mean = suggest(word, Operator::ALL.iter().map(|it| it.name()).chain(["has", "is"]));
                Err(unexpected)
            }
        }
    }

    /// The operator that it means for a field; none where the field does not declare it.
    pub(super) fn declared(self, field: &FieldMeta) -> Option<Operator> {
        let has = |operator: &Operator| field.filters.iter().any(|it| it.operator == *operator);
        match self {
            Self::Operator(operator) => Some(operator).filter(has),
            Self::Null(_) => Some(Operator::IsNull).filter(has),
            Self::Has => [Operator::HasAll, Operator::HasAny].into_iter().find(has),
        }
    }

    /// The way it is written.
    pub(super) fn spelling(self) -> &'static str {
        match self {
            Self::Operator(operator) => spelling(operator),
            Self::Null(_) => "is null",
            Self::Has => "has",
        }
    }

    /// Whether a list of values in parentheses follows.
    pub(super) fn takes_many(self) -> bool {
        matches!(self, Self::Operator(operator) if operator.takes_many())
    }
}

pub(super) fn spelling(operator: Operator) -> &'static str {
    match SIGNS.iter().find(|(_, it)| *it == operator) {
        Some((sign, _)) => sign,
        None if operator == Operator::IsNull => "is null",
        None => operator.name(),
    }
}

/// The ways to write the operators that a field declares.
pub(super) fn spellings(field: &FieldMeta) -> Vec<&'static str> {
    let mut all: Vec<_> = field.filters.iter().map(|it| spelling(it.operator)).collect();
    if Written::Has.declared(field).is_some() {
        all.push("has");
    }
    all
}
