use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct User {
    #[resource(id)]
    id: i64,
    #[resource(write_only, example = "hunter2")]
    word: Secret<String>,
    #[resource(write_only, example = 1234)]
    pin: Option<Secret<i32>>,
    #[resource(hidden, default = Secret::new(7), example = Secret::new(8))]
    seed: Secret<i64>,
}

fn main() {}
