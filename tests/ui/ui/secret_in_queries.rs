use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Card: id, password), sort = "token", index(password, token))]
struct User {
    #[resource(id)]
    id: i64,
    #[resource(write_only, search, sort)]
    password: String,
    #[resource(hidden, filter(eq), default = "none")]
    token: String,
}

fn main() {}
