use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(table = "a_table_with_a_name_that_is_longer_than_what_postgresql_can_tell_apart")]
struct Note {
    #[resource(id)]
    id: i64,
    text: String,
}

fn main() {}
