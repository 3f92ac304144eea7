use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id, at), computed(age: Duratoin), sort = "-at", unique(at, state))]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(sort, filter(gte, lte = "before"))]
    at: Timestmap,
    #[resource(default, filter(eq, in), normalize = tidy)]
    state: Option<Stat>,
    #[resource(example = [1])]
    #[validate(length(max = 3), custom(function = check))]
    authors: Vec<people::Author>,
}

impl Note {
    fn age(&self) {}
}

fn tidy(it: String) -> String {
    it
}

fn check(_: &str) -> Result<(), ValidationError> {
    Ok(())
}

fn main() {}
