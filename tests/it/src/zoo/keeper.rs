use resource_runtime::prelude::*;

use super::Place;

/// Who looks after animals: every role and every kind of rule.
#[derive(Debug, Clone, Resource)]
#[resource(
    path = "keepers",
    operations(crud, bulk, update_many, delete_many),
    unique(team, badge),
    view(Card: slug, team),
    sort = "team"
)]
#[validate(schema(function = starts_before_end))]
pub struct Keeper {
    /// Chosen by the client.
    #[resource(id(client), filter(in))]
    pub slug: String,
    /// The team.
    #[resource(default = "day", sort, filter(eq))]
    #[validate(length(min = 1, max = 20))]
    pub team: String,
    /// The number in the team.
    #[resource(sort, filter(eq))]
    pub badge: Option<i32>,
    /// Never changes.
    #[resource(immutable, filter(eq, is_null))]
    pub born: Option<Date>,
    /// Never changes, and has digits to keep.
    #[resource(immutable)]
    pub first_wage: Option<Decimal>,
    /// Goes in, and never comes out.
    #[resource(write_only)]
    #[validate(length(min = 4))]
    pub passphrase: Option<String>,
    /// The same again.
    #[resource(write_only)]
    #[validate(must_match(other = "passphrase"))]
    pub passphrase_again: Option<String>,
    /// Neither in nor out.
    #[resource(hidden, default = "unknown")]
    pub rating: String,
    /// Comes out only.
    #[resource(read_only, default = 1, sort, filter(gte))]
    pub level: i16,
    /// When work starts.
    #[resource(default = Time::constant(8, 0, 0, 0), sort)]
    pub start: Time,
    /// When it ends.
    #[resource(default = Time::constant(17, 0, 0, 0), sort)]
    pub end: Time,
    /// Even.
    #[resource(default = 2)]
    #[validate(range(min = 0, exclusive_max = 100), custom(function = is_even))]
    pub shoes: u8,
    /// Where to write to.
    #[validate(email)]
    pub contact: Option<String>,
    /// Where the office is.
    #[validate(nested)]
    pub office: Option<Place>,
}

fn starts_before_end(keeper: &Keeper) -> Result<(), ValidationError> {
    if keeper.start < keeper.end { Ok(()) } else { Err(ValidationError::new("ends_before_start")) }
}

fn is_even(shoes: u8) -> Result<(), ValidationError> {
    if shoes.is_multiple_of(2) { Ok(()) } else { Err(ValidationError::new("odd")) }
}

/// What visitors have: an id that the server makes, and no number.
#[derive(Debug, Clone, Resource)]
#[resource(path = "tickets", sort = "-price:nulls_first")]
pub struct Ticket {
    /// Made by the server.
    #[resource(id, filter(eq, gt))]
    pub id: Uuid,
    /// What it cost.
    #[resource(sort, filter(gte))]
    pub price: Option<Decimal>,
}
