//! A small library whose writes have hooks: they note every stage in a table of their own, and can be told by
//! header fields to refuse, to panic and to change what they are given.

mod desk;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use resource_runtime::prelude::*;
use tokio::sync::Semaphore;

use crate::Client;

/// A book that somebody has.
#[derive(Debug, Clone, Resource)]
#[resource(path = "loans")]
pub struct Loan {
    /// Counted by the store.
    #[resource(id)]
    pub id: i64,
    /// What is lent.
    #[resource(filter(eq), sort)]
    #[validate(length(min = 1, max = 20))]
    pub book: String,
    /// Where it stands.
    pub shelf: String,
    /// Who lends it; set by a hook.
    #[resource(read_only, default = "nobody")]
    pub stamp: String,
    /// When it was last changed.
    #[resource(updated_at)]
    pub updated_at: Option<Timestamp>,
}

/// Where books stand.
#[derive(Debug, Clone, Resource)]
#[resource(path = "shelves")]
pub struct Shelf {
    /// Its name.
    #[resource(id(client))]
    pub name: String,
    /// How many of its books are lent.
    #[resource(default)]
    pub lent: i64,
}

/// What a hook has noted.
#[derive(Debug, Clone, Resource)]
#[resource(path = "notes", operations(read), sort = "id", page(size = 100, max = 100))]
pub struct Note {
    /// Counted by the store.
    #[resource(id)]
    pub id: i64,
    /// The stage, and the book.
    pub text: String,
    /// When.
    #[resource(created_at)]
    pub at: Timestamp,
}

/// What was committed, as the last stage was told.
#[derive(Debug, Clone, Default)]
pub struct Committed(pub Arc<Mutex<Vec<String>>>);

/// Where a hook of a request with `wait: <stage>` stops until `POST gate` lets it go on.
#[derive(Debug, Clone)]
pub struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    async fn pass(&self) {
        self.arrived.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }
}

/// What a hook says no with.
pub const NOT_TODAY: ErrorCode = ErrorCode::new("not_today", 409, "Not today");

/// The hooks of loans.
#[derive(Debug)]
pub struct Lending;

/// Notes that a row of any resource was written.
#[derive(Debug)]
pub struct Journal;

fn header<'a>(request: &'a RequestContext, name: &str) -> &'a str {
    request.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
}

/// Notes the stage, and then waits, refuses or panics where the request asks for it: with `fail: after_create`, say,
/// and with `only: Dune` for that book alone.
async fn at(stage: &str, book: &str, cx: &mut HookContext<'_>) -> Result<(), ApiError> {
    note(format!("{stage} {book}"), cx).await?;
    let request = cx.request();
    let only = header(request, "only");
    let concerned = only.is_empty() || only == book;
    if concerned && header(request, "wait") == stage {
        request.state::<Gate>()?.pass().await;
    }
    assert!(!concerned || header(request, "panic") != stage, "on purpose, in {stage}");
    if concerned && header(request, "fail") == stage { Err(ApiError::new(NOT_TODAY)) } else { Ok(()) }
}

async fn note(text: String, cx: &mut HookContext<'_>) -> Result<(), ApiError> {
    cx.tx().insert(Note { id: 0, text, at: Timestamp::now() }).await.map(drop)
}

impl Hooks<Loan> for Lending {
    async fn input(&self, cx: &mut HookContext<'_>, input: &mut Input<Loan>) -> Result<(), ApiError> {
        at("input", &input.get(Loan::BOOK).unwrap_or_default(), cx).await?;
        match header(cx.request(), "user") {
            "" => {}
            user => input.set(Loan::STAMP, user),
        }
        match header(cx.request(), "book") {
            "" => {}
            "-" => input.remove(Loan::BOOK),
            book => input.set(Loan::BOOK, book),
        }
        if header(cx.request(), "number") == "7" {
            input.set(Loan::ID, 7);
        }
        Ok(())
    }

    async fn before_create(&self, cx: &mut HookContext<'_>, loan: &mut Loan) -> Result<(), ApiError> {
        at("before_create", &loan.book, cx).await?;
        assert_eq!(loan.id, 0);
        match loan.book.as_str() {
            "rename" => "renamed".clone_into(&mut loan.book),
            "stretch" => loan.book = "e".repeat(21),
            "number" => loan.id = 7,
            _ => {}
        }
        Ok(())
    }

    async fn after_create(&self, cx: &mut HookContext<'_>, loan: &Loan) -> Result<(), ApiError> {
        let shelf = loan.shelf.clone();
        cx.tx().update::<Shelf>(shelf, |it| it.lent += 1).await?;
        match loan.book.as_str() {
            "itself" => drop(cx.tx().update::<Loan>(loan.id, |it| "after".clone_into(&mut it.stamp)).await?),
            "vanish" => drop(cx.tx().delete::<Loan>(loan.id).await?),
            _ => {}
        }
        at("after_create", &loan.book, cx).await
    }

    async fn before_update(&self, cx: &mut HookContext<'_>, old: &Loan, new: &mut Loan) -> Result<(), ApiError> {
        at("before_update", &new.book, cx).await?;
        match new.book.as_str() {
            "older" => new.book = format!("not {}", old.book),
            "stretch" => new.book = "e".repeat(21),
            "number" => new.id += 1,
            "twice" => drop(cx.tx().update::<Loan>(old.id, |it| "before".clone_into(&mut it.stamp)).await?),
            _ => {}
        }
        Ok(())
    }

