//! The smallest program worth showing: one struct, and it is an API.

use resource_runtime::prelude::*;

/// A thing to do.
#[derive(Debug, Clone, Resource)]
#[resource(sort = "-created_at")]
pub struct Task {
    #[resource(id)]
    pub id: i64,
    #[resource(search, sort)]
    #[validate(length(min = 1, max = 200))]
    pub title: String,
    #[resource(default, filter(eq))]
    pub done: bool,
    #[resource(created_at, sort)]
    pub created_at: Timestamp,
}

#[tokio::main]
async fn main() -> resource_runtime::Result<()> {
    let settings = Settings::from_env()?;
    let store = settings.connect().await?;
    store.migrate::<Task>().await?;
    Api::new("Tasks", "1.0.0").resource(Task::on(&store)).serve(settings).await
}
