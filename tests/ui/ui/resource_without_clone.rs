use resource_runtime::prelude::*;

#[derive(Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    status: Status,
    place: Place,
}

#[derive(ResourceEnum)]
enum Status {
    Open,
    Closed,
}

#[derive(ResourceObject)]
struct Place {
    street: String,
}

fn main() {}
