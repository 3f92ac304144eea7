use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
enum Note {
    Short,
    Long,
}

fn main() {}
