use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    done: bool,
    tags: Vec<String>,
}

fn query() {
    let _ = Note::DONE.gte(true);
    let _ = Note::TAGS.eq(Vec::new());
}

fn main() {}
