use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
    #[validate(lenght(max = 10))]
    title: String,
    #[validate(length = 10)]
    subtitle: String,
    #[validate(range(1..10))]
    copies: i64,
    #[validate(custom(is_sound))]
    isbn: String,
    #[validate(email = true)]
    contact: String,
    #[validate(must_match("contact"))]
    contact_again: String,
    #[validate(regex(pattern = "^a"))]
    code: String,
}

fn main() {}
