use super::operator::{Written, spellings};
use super::scan::{Literal, Scanner, SyntaxError};
use super::{MAX_DEPTH, MAX_NODES};
use crate::error::Problem;
use crate::field::{FieldMeta, Kind, Mismatch, Value, parse_text, suggest};
use crate::query::parameters::operand_kind;
use crate::query::{Condition, Filter, Operand, Operator, list};
use crate::resource::ResourceMeta;

/// What joins the conditions of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

impl Joint {
    const fn word(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

/// Reads a condition by recursive descent.
pub(super) struct Parser<'a> {
    meta: &'static ResourceMeta,
    scanner: Scanner<'a>,
    nodes: usize,
    depth: usize,
    /// What is well-formed and still wrong.
    problems: Vec<Problem>,
}

impl<'a> Parser<'a> {
    pub(super) const fn new(meta: &'static ResourceMeta, text: &'a str) -> Self {
        Self { meta, scanner: Scanner::new(text), nodes: 0, depth: 0, problems: Vec::new() }
    }

    pub(super) fn parse(mut self) -> Result<Filter, Vec<Problem>> {
        match self.whole() {
            Ok(filter) if self.problems.is_empty() => Ok(filter),
            Ok(_) => Err(self.problems),
            Err(error) => {
                let mut problem = self.scanner.problem(error.at, error.code, &error.detail);
                if let Some(near) = error.did_you_mean {
                    problem = problem.param("did_you_mean", near);
                }
                if let Some(max) = error.max {
                    problem = problem.param("max", max);
                }
                self.problems.push(problem);
                Err(self.problems)
            }
        }
    }

    fn whole(&mut self) -> Result<Filter, SyntaxError> {
        let (filter, _) = self.condition()?;
        if self.scanner.is_at_end() { Ok(filter) } else { Err(self.expected_joint("the end")) }
    }

    /// Reads comparisons that are joined by `and`, or by `or`, and whether there is more than one.
    fn condition(&mut self) -> Result<(Filter, bool), SyntaxError> {
        let first = self.unary()?;
        let mut items = vec![first];
        let mut joint = None;
        loop {
            let at = self.scanner.position();
            let next = match self.scanner.peek_word() {
                Some("and") => Joint::And,
                Some("or") => Joint::Or,
                _ => break,
            };
            self.scanner.word();
            match joint {
                None => joint = Some(next),
                Some(joint) if joint == next => {}
                Some(joint) => {
                    let (next, joint) = (next.word(), joint.word());
                    let detail = format!("`{next}` after `{joint}` needs parentheses that say what belongs together");
                    return Err(SyntaxError { code: "mixed_and_or", ..SyntaxError::new(at, detail) });
                }
            }
            items.push(self.unary()?);
        }
        let filter = match joint {
            None => items.swap_remove(0),
            Some(Joint::And) => Filter::And(items),
            Some(Joint::Or) => Filter::Or(items),
        };
        Ok((filter, joint.is_some()))
    }

    fn unary(&mut self) -> Result<Filter, SyntaxError> {
        let at = self.scanner.position();
        if self.scanner.eat("(") {
            self.deeper(at)?;
            let (filter, is_group) = self.condition()?;
            if !self.scanner.eat(")") {
                return Err(self.expected_joint("`)`"));
            }
            self.depth -= 1;
            if is_group {
                self.node(at)?;
            }
            return Ok(filter);
        }
        let Some(word) = self.scanner.peek_word() else {
            return Err(self.scanner.expected("a field, `not` or `(`"));
        };
        if matches!(word, "and" | "or") {
            return Err(self.scanner.expected("a field, `not` or `(`"));
        }
        self.scanner.word();
        self.node(at)?;
        if word != "not" {
            return self.comparison(at, word);
        }
        self.deeper(at)?;
        let filter = self.unary()?;
        self.depth -= 1;
        Ok(!filter)
    }

    fn deeper(&mut self, at: usize) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        let detail = format!("parentheses and `not` can be nested {MAX_DEPTH} deep");
        Err(SyntaxError { code: "too_deep", max: Some(MAX_DEPTH), ..SyntaxError::new(at, detail) })
    }

