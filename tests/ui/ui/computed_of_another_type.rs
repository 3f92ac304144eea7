use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(computed(words: i64))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

impl Note {
    fn words(&self) -> usize {
        self.title.split(' ').count()
    }
}

fn main() {}
