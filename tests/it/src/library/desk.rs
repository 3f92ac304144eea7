//! Handlers of the library's own, with a transaction each.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use resource_runtime::prelude::*;

use super::{Committed, NOT_TODAY, Note, Shelf, ShelfCreate};

/// Writes a note, and ends as the query says.
pub(super) async fn desk(RawQuery(how): RawQuery, mut tx: Tx) -> Result<StatusCode, ApiError> {
    tx.insert(Note { id: 0, text: "desk".to_owned(), at: Timestamp::now() }).await?;
    match how.as_deref().unwrap_or_default() {
        "status" => return Ok(StatusCode::CONFLICT),
        "error" => return Err(ApiError::new(NOT_TODAY)),
        "panic" => panic!("on purpose"),
        "hang" => std::future::pending().await,
        "missing" => drop(tx.update::<Shelf>("none".to_owned(), |it| it.lent += 1).await?),
        "clash" => {
            let taken = ShelfCreate { name: "A".to_owned(), lent: Set::Absent };
            let error = tx.create::<Shelf>(&taken).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::DUPLICATE);
        }
        "commit" => {
            tx.commit().await?;
            return Ok(StatusCode::ACCEPTED);
        }
        "keep" => drop(tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            drop(tx);
        })),
        "found" => {
            let shelves = tx.select(Shelf::LENT.gte(0)).sort(Shelf::NAME.desc()).rows().await?;
            assert_eq!(shelves.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["B", "A"]);
            let first = tx.select(Shelf::NAME.ne("A")).first().await?;
            assert_eq!(first.map(|it| it.name), Some("B".to_owned()));
            assert!(tx.find::<Shelf>("C".to_owned()).await?.is_none());
            let mut shelf = tx.lock::<Shelf>("A".to_owned()).await?.unwrap();
            shelf.lent = 5;
            assert_eq!(tx.save(shelf).await?.lent, 5);
            assert_eq!(tx.delete::<Shelf>("B".to_owned()).await?.map(|it| it.name), Some("B".to_owned()));
            assert!(tx.delete::<Shelf>("B".to_owned()).await?.is_none());
        }
        _ => {}
    }
    Ok(StatusCode::CREATED)
}

/// Asks for two transactions.
pub(super) async fn two(_: Tx, second: Result<Tx, ApiError>) -> Result<StatusCode, ApiError> {
    second.map(|_| StatusCode::OK)
}

/// Deletes a shelf that has books lent, too, in place of the framework's own operation.
pub(super) async fn clear(Path(name): Path<String>, mut tx: Tx) -> Result<StatusCode, ApiError> {
    let shelf = tx.delete::<Shelf>(name).await?.ok_or(ApiError::new(ErrorCode::NOT_FOUND))?;
    if shelf.lent > 0 {
        return Err(ApiError::new(NOT_TODAY));
    }
    let told = Committed::default();
    tx.after_commit(async move { told.0.lock().unwrap().push(shelf.name) });
    Ok(StatusCode::NO_CONTENT)
}
