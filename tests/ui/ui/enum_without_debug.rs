use resource_runtime::prelude::*;

#[derive(Clone, ResourceEnum)]
enum State {
    Open,
}

fn main() {}
