use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceObject)]
struct Place {
    street: String,
    at: (f64, f64),
}

fn main() {}
