use resource_runtime::Resource;

// Attributes name fields as Rust does.
#[derive(Clone, Resource)]
#[resource(rename_all = "camelCase", sort = "-createdOn", view(Card: id, fullName), unique(fullName, id))]
struct User {
    #[resource(id)]
    id: i64,
    full_name: String,
    created_on: String,
}

fn main() {}
