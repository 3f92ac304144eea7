use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(rename_all = "camelCase", deny_unknown_fields)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(rename = "body", skip_serializing)]
    text: String,
}

fn main() {}
