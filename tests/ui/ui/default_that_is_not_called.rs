use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(default = today)]
    date: Date,
}

fn today() -> Date {
    Date::constant(2026, 1, 1)
}

fn main() {}
