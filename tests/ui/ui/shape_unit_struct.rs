use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note;

fn main() {}
