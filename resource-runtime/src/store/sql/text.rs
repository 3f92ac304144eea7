use crate::field::{Kind, Value};

/// A database's way of saying things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.38 and later.
    Sqlite,
    /// PostgreSQL 12 and later.
    Postgres,
}

/// A statement under construction: text, and the values of its placeholders.
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
}

impl SqlText {
    /// An empty statement.
    #[must_use]
    pub const fn new(dialect: Dialect) -> Self {
        Self { dialect, text: String::new(), binds: Vec::new(), for_values: false, by_row: false }
    }

    /// Adds text that is a constant of the program, never a client's.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds an identifier, quoted.
    pub fn ident(&mut self, name: &str) {
        self.text.push('"');
        for part in name.split_inclusive('"') {
            self.text.push_str(part);
            if part.ends_with('"') {
                self.text.push('"');
            }
        }
        self.text.push('"');
    }

    /// Adds a placeholder for a value of a field of this kind. On PostgreSQL it is cast, because
    /// its clients check types themselves.
    pub fn bind(&mut self, value: Value, kind: Kind) {
        self.binds.push((value, kind));
        let number = self.binds.len().to_string();
        match self.dialect {
            Dialect::Sqlite => {
                self.text.push('?');
                self.text.push_str(&number);
            }
            Dialect::Postgres => {
                self.text.push('$');
                self.text.push_str(&number);
                self.text.push_str("::");
                self.text.push_str(&postgres_type(&kind));
            }
        }
    }
}

/// The column type of a kind in PostgreSQL.
#[must_use]
pub fn postgres_type(kind: &Kind) -> String {
    use crate::field::IntKind;
    match kind {
        Kind::Bool => "boolean".to_owned(),
        Kind::Int(IntKind::I8 | IntKind::I16 | IntKind::U8) => "smallint".to_owned(),
        Kind::Int(IntKind::I32 | IntKind::U16) => "integer".to_owned(),
        Kind::Int(IntKind::I64 | IntKind::U32) => "bigint".to_owned(),
        Kind::F32 => "real".to_owned(),
        Kind::F64 => "double precision".to_owned(),
        Kind::Decimal => "numeric".to_owned(),
        Kind::Text | Kind::Enum(_) => "text".to_owned(),
        Kind::Uuid => "uuid".to_owned(),
        Kind::Timestamp => "timestamptz".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::Time => "time".to_owned(),
        // `json`, not `jsonb`: it keeps the order of keys and the form of numbers.
        Kind::Object(_) | Kind::Json => "json".to_owned(),
        Kind::List(Kind::Object(_) | Kind::Json | Kind::List(_)) => "json".to_owned(),
        Kind::List(item) => format!("{}[]", postgres_type(item)),
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
