use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceObject)]
struct Login {
    name: String,
    password: String,
}

fn main() {}
