//! Adds tasks and runs them until it is killed: `marks <database URL> <first number>`. Writes the number of
//! each task to the standard output once its transaction has been committed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test's program")]

use it::Mark;
use resource_runtime::http::Settings;

#[tokio::main]
async fn main() -> resource_runtime::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let settings = Settings::default().default_database(arguments.next().unwrap());
    let first: u64 = arguments.next().unwrap().parse()?;
    let store = settings.connect().await?;
    let adding = store.clone();
    let adding = tokio::spawn(async move {
        for n in first.. {
            Mark::add(&adding, n).await.unwrap();
            println!("{n}");
        }
    });
    Mark::worker(&store).run_until(async { adding.await.unwrap() }).await
}
