use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(computed(is_cheap: bool, label: String, share: i64))]
struct Book {
    #[resource(id)]
    id: i64,
    title: String,
}

impl Book {
    fn is_cheap(&self) -> i64 {
        self.id
    }

    fn label(&self) -> &str {
        &self.title
    }

    fn share(&self, of: i64) -> i64 {
        self.id / of
    }
}

fn main() {}
