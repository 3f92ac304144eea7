use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Open,
}

fn main() {}
