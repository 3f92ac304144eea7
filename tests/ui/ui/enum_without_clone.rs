use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(sort = "-state", unique(title, state))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
    #[resource(default = State::Open, filter(eq, in), sort)]
    state: State,
}

// It is the note's `Clone` that needs one, and no derive of ours.
#[derive(Debug, ResourceEnum)]
enum State {
    Open,
}

fn main() {}
