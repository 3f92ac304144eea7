use std::error::Error;

use axum::Router;
use tokio::net::TcpListener;

/// Answers requests at `PORT`.
pub async fn serve(router: Router) -> Result<(), Box<dyn Error + Send + Sync>> {
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    // A small answer does not wait for the next one.
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        if let Err(error) = stream.set_nodelay(true) {
            eprintln!("{error}");
        }
    });
    axum::serve(listener, router).await?;
    Ok(())
}
