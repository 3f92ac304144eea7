use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(default = "open")]
    state: State,
}

#[derive(Debug, Clone, ResourceEnum)]
enum State {
    Open,
}

fn main() {}
