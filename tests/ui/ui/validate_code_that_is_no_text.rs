use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(email(code = 3, message = no))]
    a: String,
}

fn main() {}
