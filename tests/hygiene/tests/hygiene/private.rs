//! Private structs, with fields that are more and less visible than they are, and some left out.

use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id, text))]
struct Hidden {
    #[resource(id)]
    id: i64,
    pub text: String,
    pub(crate) count: u8,
    #[cfg(any())]
    gone: Missing,
    #[cfg(not(any()))]
    #[resource(filter(eq))]
    there: bool,
    #[cfg_attr(all(), resource(unique))]
    marked: String,
}

mod inner {
    use resource_runtime::prelude::*;

    #[derive(Debug, Clone, Resource)]
    pub(in crate::private) struct Scoped {
        #[resource(id)]
        pub(in crate::private) id: i64,
        pub(super) text: String,
        own: Option<bool>,
    }

    impl Scoped {
        pub(super) const fn new() -> Self {
            Self { id: 1, text: String::new(), own: None }
        }
    }
}

#[test]
fn fields_that_are_configured_away_are_not_there() {
    let names: Vec<_> = Hidden::META.fields.iter().map(|it| it.name).collect();
    assert_eq!(names, ["id", "text", "count", "there", "marked"]);
    assert!(Hidden::META.fields[4].unique);
}

#[test]
fn private_fields_stay_private() {
    let scoped = inner::Scoped::new();
    let model: inner::ScopedResponse = scoped.clone().into_model().unwrap();
    assert_eq!((model.id, model.text), (scoped.id, scoped.text));
}
