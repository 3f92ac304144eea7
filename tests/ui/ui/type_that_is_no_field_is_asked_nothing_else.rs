use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id, state), sort = "-at", computed(initial: char), unique(at, state))]
struct Note {
    #[resource(id)]
    id: u128,
    #[resource(created_at, sort, filter(gte, lte = "before"))]
    at: std::time::SystemTime,
    #[resource(default = State::Open, filter(eq, in), unique)]
    state: State,
    #[resource(default, filter(eq), example = State::Open, normalize = tidy)]
    #[validate(custom(function = check))]
    former: Option<State>,
    #[resource(search)]
    #[validate(length(max = 4), email, range(min = 1))]
    letter: char,
    #[resource(default = ["a", "b"], filter(has_all))]
    tags: std::collections::HashSet<String>,
    #[resource(as_string, default = 5)]
    #[validate(nested)]
    size: usize,
}

impl Note {
    fn initial(&self) -> char {
        'a'
    }
}

fn tidy(it: State) -> State {
    it
}

fn check(_: &State) -> Result<(), ValidationError> {
    Ok(())
}

#[derive(Debug, Clone)]
enum State {
    Open,
}

fn main() {}
