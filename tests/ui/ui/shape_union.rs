use resource_runtime::prelude::*;

#[derive(Clone, Copy, Resource)]
union Note {
    id: i64,
}

fn main() {}
