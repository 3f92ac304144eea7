use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(sort = "title:nulls_last,-,title")]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
