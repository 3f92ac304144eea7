use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(computed(title: String, words: i64, words: i64))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

impl Note {
    fn words(&self) -> i64 {
        1
    }
}

fn main() {}
