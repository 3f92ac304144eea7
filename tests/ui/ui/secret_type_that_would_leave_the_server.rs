use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(computed(hint: Secret<String>))]
struct User {
    #[resource(id)]
    id: i64,
    pin: Secret<i32>,
    #[resource(read_only)]
    seed: Option<Secret<String>>,
    #[resource(immutable)]
    answer: Secret<String>,
    #[resource(expose)]
    api_key: Secret<String>,
}

impl User {
    fn hint(&self) -> Secret<String> {
        self.answer.clone()
    }
}

#[derive(Debug, Clone, ResourceObject)]
struct Login {
    name: String,
    code: Secret<String>,
}

fn main() {}