    fn node(&mut self, at: usize) -> Result<(), SyntaxError> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let detail = format!("a filter can have {MAX_NODES} comparisons, `not`s and groups");
        Err(SyntaxError { code: "too_many_nodes", max: Some(MAX_NODES), ..SyntaxError::new(at, detail) })
    }

    fn expected_joint(&mut self, end: &str) -> SyntaxError {
        let mut error = self.scanner.expected(&format!("`and`, `or` or {end}"));
        error.did_you_mean = match self.scanner.word() {
            Some(word) => suggest(word, ["and", "or"].into_iter()),
            None if self.scanner.eat("&") => Some("and"),
            None if self.scanner.eat("|") => Some("or"),
            None => None,
        };
        error
    }

    fn comparison(&mut self, at: usize, name: &str) -> Result<Filter, SyntaxError> {
        let found = self.field(name);
        if found.is_none() {
            let problem = self.unknown_field(at, name);
            self.problems.push(problem);
        }
        let operator_at = self.scanner.position();
        let written = Written::read(&mut self.scanner)?;
        let operator = found.and_then(|(_, field)| {
            let operator = written.declared(field);
            if operator.is_none() {
                let detail = format!("`{name}` cannot be filtered with `{}`", written.spelling());
                let problem = self.scanner.problem(operator_at, "unknown_operator", &detail);
                self.problems.push(problem.param("field", name).param("allowed", spellings(field)));
            }
            operator
        });
        let target = found.zip(operator).map(|((index, field), operator)| (index, field, operator));
        let kind = target.map(|(_, field, operator)| operand_kind(operator, &field.kind));
        let operand = match written {
            Written::Null(is_null) => Operand::One(Value::Bool(is_null)),
            _ if written.takes_many() => Operand::Many(self.values(name, kind)?),
            _ => {
                let value = self.value(name, kind)?;
                match operator {
                    Some(Operator::HasAll | Operator::HasAny) => Operand::Many(vec![value]),
                    _ => Operand::One(value),
                }
            }
        };
        // Where there is no target there is a problem, and this filter is never used.
        Ok(target.map_or(Filter::All, |(field, _, operator)| Filter::Condition(Condition { field, operator, operand })))
    }

    /// The field of this name, if it can be filtered at all. That others exist is not told: a field
    /// that clients do not see is as unknown as one that is not there.
    fn field(&self, name: &str) -> Option<(usize, &'static FieldMeta)> {
        self.meta.field(name).filter(|(_, it)| is_filterable(it))
    }

    fn unknown_field(&self, at: usize, name: &str) -> Problem {
        let allowed: Vec<_> = self.meta.fields.iter().filter(|it| is_filterable(it)).map(|it| it.name).collect();
        let near = suggest(name, allowed.iter().copied());
        let problem = self.scanner.problem(at, "unknown_field", &format!("cannot filter by `{name}`"));
        problem.param("field", name).did_you_mean(near).param("allowed", allowed)
    }

    /// Reads a list of values in parentheses; it has at least one.
    fn values(&mut self, name: &str, kind: Option<Kind>) -> Result<Vec<Value>, SyntaxError> {
        let at = self.scanner.position();
        if !self.scanner.eat("(") {
            return Err(self.scanner.expected("`(` and a list of values"));
        }
        let mut values = vec![self.value(name, kind)?];
        while self.scanner.eat(",") {
            values.push(self.value(name, kind)?);
        }
        if !self.scanner.eat(")") {
            return Err(self.scanner.expected("`,` or `)`"));
        }
        if values.len() > list::MAX_VALUES {
            let detail = format!("`{name}` must be compared with at most {} values", list::MAX_VALUES);
            let problem = self.scanner.problem(at, "length", &detail).param("field", name);
            self.problems.push(problem.param("max", list::MAX_VALUES));
        }
        Ok(values)
    }

    /// Reads one value of a kind; of any, where the comparison is wrong already.
    fn value(&mut self, name: &str, kind: Option<Kind>) -> Result<Value, SyntaxError> {
        let at = self.scanner.position();
        let literal = self.scanner.literal()?;
        let Some(kind) = kind else { return Ok(Value::Null) };
        Ok(convert(&literal, &kind).unwrap_or_else(|mismatch| {
            let mut problem = self.scanner.problem(at, mismatch.code, &format!("`{name}` {}", mismatch.detail));
            problem.params.insert("field".to_owned(), name.into());
            problem.params.extend(mismatch.params);
            self.problems.push(problem);
            Value::Null
        }))
    }
}

fn is_filterable(field: &FieldMeta) -> bool {
    field.access.response && !field.filters.is_empty()
}

fn convert(literal: &Literal<'_>, kind: &Kind) -> Result<Value, Mismatch> {
    let mismatch = |detail: String| Err(Mismatch::new("invalid_type", detail).param("expected", kind.json_type()));
    match (literal, kind) {
        (Literal::Bare("null"), _) => mismatch("is compared with null by `is null` and `is not null`".to_owned()),
        (Literal::Bare(_), Kind::Text) => mismatch("must be compared with a text in quotes".to_owned()),
        (Literal::Quoted(_), Kind::Bool | Kind::Int(_) | Kind::F32 | Kind::F64 | Kind::Decimal) => {
            mismatch(format!("must be {}, without quotes", kind.noun()))
        }
        (Literal::Quoted(text), _) => parse_text(kind, text),
        (Literal::Bare(text), _) => parse_text(kind, text),
    }
}
