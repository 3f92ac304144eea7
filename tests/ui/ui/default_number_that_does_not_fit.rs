use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(default = 256)]
    small: u8,
    #[resource(default = -1)]
    positive: u32,
    #[resource(default = 1.5)]
    whole: i64,
}

fn main() {}
