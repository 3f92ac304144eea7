use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id, text))]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(serach)]
    text: String,
    state: State,
    place: Place,
}

#[derive(Debug, Clone, ResourceEnum)]
enum State {
    #[resource(renam = "o")]
    Open,
}

#[derive(Debug, Clone, ResourceObject)]
struct Place {
    #[resource(defualt)]
    street: String,
}

fn uses(note: Note) -> Option<String> {
    let create = NoteCreate { text: String::new(), state: State::Open, place: note.place.clone() };
    let short: NoteShort = note.into_model().ok()?;
    let _ = (NoteUpdate::clone, Note::META.fields, Note::TEXT.eq("a"), create);
    Some(short.text)
}

fn main() {}
