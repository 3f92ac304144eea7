use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id(client))]
    weight: f64,
}

fn main() {}
