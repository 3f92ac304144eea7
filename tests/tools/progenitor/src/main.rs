//! Lists the books of the server whose address is the argument, with the client that progenitor made.

use std::error::Error;

#[allow(warnings, reason = "not written by people")]
mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("the server's address is missing")?;
    let client = client::Client::new(&address);
    let page = client.list_books().limit(3).sort(vec!["-price".parse()?]).send().await?.into_inner();
    println!("{page:#?}");
    Ok(())
}
