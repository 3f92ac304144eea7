use resource_runtime::Resource;

#[derive(Clone, Resource)]
#[resource(rename_all = "camelCase", computed(full_name: String))]
struct User {
    #[resource(id)]
    id: i64,
    #[resource(rename = "id")]
    number: i32,
    first_name: String,
    #[resource(rename = "firstName")]
    nickname: String,
    #[allow(non_snake_case)]
    fullName: String,
}

impl User {
    fn full_name(&self) -> String {
        self.first_name.clone()
    }
}

fn main() {}
