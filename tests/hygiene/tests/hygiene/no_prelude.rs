//! A module without the standard prelude.
#![no_implicit_prelude]

use ::resource_runtime as rt;

/// One of two.
#[derive(::std::fmt::Debug, ::std::clone::Clone, rt::ResourceEnum)]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

/// Nested.
#[derive(::std::fmt::Debug, ::std::clone::Clone, rt::ResourceObject)]
pub struct Point {
    /// Across.
    #[resource(default = 1)]
    #[validate(range(min = 0))]
    pub x: ::std::option::Option<i32>,
    /// Which side.
    #[resource(default = Side::Left)]
    pub side: Side,
}

/// Everything without a prelude.
#[derive(::std::fmt::Debug, ::std::clone::Clone, rt::Resource)]
#[resource(computed(double: i64), view(Short: id, double), list = Short, sort = "-id")]
pub struct Bare {
    /// The id.
    #[resource(id, filter(eq, in = "ids"))]
    pub id: i64,
    /// Text.
    #[resource(search, sort, default = "a", normalize = trim, filter(icontains))]
    #[validate(length(max = 10), custom(function = check), email(code = "mail"))]
    pub text: ::std::option::Option<::std::string::String>,
    /// Nested.
    #[validate(nested)]
    pub points: ::std::vec::Vec<Point>,
}

impl Bare {
    const fn double(&self) -> i64 {
        self.id * 2
    }
}

fn trim(text: ::std::string::String) -> ::std::string::String {
    text
}

fn check(text: &str) -> ::std::result::Result<(), rt::ValidationError> {
    if text.is_empty() {
        return ::std::result::Result::Err(rt::ValidationError::new("empty"));
    }
    ::std::result::Result::Ok(())
}
