use super::*;

/// A small API: one path with all that can differ.
const API: &str = r##"{
  "openapi": "3.1.0",
  "info": {"title": "Books", "version": "1"},
  "paths": {
    "/books": {
      "parameters": [{"name": "shelf", "in": "header", "schema": {"type": "string"}}],
      "get": {
        "operationId": "listBooks", "summary": "List books",
        "parameters": [
          {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
          {"$ref": "#/components/parameters/Sort"}
        ],
        "responses": {
          "200": {
            "description": "A page.",
            "headers": {"Link": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}}}
          },
          "422": {"description": "Invalid."}
        }
      },
      "post": {
        "operationId": "createBook",
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BookCreate"}}}},
        "responses": {"201": {"description": "Created."}},
        "security": [{"token": []}]
      }
    }
  },
  "components": {
    "parameters": {"Sort": {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["title", "price"]}}},
    "schemas": {
      "Book": {
        "type": "object",
        "properties": {
          "title": {"type": "string"},
          "price": {"type": "number"},
          "kind": {"type": "string", "enum": ["novel", "play"]},
          "author": {"anyOf": [{"$ref": "#/components/schemas/Author"}, {"type": "null"}]}
        },
        "required": ["title", "price", "kind", "author"]
      },
      "BookCreate": {
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 300, "description": "The title."},
          "description": {"type": ["string", "null"], "default": ""},
          "price": {"type": "number", "exclusiveMinimum": 0, "format": "decimal"}
        },
        "required": ["title"],
        "additionalProperties": false
      },
      "Author": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "teacher": {"anyOf": [{"$ref": "#/components/schemas/Author"}, {"type": "null"}]}},
        "required": ["name"]
      }
    },
    "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token."}}
  }
}"##;

fn api() -> Object {
    match serde_json::from_str(API).unwrap() {
        Node::Object(api) => api,
        other => panic!("{other:?}"),
    }
}

/// What is found after a change; breaks with `!` in front.
fn found(change: impl FnOnce(&mut Object)) -> Vec<String> {
    let old = Node::from(api());
    let mut new = api();
    change(&mut new);
    let changes = compare(&contract(&old), &contract(&new.into()));
    let breaks = changes.breaks.iter().map(|it| format!("! {it}"));
    breaks.chain(changes.additions.iter().map(ToString::to_string)).collect()
}

/// Sets a member to a piece of JSON, or takes it out where there is none.
#[track_caller]
fn check(pointer: &str, json: Option<&str>, expected: &[&str]) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let found = found(|api| {
        let parent = api.at(parent).unwrap();
        match json {
            Some(json) => parent.set(name.replace("~1", "/"), serde_json::from_str::<Node>(json).unwrap()),
            None => drop(parent.remove(&name.replace("~1", "/")).unwrap()),
        }
    });
    assert_eq!(found, expected, "{pointer}");
}

