use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(path = "/notes", list = Short, sort = "nothing")]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(sotr, filter(gtee))]
    #[validate(lenght(max = 3))]
    text: String,
    #[resource(read_only, write_only)]
    number: i64,
    password: String,
}

fn main() {}
