use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[validate(schema(function = check))]
struct Note {
    #[resource(id)]
    id: i64,
    a: String,
}

fn check(_: &str) -> Result<(), ValidationError> {
    Ok(())
}

fn main() {}