#[test]
fn what_is_gone_breaks_clients() {
    check("/paths/~1books", None, &["! /paths/~1books: the path is gone"]);
    check("/paths/~1books/get", None, &["! /paths/~1books/get: the operation is gone"]);
    check("/paths/~1books/get/responses/422", None, &["! /paths/~1books/get/responses/422: the status is gone"]);
    let place = "/paths/~1books/get/responses/200/content/application~1json";
    check(place, None, &[&format!("! {place}: the media type is gone")]);
    let place = "/paths/~1books/get/responses/200/headers/Link";
    check(place, None, &[&format!("! {place}: the header field is gone")]);
    check(
        "/paths/~1books/get/parameters",
        Some(r##"[{"$ref": "#/components/parameters/Sort"}]"##),
        &["! /paths/~1books/get/parameters/query:page: the parameter is gone"],
    );
    check(
        "/paths/~1books/parameters",
        Some("[]"),
        &[
            "! /paths/~1books/get/parameters/header:shelf: the parameter is gone",
            "! /paths/~1books/post/parameters/header:shelf: the parameter is gone",
        ],
    );
    let place = "/components/schemas/Book/properties/kind";
    check(place, None, &[&format!("! {place}: the field is gone")]);
    let place = "/components/schemas/BookCreate/properties/price";
    check(place, None, &[&format!("! {place}: the field is not taken any more")]);
    check("/paths/~1books/post/requestBody", None, &["! /paths/~1books/post/requestBody: no body is taken any more"]);
}

#[test]
fn what_is_new_asks_to_be_blessed() {
    check("/paths/~1authors", Some("{}"), &["/paths/~1authors: the path is new"]);
    check("/paths/~1books/delete", Some("{}"), &["/paths/~1books/delete: the operation is new"]);
    check("/paths/~1books/get/responses/404", Some("{}"), &["/paths/~1books/get/responses/404: the status is new"]);
    let place = "/components/schemas/Book/properties/isbn";
    check(place, Some(r#"{"type": "string"}"#), &[&format!("{place}: the field is new")]);
    let place = "/components/schemas/BookCreate/properties/isbn";
    check(place, Some(r#"{"type": "string"}"#), &[&format!("{place}: the field is new")]);
    let shelf = r#"[{"name": "shelf", "in": "header", "schema": {"type": "string"}}, {"name": "x", "in": "query"}]"#;
    check(
        "/paths/~1books/parameters",
        Some(shelf),
        &[
            "/paths/~1books/get/parameters/query:x: the parameter is new",
            "/paths/~1books/post/parameters/query:x: the parameter is new",
        ],
    );
}

#[test]
fn what_must_be_sent_now_breaks_clients() {
    let place = "/components/schemas/BookCreate";
    check(
        &format!("{place}/required"),
        Some(r#"["title", "price"]"#),
        &[&format!("! {place}/properties/price: the field must be sent now")],
    );
    check(
        &format!("{place}/required"),
        Some("[]"),
        &[&format!("{place}/properties/title: the field may be absent now")],
    );
    check(
        "/components/parameters/Sort/required",
        Some("true"),
        &["! /paths/~1books/get/parameters/query:sort: the parameter must be sent now"],
    );
    let found = found(|api| {
        let create = api.at("/components/schemas/BookCreate").unwrap();
        create.set("required", ["title", "isbn"]);
        create.at("/properties").unwrap().set("isbn", Object::new().with("type", "string"));
    });
    assert_eq!(found, [format!("! {place}/properties/isbn: the field is new, and must be sent")]);
}

#[test]
fn answers_and_requests_are_compared_in_opposite_directions() {
    // A client that sends null, or reads a text.
    let (create, book) = ("/components/schemas/BookCreate/properties", "/components/schemas/Book/properties");
    let became = |place: &str, what: &str| format!("{place}/type: {what}");
    check(
        &format!("{create}/description/type"),
        Some(r#""string""#),
        &[&format!("! {}", became(&format!("{create}/description"), "string or null became string"))],
    );
    check(
        &format!("{create}/title/type"),
        Some(r#"["string", "null"]"#),
        &[&became(&format!("{create}/title"), "string became string or null")],
    );
    check(
        &format!("{book}/title/type"),
        Some(r#"["string", "null"]"#),
        &[&format!("! {}", became(&format!("{book}/title"), "string became string or null"))],
    );
    check(
        &format!("{book}/price/type"),
        Some(r#""integer""#),
        &[&became(&format!("{book}/price"), "number became integer")],
    );
    check(
        &format!("{create}/price/type"),
        Some(r#""integer""#),
        &[&format!("! {}", became(&format!("{create}/price"), "number became integer"))],
    );
    check(
        "/components/parameters/Sort/schema/enum",
        Some(r#"["title", "id"]"#),
        &[
            "! /paths/~1books/get/parameters/query:sort/schema/enum: the value \"price\" is gone",
            "/paths/~1books/get/parameters/query:sort/schema/enum: the value \"id\" is new",
        ],
    );
    check(
        &format!("{book}/kind/enum"),
        Some(r#"["novel", "poem"]"#),
        &[
            &format!("! {book}/kind/enum: the value \"poem\" is new"),
            &format!("{book}/kind/enum: the value \"play\" is gone"),
        ],
    );
    check(
        "/components/schemas/Book/required",
        Some(r#"["title", "price", "author"]"#),
        &[&format!("! {book}/kind: the field may be absent now")],
    );
}

#[test]
fn bounds_may_become_wider_for_what_is_sent() {
    let title = "/components/schemas/BookCreate/properties/title";
    check(&format!("{title}/maxLength"), Some("200"), &[&format!("! {title}/maxLength: 300 became 200")]);
    check(&format!("{title}/maxLength"), Some("400"), &[&format!("{title}/maxLength: 300 became 400")]);
    check(&format!("{title}/maxLength"), None, &[&format!("{title}/maxLength: the bound 300 is gone")]);
    check(&format!("{title}/minLength"), Some("2"), &[&format!("! {title}/minLength: 1 became 2")]);
    check(&format!("{title}/pattern"), Some(r#""^A""#), &[&format!("! {title}/pattern: the rule is new")]);
    let price = "/components/schemas/BookCreate/properties/price";
    check(&format!("{price}/exclusiveMinimum"), Some("0.5"), &[&format!("! {price}/exclusiveMinimum: 0 became 0.5")]);
    // A file is read by a reader that has floats alone for it.
    let greatest = "79228162514264337593543950335";
    let what = format!("! {price}/maximum: the bound {greatest} is new");
    check(&format!("{price}/maximum"), Some(greatest), &[&what]);
    check(
        &format!("{price}/format"),
        Some(r#""float""#),
        &[&format!("! {price}/format: \"decimal\" became \"float\"")],
    );
    let description = "/components/schemas/BookCreate/properties/description";
    check(
        &format!("{description}/default"),
        Some(r#""none""#),
        &[&format!("! {description}/default: whoever leaves it out gets something else")],
    );
    check(
        "/components/schemas/BookCreate/additionalProperties",
        Some("true"),
        &["/components/schemas/BookCreate/additionalProperties: anything is allowed"],
    );
}

#[test]
fn names_that_generated_clients_have_must_stay() {
    check(
        "/paths/~1books/get/operationId",
        Some(r#""getBooks""#),
        &["! /paths/~1books/get/operationId: `listBooks` is called `getBooks` now"],
    );
    let found = found(|api| {
        let author = api.at("/components/schemas").unwrap().remove("Author").unwrap();
        api.at("/components/schemas").unwrap().set("Writer", author);
        let reference = || Object::reference("schemas", "Writer");
        let null = || Object::new().with("type", "null");
        api.at("/components/schemas/Book/properties/author").unwrap().set("anyOf", [reference(), null()]);
        api.at("/components/schemas/Writer/properties/teacher").unwrap().set("anyOf", [reference(), null()]);
    });
    let what = "the model `Author` is called `Writer` now";
    assert_eq!(
        found,
        [
            format!("! /components/schemas/Book/properties/author: {what}"),
            format!("! /components/schemas/Writer/properties/teacher: {what}"),
        ]
    );
}

#[test]
fn a_model_that_can_be_null_is_compared_as_the_model_and_null() {
    let author = "/components/schemas/Book/properties/author";
    check(
        author,
        Some(r##"{"$ref": "#/components/schemas/Author"}"##),
        &[&format!("{author}: it is not null any more")],
    );
    check(
        "/components/schemas/Author/properties/name/type",
        Some(r#"["string", "null"]"#),
        &["! /components/schemas/Author/properties/name/type: string became string or null"],
    );
}

#[test]
fn callers_must_get_in_as_before() {
    let post = "/paths/~1books/post/security";
    check(post, Some("[]"), &[&format!("{post}: callers have more ways in")]);
    check(post, Some(r#"[{"token": []}, {"key": []}]"#), &[&format!("{post}: callers have more ways in")]);
    check(post, Some(r#"[{"token": ["write"]}]"#), &[&format!("! {post}: callers need something else than before")]);
    check(
        "/paths/~1books/get/security",
        Some(r#"[{"token": []}]"#),
        &["! /paths/~1books/get/security: callers need something else than before"],
    );
    check(
        "/components/securitySchemes/token/scheme",
        Some(r#""basic""#),
        &["! /components/securitySchemes/token: callers say who they are in another way"],
    );
}

#[test]
fn alternatives_are_matched_with_each_other() {
    let place = "/components/schemas/BookCreate/properties/price";
    let [two, three] = ["string", "string\"}, {\"type\": \"boolean"]
        .map(|it| format!(r#"{{"anyOf": [{{"type": "number"}}, {{"type": "{it}"}}]}}"#));
    let set = |api: &mut Object, json: &str| {
        api.at("/components/schemas/BookCreate/properties")
            .unwrap()
            .set("price", serde_json::from_str::<Node>(json).unwrap());
    };
    for (old, new, expected) in [
        (&two, &three, vec![format!("{place}/anyOf/2: the alternative is new")]),
        (&three, &two, vec![format!("! {place}/anyOf/2: the alternative is gone")]),
    ] {
        let (mut was, mut now) = (api(), api());
        set(&mut was, old);
        set(&mut now, new);
        let changes = compare(&was.into(), &now.into());
        let breaks = changes.breaks.iter().map(|it| format!("! {it}"));
        assert_eq!(breaks.chain(changes.additions.iter().map(ToString::to_string)).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn other_words_ask_for_nothing() {
    let mut new = api();
    new.at("/info").unwrap().set("version", "2");
    new.at("/paths/~1books/get").unwrap().set("summary", "Browse books");
    new.at("/paths/~1books/get/responses/422").unwrap().set("description", "Not valid.");
    new.at("/components/schemas/BookCreate/properties/title").unwrap().set("examples", ["Dune"]);
    new.at("/components/securitySchemes/token").unwrap().set("description", "Another word.");
    new.set("servers", [Object::new().with("url", "https://books.example")]);
    let lock = contract(&new.into());
    assert_eq!(lock, contract(&api().into()));
    // A field of that name is no prose.
    assert!(lock.pointer("/components/schemas/BookCreate/properties/description").is_some());
}

/// A lock in a file of a test's own.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let file = Self(std::env::temp_dir().join(format!("openapi-lock-{name}-{}.json", std::process::id())));
        let _ = std::fs::remove_file(&file.0);
        file
    }

    fn check(&self, document: &Object, bless: Bless) -> Result<(), String> {
        super::check(&self.0, &document.clone().into(), bless).map_err(|error| error.to_string())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_lock_is_written_only_where_that_is_asked_for() {
    let file = File::new("written");
    assert!(file.check(&api(), Bless::Nothing).unwrap_err().contains("with `BLESS=1` to write it"));
    assert!(!file.0.exists());
    file.check(&api(), Bless::Additions).unwrap();
    file.check(&api(), Bless::Nothing).unwrap();

    let mut more = api();
    more.at("/paths").unwrap().set("/authors", Object::new());
    let error = file.check(&more, Bless::Nothing).unwrap_err();
    assert!(error.contains("no client breaks:\n  /paths/~1authors: the path is new\nrun the test"), "{error}");
    file.check(&more, Bless::Additions).unwrap();
    file.check(&more, Bless::Nothing).unwrap();
}

#[test]
fn a_break_is_blessed_by_its_own_word_alone() {
    let file = File::new("broken");
    file.check(&api(), Bless::Additions).unwrap();
    let mut less = api();
    less.at("/paths/~1books").unwrap().remove("get");
    less.at("/paths").unwrap().set("/authors", Object::new());
    for bless in [Bless::Nothing, Bless::Additions] {
        let error = file.check(&less, bless).unwrap_err();
        assert!(error.contains("would break:\n  /paths/~1books/get: the operation is gone\nand"), "{error}");
        assert!(error.contains("/paths/~1authors: the path is new"), "{error}");
    }
    file.check(&less, Bless::Breaks).unwrap();
    file.check(&less, Bless::Nothing).unwrap();
}

#[test]
fn a_lock_that_is_no_json_is_not_overwritten_unasked() {
    let file = File::new("torn");
    std::fs::write(&file.0, "<<<<<<< HEAD").unwrap();
    for bless in [Bless::Nothing, Bless::Additions] {
        assert!(file.check(&api(), bless).unwrap_err().contains("cannot be used"));
    }
    file.check(&api(), Bless::Breaks).unwrap();
    file.check(&api(), Bless::Nothing).unwrap();
}
