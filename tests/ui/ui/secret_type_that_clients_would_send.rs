use resource_runtime::field::PasswordHash;
use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct User {
    #[resource(id)]
    id: i64,
    #[resource(write_only)]
    password: PasswordHash,
    #[resource(hidden)]
    old_password: PasswordHash,
}

fn main() {}
