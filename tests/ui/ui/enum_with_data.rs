use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceEnum)]
enum State {
    Open,
    Lent(String),
    Sold { to: String },
}

fn main() {}
