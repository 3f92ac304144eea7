//! Structs in functions, and two resources in one place.

use resource_runtime::prelude::*;

#[test]
fn structs_in_functions() {
    #[derive(Debug, Clone, Copy, ResourceEnum)]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Clone, ResourceObject)]
    struct Wheel {
        inches: u8,
    }

    #[derive(Debug, Clone, Resource)]
    struct Bicycle {
        #[resource(id)]
        id: Uuid,
        colour: Colour,
        wheels: Vec<Wheel>,
    }

    #[derive(Debug, Clone, Resource)]
    #[resource(view(Short: id))]
    struct Category {
        #[resource(id)]
        id: i64,
        name: String,
    }

    assert_eq!((Bicycle::META.path, Category::META.path), ("bicycles", "categories"));
    assert_eq!(Category::NAME.name(), "name");
    assert_eq!(<Bicycle as Resource>::META.fields.len(), 3);
    assert!(!format!("{:?} {:?}", Colour::Red, Colour::Green).is_empty());
}

mod neighbours {
    use resource_runtime::prelude::*;

    #[derive(Debug, Clone, Resource)]
    pub(super) struct First {
        #[resource(id)]
        pub(super) id: i64,
    }

    #[derive(Debug, Clone, Resource)]
    pub(super) struct Second {
        #[resource(id)]
        pub(super) id: i64,
        pub(super) first: Option<i64>,
    }
}

#[test]
fn models_are_as_visible_as_the_struct() {
    let model: neighbours::SecondResponse = neighbours::Second { id: 1, first: Some(2) }.into_model().unwrap();
    assert_eq!((model.id, model.first), (1, Some(2)));
    assert_eq!(neighbours::First { id: 1 }.id, 1);
}
