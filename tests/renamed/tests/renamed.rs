//! All three derives where `::resource_runtime` does not exist.
#![deny(warnings)]

use framework::prelude::*;

/// One of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ResourceEnum)]
#[resource(crate = ::framework)]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

/// Nested.
#[derive(Debug, Clone, ResourceObject)]
#[resource(crate = "framework")]
pub struct Point {
    /// Across.
    #[validate(range(min = 0))]
    pub x: i32,
    /// Up.
    #[resource(default = Side::Right)]
    pub side: Side,
}

/// A resource.
#[derive(Debug, Clone, Resource)]
#[resource(crate = framework, computed(count: u32), view(Short: id))]
pub struct Line {
    /// The id.
    #[resource(id)]
    pub id: i64,
    /// Its points.
    pub points: Vec<Point>,
    /// Where it is drawn.
    #[resource(default = Side::Left, filter(in))]
    pub side: Side,
}

impl Line {
    fn count(&self) -> u32 {
        self.points.len().try_into().unwrap_or(u32::MAX)
    }
}

// Broken items have stand-ins, and those have to find the runtime too: see `tests/ui`.

#[test]
fn the_runtime_is_found_under_the_name_that_was_given() {
    let line = Line { id: 1, points: vec![Point { x: 1, side: Side::Left }], side: Side::Right };
    let model: LineResponse = line.into_model().unwrap();
    assert_eq!((model.count, model.side), (1, Side::Right));
    assert_eq!(LineShort { id: 1 }.id, 1);
}
