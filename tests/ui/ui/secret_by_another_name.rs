use resource_runtime::prelude::*;

#[allow(non_snake_case)]
#[derive(Debug, Clone, Resource)]
#[resource(computed(session_token: String, #[resource(expose)] label: String), view(Card: id, pwd), list = Card)]
struct User {
    #[resource(id)]
    id: i64,
    pwd: String,
    passwordHash: String,
    #[resource(rename = "apiKey")]
    access: String,
    ssh_private_key: Option<String>,
    password_confirmation: String,
    #[resource(write_only)]
    refresh_token: Option<String>,
}

fn main() {}
