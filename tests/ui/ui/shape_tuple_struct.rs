use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note(i64, String);

fn main() {}
