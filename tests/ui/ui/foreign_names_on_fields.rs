use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(primary_key, auto_increment)]
    id: i64,
    #[resource(required, max_length = 300, searchable, sortable, filterable)]
    title: String,
    #[resource(nullable, email)]
    contact: String,
    #[resource(readonly, icontains)]
    shelf: String,
    #[resource(foreign_key = "authors", index)]
    author_id: i64,
    #[resource(auto_now_add, description = "When it came.")]
    created_at: Timestamp,
}

fn main() {}
