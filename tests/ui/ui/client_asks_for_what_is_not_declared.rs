use resource_runtime::client::Client;
use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
pub struct Shelf {
    #[resource(id)]
    pub id: i64,
    #[resource(sort, filter(eq))]
    pub name: String,
    pub width: i32,
}

fn ask(client: &Client) {
    let shelves = client.resource::<Shelf>();
    let _ = shelves.list().filter(Shelf::NAME.eq("a").and(Shelf::NAME.contains("b")));
    let _ = shelves.list().filter(Shelf::WIDTH.gt(1));
    let _ = shelves.list().sort(Shelf::WIDTH.asc());
    let _ = shelves.list().search("oak");
}

fn main() {}
