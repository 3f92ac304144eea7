use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    password: String,
    reset_token: Option<String>,
    #[resource(read_only)]
    password_hash: Option<String>,
}

fn main() {}
