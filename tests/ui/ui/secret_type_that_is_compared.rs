use resource_runtime::prelude::*;

// These the derive cannot know; the type says them.
#[derive(Debug, Clone, Resource)]
#[resource(unique(word, pin))]
struct User {
    #[resource(id)]
    id: i64,
    #[resource(write_only, unique)]
    word: Secret<String>,
    #[resource(write_only)]
    pin: Secret<i32>,
}

fn main() {
    let _ = User::WORD.eq("hunter2".to_owned());
    let _ = Secret::new(1) == Secret::new(1);
}
