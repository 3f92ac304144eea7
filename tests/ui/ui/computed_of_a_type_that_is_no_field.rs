use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(computed(words: usize))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

impl Note {
    fn words(&self) -> usize {
        1
    }
}

fn main() {}