    async fn after_update(&self, cx: &mut HookContext<'_>, old: &Loan, new: &Loan) -> Result<(), ApiError> {
        cx.tx().update::<Shelf>(new.shelf.clone(), |it| it.lent += 100).await?;
        at("after_update", &new.book, cx).await?;
        if new.book == "itself" {
            cx.tx().save(Loan { stamp: old.book.clone(), ..new.clone() }).await?;
        }
        Ok(())
    }

    async fn before_delete(&self, cx: &mut HookContext<'_>, loan: &Loan) -> Result<(), ApiError> {
        at("before_delete", &loan.book, cx).await
    }

    async fn after_delete(&self, cx: &mut HookContext<'_>, loan: &Loan) -> Result<(), ApiError> {
        cx.tx().update::<Shelf>(loan.shelf.clone(), |it| it.lent -= 1).await?;
        at("after_delete", &loan.book, cx).await
    }

    async fn committed(&self, request: &RequestContext, change: &Change<Loan>) -> Result<(), ApiError> {
        let what = match change {
            Change::Created(loan) => format!("created {}", loan.book),
            Change::Updated { old, new } => format!("updated {} to {}", old.book, new.book),
            Change::Deleted(loan) => format!("deleted {}", loan.book),
        };
        let told = &request.state::<Committed>()?.0;
        if header(request, "slow") == "committed" {
            told.lock().unwrap().push("begun".to_owned());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        told.lock().unwrap().push(what);
        assert_ne!(header(request, "panic"), "committed");
        if header(request, "fail") == "committed" { Err(ApiError::new(NOT_TODAY)) } else { Ok(()) }
    }
}

impl<R: Resource> Hooks<R> for Journal {
    async fn after_create(&self, cx: &mut HookContext<'_>, _: &R) -> Result<(), ApiError> {
        note(format!("new {} by {:?}", R::META.name, cx.operation()), cx).await
    }

    async fn before_delete(&self, cx: &mut HookContext<'_>, _: &R) -> Result<(), ApiError> {
        // There is none.
        if header(cx.request(), "state") == "missing" { cx.state::<Self>().map(drop) } else { Ok(()) }
    }
}

impl Client {
    /// The library, with two shelves, `A` and `B`.
    pub async fn library(store: &Database) -> Self {
        let client = Self::lending(store).await;
        for shelf in ["A", "B"] {
            assert_eq!(client.post("shelves", &serde_json::json!({"name": shelf})).await.status, 201);
        }
        client
    }

    /// The library as it is in the store, for one process of several.
    pub async fn lending(store: &Database) -> Self {
        Self::lending_with(store, Settings::default()).await
    }

    /// As [`Client::library`], whose requests may take so long.
    pub async fn hasty_library(store: &Database) -> Self {
        Self::library(store).await;
        let mut settings = Settings::default();
        settings.request_timeout = Duration::from_secs(2);
        Self::lending_with(store, settings).await
    }

    async fn lending_with(store: &Database, settings: Settings) -> Self {
        store.migrate::<(Loan, Shelf, Note)>().await.unwrap();
        let committed = Committed::default();
        let told = committed.clone();
        let gate = Gate { arrived: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) };
        let Gate { arrived, open } = gate.clone();
        let api = Api::new("Library", "1")
            .state(committed)
            .state(gate)
            .settings(settings)
            .nest("/api/v1", |v1| {
                v1.resource(Loan::on(store).hooks(Lending).hooks(Journal))
                    .resource(Shelf::on(store).replace(Operation::Delete, desk::clear))
                    .resource(Note::on(store))
                    .route("/committed", get(async move || told.0.lock().unwrap().join("\n")))
                    .route("/gate", get(async move || arrived.acquire().await.unwrap().forget()))
                    .route("/gate/open", post(async move || open.add_permits(1)))
                    .route("/desk", post(desk::desk))
                    .route("/desk/two", post(desk::two))
                    .merge(Router::new().route("/merged", post(desk::desk)))
            })
            .build();
        Self::of(api.unwrap())
    }

    /// Waits until a hook stands at the [`Gate`].
    pub async fn at_gate(&self) {
        assert_eq!(self.get("gate").await.status, 200);
    }

    /// Lets it go on.
    pub async fn open_gate(&self) {
        assert_eq!(self.post("gate/open", &serde_json::Value::Null).await.status, 200);
    }

    /// What hooks have noted.
    pub async fn notes(&self) -> Vec<String> {
        let notes = self.get("notes").await.value();
        notes["items"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap().to_owned()).collect()
    }

    /// How many books of a shelf are lent, as hooks have counted.
    pub async fn lent(&self, shelf: &str) -> i64 {
        self.get(&format!("shelves/{shelf}")).await.value()["lent"].as_i64().unwrap()
    }

    /// What was committed.
    pub async fn committed(&self) -> Vec<String> {
        self.get("committed").await.text().lines().map(ToOwned::to_owned).collect()
    }
}
