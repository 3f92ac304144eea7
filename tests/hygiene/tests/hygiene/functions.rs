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

#[test]
fn no_other_derive_is_needed() {
    #[derive(ResourceEnum)]
    enum Colour {
        Red,
        Green,
    }

    #[derive(ResourceObject)]
    struct Wheel {
        inches: u8,
        colours: Vec<Colour>,
    }

    #[derive(Resource)]
    #[resource(unique(colour, label))]
    struct Cart {
        #[resource(id)]
        id: i64,
        #[resource(default = Colour::Green, filter(eq, in), sort)]
        colour: Colour,
        #[resource(normalize = str::to_lowercase)]
        label: String,
        wheels: Vec<Wheel>,
        spare: Option<Wheel>,
    }

    let spare = Wheel { inches: 26, colours: vec![Colour::Red] };
    let cart = Cart { id: 1, colour: Colour::Red, label: "A".to_owned(), wheels: Vec::new(), spare: Some(spare) };
    let model: CartResponse = cart.into_model().unwrap();
    let again = model.clone();
    assert_eq!((again.spare.map(|it| it.inches), model.label), (Some(26), "A".to_owned()));
    let update = CartUpdate { colour: Set::Value(Colour::Green), ..CartUpdate::default() };
    let again = update.clone();
    assert!(matches!((again.colour, update.colour), (Set::Value(Colour::Green), Set::Value(Colour::Green))));
}

/// Generics around a struct, with the names of printed ones.
fn within<S: Default, D: Default, T: Default>() -> (S, D, T) {
    #[derive(Resource)]
    struct Inner {
        #[resource(id)]
        id: i64,
        #[resource(filter(eq))]
        kind: Kind,
    }

    #[derive(Clone, ResourceEnum)]
    enum Kind {
        Only,
    }

    let inner = Inner { id: 1, kind: Kind::Only };
    assert_eq!((inner.id, Inner::META.fields.len()), (1, 2));
    let _ = inner.into_model::<InnerResponse>().unwrap();
    (S::default(), D::default(), T::default())
}

#[test]
fn generics_around_a_struct_are_not_its_own() {
    assert_eq!(within::<u8, u8, bool>(), (0, 0, false));
}
