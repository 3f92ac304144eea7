use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceEnum)]
enum State {}

fn main() {}
