use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(required, credit_card, ip, non_control_character)]
    text: String,
}

fn main() {}
