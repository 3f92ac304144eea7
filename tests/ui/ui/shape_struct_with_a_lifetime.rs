use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note<'a> {
    #[resource(id)]
    id: i64,
    #[resource(serach)]
    text: &'a str,
}

fn main() {}
