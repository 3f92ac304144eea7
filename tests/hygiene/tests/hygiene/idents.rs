//! Names that mean something elsewhere.

use resource_runtime::prelude::*;

/// Raw identifiers, and fields named like what printed code names.
#[derive(Debug, Clone, Resource)]
#[resource(view(r#Match: r#type, values), computed(r#loop: bool), sort = "type,-fn", unique(r#type, r#fn))]
pub struct r#Enum {
    /// The id.
    #[resource(id)]
    pub id: i64,
    /// A keyword.
    #[resource(sort, filter(eq = "kind", in))]
    pub r#type: String,
    /// Another.
    #[validate(must_match(other = r#type))]
    pub r#fn: String,
    /// A name in printed code.
    pub values: i64,
    /// A name in printed code.
    pub record: i64,
    /// A name in printed code.
    pub __it: i64,
    /// A name in printed code.
    pub __values: i64,
    /// A name in printed code.
    pub __value: i64,
    /// A name in printed code.
    pub serializer: i64,
    /// A name in printed code.
    pub f: i64,
    /// A name of every list's.
    pub page: i64,
    /// A name of every list's.
    #[resource(filter(gte = "from_limit"))]
    pub limit: i64,
    /// A name of every list's.
    pub sort: i64,
    /// A name of the description's.
    pub meta: i64,
    /// A name of an associated type's.
    pub response: i64,
    /// Not a word.
    pub self_: i64,
    /// Not ASCII.
    pub größe: i64,
}

impl r#Enum {
    const fn r#loop(&self) -> bool {
        self.values == self.__it
    }
}

/// Names of variants that mean something elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ResourceEnum)]
pub enum Choice {
    /// Shadows an `Option`'s.
    None,
    /// Shadows an `Option`'s.
    Some,
    /// Shadows a `Result`'s.
    Ok,
    /// A keyword in lower case.
    Type,
    /// A name of a trait's constant.
    Enum,
}

// Functions named like the locals of printed code.
fn __value(value: String) -> String {
    value
}

/// A function and a local of one name.
#[derive(Debug, Clone, Resource)]
pub struct Clash {
    /// The id.
    #[resource(id)]
    pub id: i64,
    /// Normalized.
    #[resource(normalize = __value)]
    pub text: String,
    /// Chosen.
    pub choice: Choice,
}

#[test]
fn raw_identifiers_are_plain_on_the_wire() {
    let meta = <r#Enum as Resource>::META;
    assert_eq!((meta.name, meta.path), ("Enum", "enums"));
    assert_eq!(meta.fields[1].name, "type");
    assert_eq!(meta.views[0].name, "Match");
    assert_eq!(meta.computed[0].name, "loop");
    assert_eq!(r#Enum::TYPE.name(), "type");
    assert_eq!(r#Enum::GRÖSSE.name(), "größe");
}

#[test]
fn a_users_function_is_called_whatever_its_name() {
    use resource_runtime::field::Value;
    let normalize = Clash::META.fields[1].normalize.unwrap();
    assert_eq!(normalize(Value::Text("a".to_owned())), Ok(Value::Text("a".to_owned())));
}
