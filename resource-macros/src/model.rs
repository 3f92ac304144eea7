//! What holds: an item as plain data, checked. Everything in here can be printed.

use proc_macro2::Span;
use syn::{Expr, Ident, LitStr, Path, Type, Visibility};

/// What a derive makes public beside the item, and under which names. It is known even where the
/// rest of the item is wrong.
#[derive(Debug)]
pub(crate) struct Outline {
    /// The runtime's path.
    pub(crate) krate: Path,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) id_ty: Type,
    pub(crate) models: Vec<Model>,
    pub(crate) handles: Vec<Handle>,
}

/// A resource.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) outline: Outline,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) table: String,
    pub(crate) doc: Option<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) computed: Vec<Computed>,
    pub(crate) views: Vec<View>,
    pub(crate) list: Option<String>,
    pub(crate) sort: Vec<SortKey>,
    pub(crate) page: Option<Page>,
    /// Where they are not all that the fields allow.
    pub(crate) operations: Option<Vec<Operations>>,
    pub(crate) require_if_match: bool,
    pub(crate) unique: Vec<Vec<String>>,
    pub(crate) indexes: Vec<Vec<String>>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) checks: Vec<Check>,
}

/// A generated struct.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) usage: Usage,
    pub(crate) doc: String,
    pub(crate) fields: Vec<ModelField>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    Create,
    Update,
    Response,
    View(usize),
}

#[derive(Debug)]
pub(crate) struct ModelField {
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    /// The position in the resource's values.
    pub(crate) slot: usize,
    pub(crate) form: Form,
}

/// What a model has in a field's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The field's type.
    Whole,
    /// `Set<T>` or `Patch<T>`: the field can be left out.
    Optional,
    /// The field's type, from the method of that name.
    Computed,
}

/// A typed name of a field: `Book::PRICE`.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) field: String,
    pub(crate) slot: usize,
    pub(crate) ty: Type,
}

/// A field of a resource or a value object.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// As Rust has it, without `r#`.
    pub(crate) name: String,
    /// As the wire has it.
    pub(crate) wire: String,
    pub(crate) ty: Type,
    pub(crate) doc: Option<String>,
    pub(crate) column: Option<String>,
    pub(crate) role: Role,
    /// Where it is not what the role says.
    pub(crate) access: Option<Access>,
    pub(crate) default: Option<Value>,
    pub(crate) unique: bool,
    pub(crate) sort: bool,
    pub(crate) search: bool,
    pub(crate) filters: Vec<Filter>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) normalize: Option<Path>,
    pub(crate) example: Option<Value>,
    pub(crate) index: bool,
    pub(crate) as_string: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Role {
    Plain,
    /// Chosen by the store or (`client`) by clients; the span is the attribute's.
    Id {
        client: bool,
        span: Span,
    },
    CreatedAt,
    UpdatedAt,
    /// Set by a delete, with the seconds after which the row is purged.
    DeletedAt {
        purge_after: Option<u64>,
    },
}

/// Which models a field is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) create: bool,
    pub(crate) update: bool,
    pub(crate) response: bool,
}

impl Access {
    pub(crate) const READ_WRITE: Self = Self { create: true, update: true, response: true };
    pub(crate) const READ_ONLY: Self = Self { create: false, update: false, response: true };
    pub(crate) const WRITE_ONLY: Self = Self { create: true, update: true, response: false };
    pub(crate) const IMMUTABLE: Self = Self { create: true, update: false, response: true };
    pub(crate) const HIDDEN: Self = Self { create: false, update: false, response: false };
}

/// A value in an attribute.
#[derive(Debug)]
pub(crate) enum Value {
    /// `Default::default()` of the field's type; the span is the attribute's.
    OfType(Span),
    Number(Number),
    Text(LitStr),
    /// The items of a list; the span is that of the brackets.
    List(Vec<Self>, Span),
    Expression(Box<Expr>),
}

/// `mantissa / 10^scale`, as it was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    pub(crate) mantissa: i64,
    pub(crate) scale: u32,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Filter {
    /// As the user wrote it.
    pub(crate) operator: Ident,
    pub(crate) parameter: Option<String>,
}

/// A rule with its place, code and message.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) kind: RuleKind,
    pub(crate) span: Span,
    pub(crate) code: Option<LitStr>,
    pub(crate) message: Option<LitStr>,
}

#[derive(Debug)]
pub(crate) enum RuleKind {
    Length {
        min: Option<Box<Expr>>,
        max: Option<Box<Expr>>,
        equal: Option<Box<Expr>>,
    },
    Range {
        min: Option<Bound>,
        max: Option<Bound>,
        exclusive_min: Option<Bound>,
        exclusive_max: Option<Bound>,
    },
    Email,
    Url,
    Regex(Box<Expr>),
    Contains(LitStr),
    DoesNotContain(LitStr),
    MustMatch {
        /// As the wire has it.
        other: String,
        /// As Rust has it.
        field: String,
        ty: Box<Type>,
    },
    Custom(Path),
    /// A function over a whole resource.
    Record(Path),
    /// A function over a whole value object.
    Object(Path),
}

#[derive(Debug)]
pub(crate) enum Bound {
    Number(Number),
    Expression(Box<Expr>),
}

#[derive(Debug)]
pub(crate) struct Computed {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    /// As the wire has it.
    pub(crate) wire: String,
    pub(crate) ty: Type,
    pub(crate) doc: Option<String>,
}

#[derive(Debug)]
pub(crate) struct View {
    pub(crate) name: String,
    /// Names on the wire, as everywhere in a description.
    pub(crate) fields: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortKey {
    pub(crate) field: String,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) size: u32,
    pub(crate) max: u32,
}

/// A name in `operations(…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operations {
    /// A constant of the runtime's `Operations`.
    Set(&'static str),
    /// A variant of the runtime's `Operation`.
    One(&'static str),
}

/// A question about a type that the compiler answers, at the place of the attribute that asks it.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) kind: CheckKind,
    /// Whose type it is: a field's or a computed one's, as Rust has it.
    pub(crate) field: String,
    pub(crate) ty: Type,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum CheckKind {
    EmptyInNewRow,
    CreatedAt,
    UpdatedAt,
    SoftDelete,
    Comparable,
    Text,
    Nested,
    /// It leaves the server.
    Shown,
    /// Clients send it.
    Sent,
    AsString,
    Number(Number),
    /// A number in a list.
    Item(Number),
}

/// What is known of an enum or a value object where the rest is wrong.
#[derive(Debug)]
pub(crate) struct Companion {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
}

/// An enum that can be a field.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) doc: Option<String>,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) doc: Option<String>,
}

/// A nested value object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) doc: Option<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) checks: Vec<Check>,
}
