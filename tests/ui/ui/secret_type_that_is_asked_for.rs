use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(unique(word, pin), index(word), sort = "word", view(Card: id, word))]
struct User {
    #[resource(id)]
    id: i64,
    #[resource(write_only, filter(eq), sort, search, unique)]
    word: Secret<String>,
    #[resource(write_only)]
    pin: Secret<i32>,
}

fn main() {}
