use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(custom(function = check, use_context))]
    text: String,
}

fn check(_: &str) -> Result<(), ValidationError> {
    Ok(())
}

fn main() {}
