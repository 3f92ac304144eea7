use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(custom(function = takes_a_number))]
    a: String,
    #[validate(custom(function = gives_a_bool))]
    b: String,
}

fn takes_a_number(_: i64) -> Result<(), ValidationError> {
    Ok(())
}

fn gives_a_bool(_: &str) -> bool {
    true
}

fn main() {}
