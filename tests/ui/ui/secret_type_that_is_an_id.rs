use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Session {
    #[resource(id(client))]
    id: Secret<String>,
    tokens_seen: Vec<Secret<String>>,
    nothing: Secret<Option<i32>>,
}

fn main() {}
