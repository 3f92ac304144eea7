//! Names on the wire: those of Rust, or what `rename` and `rename_all` say.

use syn::Ident;

use super::names::Case;
use super::plain_name;
use crate::attrs::Text;
use crate::error::{Errors, instead};
use crate::model::{Field, RuleKind};

/// Words that a condition of `filter=` reads as its own where a name could stand.
const KEY_WORDS: [&str; 3] = ["and", "or", "not"];

/// Gives the fields of one struct their names on the wire, each another one.
pub(super) struct Naming {
    case: Option<Case>,
    /// The fields so far, with their names on the wire.
    names: Vec<(String, String)>,
}

impl Naming {
    /// For a struct that says `rename_all` or not.
    pub(super) fn new(rename_all: Option<&Text>, errors: &mut Errors) -> Self {
        Self { case: rename_all.and_then(|it| case(it, errors)), names: Vec::new() }
    }

    /// The name of one field, or of a computed one.
    pub(super) fn name(&mut self, ident: &Ident, rename: Option<&Text>, errors: &mut Errors) -> String {
        let field = plain_name(ident);
        let unchanged = self.case.map_or_else(|| field.clone(), |it| it.apply_to_field(&field));
        let wire = rename.map_or_else(|| unchanged.clone(), |it| it.0.value());
        if let Some(Text(literal)) = rename {
            if wire == unchanged {
                errors.push(literal, format!("`{wire}` is its name already"), "remove `rename`");
            }
            if !is_name(&wire) {
                errors.push(
                    literal,
                    format!("`{wire}` cannot be the name of a field"),
                    "it starts with a letter or `_`, and has letters, digits, `_` and `-`",
                );
            }
            if KEY_WORDS.contains(&wire.as_str()) {
                errors.push(literal, format!("`{wire}` means something in `filter=`"), "take another name");
            }
        }
        if let Some((other, _)) = self.names.iter().find(|(other, it)| *it == wire && *other != field) {
            let what = format!("`{field}` and `{other}` are both `{wire}` on the wire");
            match rename {
                Some(Text(literal)) => errors.push(literal, what, "give one of them another name"),
                None => errors.push(ident, what, "write `#[resource(rename = \"another_name\")]` on one of them"),
            }
        }
        self.names.push((field, wire.clone()));
        wire
    }

    /// The name on the wire of a field that an attribute names.
    pub(super) fn on_the_wire(&self, field: &str) -> String {
        let found = self.names.iter().find(|(it, _)| it == field);
        found.map_or(field, |(_, wire)| wire).to_owned()
    }

    /// Rules name other fields as Rust does; descriptions name them as the wire does.
    pub(super) fn rename_in_rules(&self, fields: &mut [Field]) {
        for rule in fields.iter_mut().flat_map(|it| &mut it.rules) {
            if let RuleKind::MustMatch { other, .. } = &mut rule.kind {
                *other = self.on_the_wire(other);
            }
        }
    }
}

/// What parameters, the conditions of `filter=` and lists of names can tell from what stands beside it.
fn is_name(name: &str) -> bool {
    name.starts_with(|it: char| it.is_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '-')
}

/// The case of this name.
pub(super) fn case(text: &Text, errors: &mut Errors) -> Option<Case> {
    let name = text.0.value();
    let found = Case::ALL.iter().find(|(it, _)| *it == name).map(|(_, case)| *case);
    if found.is_none() {
        let known = Case::ALL.iter().map(|(it, _)| *it);
        errors.push(&text.0, format!("there is no case `{name}`"), instead(&name, known));
    }
    found
}
