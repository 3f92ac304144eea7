use resource_runtime::prelude::*;

#[derive(Debug, Clone)]
struct Place {
    street: String,
}

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    places: Vec<Place>,
}

fn main() {}
