use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(default = "one")]
    number: i64,
    #[resource(default = 1)]
    text: String,
    #[resource(default = true)]
    date: Option<Date>,
    #[resource(default = String::new())]
    other: i64,
}

fn main() {}
