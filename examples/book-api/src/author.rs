use resource_runtime::prelude::*;

/// Somebody who writes books.
#[derive(Debug, Clone, Resource)]
#[resource(sort = "name")]
pub struct Author {
    /// The number that identifies the author.
    #[resource(id)]
    pub id: i64,

    /// The name on the cover.
    #[resource(search, sort, filter(eq, icontains), example = "Frank Herbert")]
    #[validate(length(min = 1, max = 200))]
    pub name: String,

    /// Who they are.
    #[resource(example = "Wrote about a desert planet.")]
    #[validate(length(max = 2000))]
    pub bio: Option<String>,

    /// Where they come from.
    #[resource(sort, filter(ieq), example = "American")]
    #[validate(length(max = 100))]
    pub nationality: Option<String>,

    /// When the entry was made.
    #[resource(created_at, sort)]
    pub created_at: Timestamp,

    /// When the entry was last changed.
    #[resource(updated_at)]
    pub updated_at: Option<Timestamp>,

    /// When the entry was deleted; for 30 days it can be restored.
    #[resource(soft_delete(purge_after = "30 days"))]
    pub deleted_at: Option<Timestamp>,
}
