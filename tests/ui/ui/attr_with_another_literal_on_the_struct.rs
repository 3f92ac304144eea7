use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(path = 3, table = notes, list = 5, sort(text), page = 20, operations = "crud", require_if_match = "yes", unique, computed = 3)]
struct Note {
    #[resource(id)]
    id: i64,
    text: String,
}

fn main() {}
