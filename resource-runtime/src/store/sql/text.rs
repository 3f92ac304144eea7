use crate::field::{FieldMeta, IntKind, Kind, Value};
use crate::resource::ResourceMeta;

use super::VERSION;
use super::shape::Shape;

/// A database's way of saying things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.38 and later.
    Sqlite,
    /// PostgreSQL 12 and later.
    Postgres,
}

impl Dialect {
    /// What stands before and after a text whose case is folded.
    pub(super) const fn folding(self) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => ("resource_fold(", ")"),
            Self::Postgres => ("translate(lower(", " COLLATE \"und-x-icu\"), 'ς', 'σ')"),
        }
    }
}

/// A statement under construction: text, and the values of its placeholders.
///
/// Where only its [shape](super::Statements) is asked for, the text stays empty: what would be
/// written is noted in its place. So whatever is written must not depend on what was written before.
#[derive(Debug, Clone)]
pub struct SqlText {
    /// Whose SQL it is.
    pub dialect: Dialect,
    /// The text so far.
    pub text: String,
    /// The placeholders' values so far, with the kind that tells how each is bound.
    pub binds: Vec<(Value, Kind)>,
    /// Whether to plan it for these values. PostgreSQL's plans for any values reckon that a filter
    /// leaves so many rows that the first page of an order is soon full, and read the whole table
    /// where it leaves few.
    pub for_values: bool,
    /// Whether conditions look at the row alone, and not into tables beside its own: for reading rows
    /// one after another, each of which such a table would have to be asked for.
    pub(crate) by_row: bool,
    /// Takes the text's place.
    pub(in crate::store) shape: Option<Shape>,
}

impl SqlText {
    /// An empty statement.
    #[must_use]
    pub const fn new(dialect: Dialect) -> Self {
        Self { dialect, text: String::new(), binds: Vec::new(), for_values: false, by_row: false, shape: None }
    }

    /// An empty statement whose shape is noted instead of its text.
    pub(super) fn of_shape(dialect: Dialect) -> Self {
        Self { shape: Some(Shape::new()), ..Self::new(dialect) }
    }

    /// Adds text that is a constant of the program.
    pub fn push(&mut self, text: &'static str) {
        match &mut self.shape {
            Some(shape) => shape.text(text),
            None => self.text.push_str(text),
        }
    }

    /// Adds text that is put together from constants of the program, never a client's.
    pub fn push_made(&mut self, text: &str) {
        match &mut self.shape {
            Some(shape) => shape.made(text),
            None => self.text.push_str(text),
        }
    }

    /// Adds a number.
    pub(super) fn number(&mut self, number: u64) {
        match &mut self.shape {
            Some(shape) => shape.number(number),
            None => self.text.push_str(&number.to_string()),
        }
    }

    /// Adds an identifier, quoted.
    pub fn ident(&mut self, name: &'static str) {
        match &mut self.shape {
            Some(shape) => shape.ident(name),
            None => quote(&mut self.text, name),
        }
    }

    /// Adds an identifier that is put together from constants of the program, quoted.
    pub fn ident_made(&mut self, name: &str) {
        match &mut self.shape {
            Some(shape) => shape.ident_made(name),
            None => quote(&mut self.text, name),
        }
    }

    /// Adds the columns of some of a resource's fields, and of the version, with commas between them.
    pub(super) fn columns(&mut self, meta: &'static ResourceMeta, columns: &[usize]) {
        if let Some(shape) = &mut self.shape {
            return shape.columns(meta, columns);
        }
        for field in columns.iter().filter_map(|&it| meta.fields.get(it)) {
            self.ident(field.column);
            self.push(", ");
        }
        self.ident(VERSION);
    }

    /// Adds a field's column as it is compared and sorted: in PostgreSQL text goes by code point, whatever collation the
    /// database has, or the column of a table that somebody else made. (SQLite's text does so by itself.)
    pub(crate) fn sorted(&mut self, field: &FieldMeta) {
        self.ident(field.column);
        if self.dialect == Dialect::Postgres && matches!(field.kind, Kind::Text | Kind::Enum(_)) {
            self.push(" COLLATE \"C\"");
        }
    }

    /// Adds a field's column as [`fold`](crate::field::fold) folds its text. Indexes are made on this expression.
    pub(crate) fn folded(&mut self, field: &FieldMeta) {
        let (before, after) = self.dialect.folding();
        self.push(before);
        self.ident(field.column);
        self.push(after);
    }

    /// Adds a placeholder for a value of a field of this kind. On PostgreSQL it is cast, because
    /// its clients check types themselves.
    pub fn bind(&mut self, value: Value, kind: Kind) {
        let ty = match self.dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres => postgres_type(&kind),
        };
        self.binds.push((value, kind));
        if let Some(shape) = &mut self.shape {
            return shape.bind(ty);
        }
        self.text.push(if self.dialect == Dialect::Sqlite { '?' } else { '$' });
        self.text.push_str(&self.binds.len().to_string());
        if !ty.is_empty() {
            self.text.push_str("::");
            self.text.push_str(ty);
        }
    }
}

fn quote(out: &mut String, name: &str) {
    out.push('"');
    for part in name.split_inclusive('"') {
        out.push_str(part);
        if part.ends_with('"') {
            out.push('"');
        }
    }
    out.push('"');
}

/// The column type of a kind in PostgreSQL.
#[must_use]
pub const fn postgres_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::List(item) => postgres_types(item).1,
        _ => postgres_types(kind).0,
    }
}

/// The column types of a kind and of lists of it.
const fn postgres_types(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Bool => ("boolean", "boolean[]"),
        Kind::Int(IntKind::I8 | IntKind::I16 | IntKind::U8) => ("smallint", "smallint[]"),
        Kind::Int(IntKind::I32 | IntKind::U16) => ("integer", "integer[]"),
        Kind::Int(IntKind::I64 | IntKind::U32) => ("bigint", "bigint[]"),
        Kind::F32 => ("real", "real[]"),
        Kind::F64 => ("double precision", "double precision[]"),
        Kind::Decimal => ("numeric", "numeric[]"),
        Kind::Text | Kind::Enum(_) => ("text", "text[]"),
        Kind::Uuid => ("uuid", "uuid[]"),
        Kind::Timestamp => ("timestamptz", "timestamptz[]"),
        Kind::Date => ("date", "date[]"),
        Kind::Time => ("time", "time[]"),
        // `json`, not `jsonb`: it keeps the order of keys and the form of numbers.
        Kind::Object(_) | Kind::Json | Kind::List(_) => ("json", "json"),
    }
}

/// The column type of a kind in SQLite, in a `STRICT` table.
#[must_use]
pub const fn sqlite_type(kind: &Kind) -> &'static str {
    match kind {
        // Microseconds since 1970 for timestamps, since midnight for times: they sort as they are.
        Kind::Bool | Kind::Int(_) | Kind::Timestamp | Kind::Time => "INTEGER",
        Kind::F32 | Kind::F64 => "REAL",
        // Registered by the store on each of its connections; compares decimals by value.
        Kind::Decimal => "TEXT COLLATE DECIMAL",
        Kind::Text | Kind::Enum(_) | Kind::Uuid | Kind::Date | Kind::Object(_) | Kind::List(_) | Kind::Json => "TEXT",
    }
}
