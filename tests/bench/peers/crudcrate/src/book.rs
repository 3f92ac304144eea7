use chrono::{DateTime, Utc};
use crudcrate::EntityToModels;
use rust_decimal::Decimal;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, EntityToModels)]
#[sea_orm(table_name = "books")]
#[crudcrate(api_struct = "Book", generate_router)]
pub struct Model {
    #[sea_orm(primary_key)]
    #[crudcrate(primary_key, exclude(create, update))]
    pub id: i64,
    #[crudcrate(sortable)]
    pub title: String,
    pub author_name: String,
    pub isbn: String,
    #[crudcrate(filterable)]
    pub genre: Option<String>,
    #[crudcrate(sortable, filterable)]
    pub published_year: Option<i32>,
    #[crudcrate(sortable, filterable)]
    pub price: Decimal,
    pub description: Option<String>,
    pub tags: serde_json::Value,
    #[crudcrate(filterable, exclude(create), on_create = "available".to_owned())]
    pub status: String,
    #[crudcrate(sortable, exclude(create, update), on_create = Utc::now())]
    pub created_at: DateTime<Utc>,
    #[crudcrate(exclude(create, update), on_update = Utc::now())]
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
