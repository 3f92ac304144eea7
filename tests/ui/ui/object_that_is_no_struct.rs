use resource_runtime::prelude::*;

#[derive(Debug, Clone, ResourceObject)]
enum Place {
    Here,
}

#[derive(Debug, Clone, ResourceObject)]
struct Pair(i64, i64);

#[derive(Debug, Clone, ResourceObject)]
struct Nothing {}

#[derive(Debug, Clone, ResourceObject)]
struct Generic<T> {
    it: T,
}

fn main() {}
