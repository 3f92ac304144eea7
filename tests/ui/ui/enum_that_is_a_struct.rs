use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceEnum)]
struct State {
    open: bool,
}

fn main() {}
