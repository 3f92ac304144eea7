use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(custom(code = "no"))]
    a: String,
    #[validate(custom(function = chekc))]
    b: String,
}

fn check(_: &str) -> Result<(), ValidationError> {
    Ok(())
}

fn main() {}
