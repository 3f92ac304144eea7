use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(pth = "notes")]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(serach, colour = "red")]
    #[validate(lenght(max = 3))]
    text: String,
}

fn main() {}
