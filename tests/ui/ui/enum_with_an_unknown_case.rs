use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceEnum)]
#[resource(rename_all = "snakecase", path = "states")]
enum State {
    #[resource(rename_all = "x")]
    Open,
}

fn main() {}
