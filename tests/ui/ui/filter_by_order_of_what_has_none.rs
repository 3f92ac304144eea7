use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(gte))]
    done: bool,
    #[resource(filter(lt = "before"))]
    state: State,
    #[resource(filter(gt))]
    tags: Vec<i64>,
}

#[derive(Debug, Clone, ResourceEnum)]
enum State {
    Open,
}

fn main() {}
