//! A module in which the usual names mean something else.
#![allow(
    missing_docs,
    missing_debug_implementations,
    unused_macros,
    dead_code,
    reason = "the names are there to be in the way"
)]

mod std {}
mod core {}
mod alloc {}
mod serde {}
mod resource_runtime {}
mod _resource {}
mod _rt {}
mod vec {}

struct Option;
struct Result;
struct Vec;
struct String;
struct Box;
struct Value;
struct FieldMeta;
struct Default;
struct Some;
struct None;
struct Ok;
struct Err;
trait Clone {}
trait Debug {}
trait From {}
trait Into {}
trait Serialize {}
trait Deserialize {}
trait FieldType {}
trait Resource {}
trait Model {}
type S = ();
type D = ();
macro_rules! vec {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! panic {
    () => {
        compile_error!("not this one")
    };
}

#[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::default::Default, ::resource_runtime::ResourceEnum)]
enum Side {
    #[default]
    Left,
}

#[derive(::std::fmt::Debug, ::std::clone::Clone, ::resource_runtime::ResourceObject)]
struct Point {
    #[resource(default = 1)]
    x: ::std::option::Option<i32>,
    #[resource(default)]
    side: Side,
}

#[derive(::std::fmt::Debug, ::std::clone::Clone, ::resource_runtime::Resource)]
#[resource(computed(double: i64), view(Short: id, double), sort = "-id")]
struct Shadowed {
    #[resource(id, filter(in))]
    id: i64,
    #[resource(search, default = "a", filter(icontains))]
    #[validate(length(max = 10))]
    text: Text,
    points: ::std::vec::Vec<Point>,
}

type Text = ::std::option::Option<::std::string::String>;

impl Shadowed {
    const fn double(&self) -> i64 {
        self.id * 2
    }
}

#[test]
fn nothing_gets_between() {
    assert_eq!(<Shadowed as ::resource_runtime::resource::Resource>::META.fields.len(), 3);
    let _ = (Side::Left, S::default());
    let _: D = ();
    let _ = (Option, Result, Vec, String, Box, Value, FieldMeta, Default, Some, None, Ok, Err);
}
