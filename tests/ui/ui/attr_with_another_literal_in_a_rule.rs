use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(length(max = "ten"), range(min = "one"), email = true, contains = 3, must_match(other = 3), custom(function = 3))]
    text: String,
}

fn main() {}
