use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note<T> {
    #[resource(id)]
    id: i64,
    text: T,
}

fn main() {}
