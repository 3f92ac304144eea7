use resource_runtime::{Resource, ResourceObject};

#[derive(Clone, Resource)]
#[resource(rename_all = "camlCase")]
struct User {
    #[resource(id)]
    id: i64,
    #[resource(rename = "full name")]
    name: String,
    #[resource(rename = "")]
    nickname: String,
    #[resource(rename = "not")]
    banned: bool,
    #[resource(rename = "age")]
    age: i32,
    #[resource(rename = 7)]
    number: i32,
    #[resource(rename = "page", filter(eq))]
    sheet: i32,
    #[resource(rename = "password")]
    word: String,
}

#[derive(Clone, ResourceObject)]
#[resource(rename_all = "UPPERCASE")]
struct Address {
    #[resource(rename = "$street")]
    street: String,
    #[resource(rename = "STREET", column = "x")]
    city: String,
}

fn main() {}
