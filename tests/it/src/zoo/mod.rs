//! Resources with every type of field, every operator that the types can do, and every role.

mod keeper;
mod samples;

use resource_runtime::prelude::*;
use serde_json::json;

pub use keeper::{Keeper, Ticket};
pub use samples::{Sample, TYPES, Type, fold, quoted, samples};

use crate::Client;

impl Client {
    /// The zoo on a store. Cursors are signed with one key, so that they are the same in all.
    pub async fn zoo(store: &Database) -> Self {
        store.migrate::<(Animal, Keeper, Ticket)>().await.unwrap();
        let mut settings = Settings::default();
        settings.cursor_keys = vec![b"0123456789abcdef".to_vec()];
        let api = Api::new("Zoo", "1.0.0").settings(settings).nest("/api/v1", |v1| {
            v1.resource(Animal::on(store)).resource(Keeper::on(store)).resource(Ticket::on(store))
        });
        Self::of(api.build().unwrap())
    }
}

/// How an animal feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ResourceEnum)]
pub enum Mood {
    /// It sleeps.
    Calm,
    /// It looks for food.
    Hungry,
    /// Keep away.
    #[resource(rename = "ANGRY!")]
    VeryAngry,
}

/// Where something is.
#[derive(Debug, Clone, PartialEq, ResourceObject)]
#[validate(schema(function = is_on_the_map))]
pub struct Place {
    /// What it is called.
    #[validate(length(min = 1, max = 20))]
    pub name: String,
    /// Degrees north.
    #[resource(default = 0)]
    #[validate(range(min = -90, max = 90))]
    pub latitude: Decimal,
    /// Degrees east.
    #[resource(default = 0)]
    pub longitude: f64,
    /// What else there is to say.
    pub note: Option<String>,
    /// What the place is known for.
    #[resource(default)]
    pub moods: Vec<Mood>,
}

fn is_on_the_map(place: &Place) -> Result<(), ValidationError> {
    if place.name == "Atlantis" { Err(ValidationError::new("sunken")) } else { Ok(()) }
}

/// Places within a place.
#[derive(Debug, Clone, PartialEq, ResourceObject)]
pub struct Home {
    /// Where the entrance is.
    #[validate(nested)]
    pub door: Place,
    /// Where the other one is.
    #[validate(nested)]
    pub back_door: Option<Place>,
    /// The rooms.
    #[resource(default)]
    #[validate(nested, length(max = 3))]
    pub rooms: Vec<Place>,
    /// Since when.
    pub since: Option<Date>,
    /// Anything.
    pub papers: Option<serde_json::Value>,
}

/// A field of every type, with every operator that the type has.
#[derive(Debug, Clone, Resource)]
#[resource(path = "animals", operations(crud, bulk, update_many, delete_many), page(size = 20, max = 100))]
pub struct Animal {
    /// The number.
    #[resource(id, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub id: i64,
    /// Always there.
    #[resource(default = false, sort, filter(eq, ne, in, nin))]
    pub plain_bool: bool,
    /// Or null.
    #[resource(sort, filter(eq, ne, in, nin, is_null))]
    pub maybe_bool: Option<bool>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_bool: Vec<bool>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_i8: i8,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_i8: Option<i8>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_i8: Vec<i8>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_i16: i16,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_i16: Option<i16>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_i16: Vec<i16>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_i32: i32,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_i32: Option<i32>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_i32: Vec<i32>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_i64: i64,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_i64: Option<i64>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_i64: Vec<i64>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_u8: u8,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_u8: Option<u8>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_u8: Vec<u8>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_u16: u16,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_u16: Option<u16>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_u16: Vec<u16>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_u32: u32,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_u32: Option<u32>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_u32: Vec<u32>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_f32: f32,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_f32: Option<f32>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_f32: Vec<f32>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_f64: f64,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_f64: Option<f64>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_f64: Vec<f64>,
    /// Always there.
    #[resource(default = 0, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_decimal: Decimal,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_decimal: Option<Decimal>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_decimal: Vec<Decimal>,
    /// Always there.
    #[resource(
        default = "",
        search,
        sort,
        filter(eq, ne, gt, gte, lt, lte, in, nin, contains, starts_with, ends_with, ieq, icontains)
    )]
    pub plain_text: String,
    /// Or null.
    #[resource(
        search,
        sort,
        filter(eq, ne, gt, gte, lt, lte, in, nin, contains, starts_with, ends_with, ieq, icontains, is_null)
    )]
    pub maybe_text: Option<String>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_text: Vec<String>,
    /// Always there.
    #[resource(default = Uuid::nil(), sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_uuid: Uuid,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_uuid: Option<Uuid>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_uuid: Vec<Uuid>,
    /// Always there.
    #[resource(default = Timestamp::UNIX_EPOCH, sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_timestamp: Timestamp,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_timestamp: Option<Timestamp>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_timestamp: Vec<Timestamp>,
    /// Always there.
    #[resource(default = Date::constant(1970, 1, 1), sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_date: Date,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_date: Option<Date>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_date: Vec<Date>,
    /// Always there.
    #[resource(default = Time::midnight(), sort, filter(eq, ne, gt, gte, lt, lte, in, nin))]
    pub plain_time: Time,
    /// Or null.
    #[resource(sort, filter(eq, ne, gt, gte, lt, lte, in, nin, is_null))]
    pub maybe_time: Option<Time>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_time: Vec<Time>,
    /// Always there.
    #[resource(default = Mood::Calm, sort, filter(eq, ne, in, nin))]
    pub plain_mood: Mood,
    /// Or null.
    #[resource(sort, filter(eq, ne, in, nin, is_null))]
    pub maybe_mood: Option<Mood>,
    /// Any number.
    #[resource(default, filter(has_all, has_any))]
    pub list_mood: Vec<Mood>,
    /// Any number, or null.
    #[resource(filter(has_all, has_any, is_null))]
    pub maybe_list_text: Option<Vec<String>>,
    /// Any number, or null.
    #[resource(filter(has_all, has_any, is_null))]
    pub maybe_list_f64: Option<Vec<f64>>,
    /// Anything.
    #[resource(default = json!({}))]
    pub plain_json: serde_json::Value,
    /// Anything, or nothing.
    #[resource(filter(is_null))]
    pub maybe_json: Option<serde_json::Value>,
    /// Where it lives.
    #[resource(filter(is_null))]
    #[validate(nested)]
    pub home: Option<Home>,
    /// Where it was seen.
    #[resource(default)]
    #[validate(nested, length(max = 4))]
    pub seen: Vec<Place>,
    /// Where it was seen, or null.
    #[resource(filter(is_null))]
    pub lost: Option<Vec<Place>>,
    /// When it came.
    #[resource(created_at)]
    pub created_at: Timestamp,
    /// When it changed.
    #[resource(updated_at)]
    pub updated_at: Option<Timestamp>,
}
