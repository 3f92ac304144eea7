use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(sort = true, search = "yes", index = true, column = 3, skip = "create", filter = "eq", created_at(now))]
    text: String,
    #[resource(default(1), normalize = 3, example)]
    number: i64,
}

fn main() {}
