use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceEnum)]
enum State {
    Open,
    #[resource(rename = "open")]
    Opened,
    #[resource(rename = "")]
    Nothing,
}

fn main() {}
