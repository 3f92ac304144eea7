use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceObject)]
#[resource(path = "places")]
struct Place {
    #[resource(id)]
    id: i64,
    #[resource(filter(eq), sort)]
    street: String,
}

fn main() {}
