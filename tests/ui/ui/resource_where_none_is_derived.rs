use resource_runtime::prelude::*;

#[derive(Debug, Clone)]
struct Note {
    id: i64,
}

fn paths<R: Resource>() -> &'static str {
    R::META.path
}

fn call() -> &'static str {
    paths::<Note>()
}

fn main() {}
