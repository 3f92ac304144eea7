use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    text: String,
}

impl Note {
    pub const TEXT: &'static str = "text";
}

fn main() {}
