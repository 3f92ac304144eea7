use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Invoice {
    #[resource(id)]
    id: i64,
    #[resource(as_string)]
    note: String,
    #[resource(as_string)]
    lines: Option<Vec<Decimal>>,
    #[resource(as_string)]
    rate: f64,
}

fn main() {}
