use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct A {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete(purge_after = "30d"))]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct B {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete(purge_after = "6 months"))]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct C {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete(purge_after = "0 days"))]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct D {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete(purge_after = 30))]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct E {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete(purge_after = "1.5 days"))]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct F {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete(purge_after = "9999999 weeks"))]
    deleted_at: Option<Timestamp>,
}

fn main() {}
