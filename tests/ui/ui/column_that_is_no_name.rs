use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(column = "the title")]
    title: String,
    #[resource(column = "_version")]
    edition: i64,
    #[resource(column = "CODE")]
    number: i64,
    code: String,
}

fn main() {}
