//! A club whose members come back: resources with soft deletes.

use std::time::Duration;

use axum::extract::Path;
use axum::routing::{get, post};
use resource_runtime::error::ApiError;
use resource_runtime::prelude::*;

use crate::Client;

/// Who is in the club.
#[derive(Debug, Clone, Resource)]
#[resource(sort = "email", unique(team, number), operations(crud, bulk))]
pub struct Member {
    /// Counted up.
    #[resource(id)]
    pub id: i64,
    /// Where to write to.
    #[resource(unique, search, sort, filter(eq, icontains))]
    #[validate(length(min = 1, max = 100))]
    pub email: String,
    /// Of any length, and everybody's own.
    #[resource(unique)]
    pub motto: Option<String>,
    /// The team.
    #[resource(sort, filter(eq, ieq, is_null))]
    pub team: Option<String>,
    /// The number in the team.
    #[resource(filter(gte))]
    pub number: Option<i32>,
    /// When the entry was changed.
    #[resource(updated_at)]
    pub updated_at: Option<Timestamp>,
    /// When the member left.
    #[resource(soft_delete(purge_after = "1 week"), column = "left_at")]
    pub deleted_at: Option<Timestamp>,
}

/// What members wear: a name that clients choose, a tag that writes need, and a time that clients see.
#[derive(Debug, Clone, Resource)]
#[resource(require_if_match)]
pub struct Badge {
    /// Chosen by the client.
    #[resource(id(client))]
    pub slug: String,
    /// What it says.
    pub label: String,
    /// When it was taken off.
    #[resource(soft_delete, read_only, sort)]
    pub gone: Option<Timestamp>,
}

impl Client {
    /// The club on a store; with the members of the team `a` under `/a`, those who left under `/left`,
    /// and handlers of the application's own.
    pub async fn club(store: &Database) -> Self {
        store.migrate::<(Member, Badge)>().await.unwrap();
        let found = {
            let store = store.clone();
            move |Path(id): Path<i64>| async move {
                let member = store.find::<Member>(id).await?;
                Ok::<_, ApiError>(member.map_or_else(|| "nobody".to_owned(), |it| it.email))
            }
        };
        let purge = {
            let store = store.clone();
            move |Path(seconds): Path<u64>| async move {
                let purged = store.purge::<Member>(Duration::from_secs(seconds)).await.map_err(ApiError::from)?;
                Ok::<_, ApiError>(purged.to_string())
            }
        };
        let back = {
            let store = store.clone();
            move |Path(id): Path<i64>| async move { Ok::<_, ApiError>(store.restore::<Member>(id).await?.email) }
        };
        let of_a = Member::on(store).scope(Member::TEAM.eq("a").into());
        let left = Member::on(store).scope(Member::DELETED_AT.is_null(false).into());
        let api = Api::new("Club", "1.0.0")
            .nest("/api/v1", |v1| v1.resource(Member::on(store)).resource(Badge::on(store)))
            .nest("/a", |it| it.resource(of_a))
            .nest("/left", |it| it.resource(left))
            .route("/found/{id}", get(found))
            .route("/purge/{seconds}", post(purge))
            .route("/back/{id}", post(back));
        Self::of(api.build().unwrap())
    }
}
