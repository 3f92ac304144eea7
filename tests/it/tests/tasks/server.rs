//! Tasks beside a server.

use std::time::Duration;

use resource_runtime::http::axum::extract::State;
use resource_runtime::http::axum::routing::post;
use resource_runtime::prelude::*;
use resource_runtime::store::MemoryStore;
use resource_runtime::task::{Task, TaskContext, TaskError};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;

use crate::probe::Job;

/// Adds an author, after some time.
#[derive(Serialize, Deserialize)]
struct AddAuthor {
    name: String,
}

impl Task for AddAuthor {
    const NAME: &'static str = "add_author";

    async fn run(self, cx: &TaskContext) -> Result<(), TaskError> {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let author: it::author::AuthorCreate = serde_json::from_value(serde_json::json!({"name": self.name}))?;
        cx.database().create::<it::Author>(&author).await?;
        Ok(())
    }
}

async fn add(State(store): State<Database>) -> Result<(), ApiError> {
    store.enqueue(&AddAuthor { name: "Jane Austen".to_owned() }).await?;
    Ok(())
}

#[tokio::test]
async fn a_server_runs_tasks_and_ends_them_before_it_ends() {
    let store = Database::new(MemoryStore::new());
    store.migrate::<it::Author>().await.unwrap();
    let api = Api::new("Authors", "1.0.0")
        .resource(it::Author::on(&store))
        .route("/add", post(add).with_state(store.clone()))
        .task::<AddAuthor>();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(api.serve_on(listener, Settings::default(), async {
        let _ = stopped.await;
    }));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(b"POST /add HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert_eq!(store.find::<it::Author>(1).await.unwrap().unwrap().name, "Jane Austen");
}

#[tokio::test]
async fn an_api_with_tasks_that_cannot_be_run_is_not_built() {
    let store = Database::new(MemoryStore::new());
    let refused = |api: Api| api.build().unwrap_err().to_string();
    assert_eq!(
        refused(Api::new("Authors", "1.0.0").task::<Job>()),
        "there are tasks, but no resource in whose store they wait; run them by a `task::Worker`"
    );
    let api = Api::new("Authors", "1.0.0").resource(it::Author::on(&store)).task::<Job>().task::<Job>();
    assert_eq!(refused(api), "two tasks have the NAME `job`; give one of them another");
}
