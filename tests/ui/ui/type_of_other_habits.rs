use std::collections::HashMap;
use std::time::SystemTime;

use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: u64,
    labels: HashMap<String, String>,
    printed_at: SystemTime,
    title: &'static str,
    size: (i32, i32),
    cover: Vec<u8>,
    code: char,
}

fn main() {}
