use resource_runtime::prelude::*;

#[derive(Debug, ResourceEnum)]
enum State {
    Open,
}

fn main() {}
