/// A set of operations that clients can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operations(u16);

/// One operation of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Operation {
    /// `GET /books`
    List = 1,
    /// `GET /books/{id}`
    Get = 1 << 1,
    /// `POST /books`
    Create = 1 << 2,
    /// `PUT /books/{id}`
    Replace = 1 << 3,
    /// `PATCH /books/{id}`
    Update = 1 << 4,
    /// `DELETE /books/{id}`
    Delete = 1 << 5,
    /// `POST /books/bulk`
    BulkCreate = 1 << 6,
    /// `PATCH /books/bulk`
    BulkUpdate = 1 << 7,
    /// `POST /books/bulk-delete`
    BulkDelete = 1 << 8,
    /// `PATCH /books?genre=fiction`: every row that conditions hold for.
    UpdateMany = 1 << 9,
    /// `DELETE /books?genre=fiction`
    DeleteMany = 1 << 10,
    /// `POST /books/{id}/restore`, where deletes are soft.
    Restore = 1 << 11,
}

impl Operations {
    /// None.
    pub const NONE: Self = Self(0);
    /// List, get, create, replace, update and delete.
    pub const CRUD: Self = Self(0b11_1111);
    /// The three on many rows at once.
    pub const BULK: Self = Self(0b1_1100_0000);
    /// List and get.
    pub const READ: Self = Self(0b11);
    /// All of them. [`Operation::Restore`] goes with soft deletes alone.
    pub const ALL: Self = Self(0b1111_1111_1111);

    /// Those that change something, [`Operation::Restore`] among them.
    pub const WRITE: Self = Self(!Self::READ.0);
    /// Whatever there is.
    #[cfg(feature = "server")]
    pub(crate) const ANY: Self = Self(u16::MAX);

    /// With one more.
    #[must_use]
    pub const fn with(self, operation: Operation) -> Self {
        Self(self.0 | operation as u16)
    }

    /// With those of another set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without one of them.
    #[must_use]
    pub const fn without(self, operation: Operation) -> Self {
        Self(self.0 & !(operation as u16))
    }

    /// Whether it has this one.
    #[must_use]
    pub const fn has(self, operation: Operation) -> bool {
        self.0 & operation as u16 != 0
    }
}

impl From<Operation> for Operations {
    fn from(operation: Operation) -> Self {
        Self::NONE.with(operation)
    }
}
