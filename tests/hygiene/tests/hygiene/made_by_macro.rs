//! Structs that `macro_rules!` make, from tokens of several places.

use resource_runtime::prelude::*;

macro_rules! resource {
    ($name:ident { $($field:ident: $ty:ty = $default:expr),* } $path:literal $max:expr) => {
        /// Made by a macro.
        #[derive(Debug, Clone, Resource)]
        #[resource(path = $path, page(size = 1, max = $max))]
        pub struct $name {
            /// The id.
            #[resource(id)]
            pub id: i64,
            $(
                /// A field.
                #[resource(default = $default, filter(eq))]
                pub $field: $ty,
            )*
        }
    };
}

resource!(Made { title: String = "a", amount: Option<i32> = 1 + 1, price: Decimal = -2.50 } "made" 7);

macro_rules! enumeration {
    ($name:ident $($variant:ident)*) => {
        /// Made by a macro.
        #[derive(Debug, Clone, Copy, ResourceEnum)]
        pub enum $name {
            $(#[doc = stringify!($variant)] $variant,)*
        }
    };
}

enumeration!(Suit Clubs Hearts);

// The whole attribute comes from elsewhere than the struct.
macro_rules! with_filter {
    ($operator:ident $parameter:literal) => {
        /// Made by a macro.
        #[derive(Debug, Clone, Resource)]
        pub struct Filtered {
            /// The id.
            #[resource(id, filter($operator = $parameter))]
            pub id: i64,
            /// A field with a suit.
            pub suit: Suit,
        }
    };
}

with_filter!(gte "from");

#[test]
fn tokens_of_macros_are_read_as_those_of_users() {
    use resource_runtime::field::Value;
    let default = |index: usize| Made::META.fields[index].default.map(|it| it());
    assert_eq!((Made::META.path, Made::META.page.max), ("made", 7));
    assert_eq!(default(1), Some(Value::Text("a".to_owned())));
    assert_eq!(default(2), Some(Value::Int(2)));
    assert_eq!(default(3), Some(Value::Decimal(Decimal::new(-250, 2))));
    assert_eq!(Filtered::META.fields[0].filters[0].parameter, Some("from"));
}
