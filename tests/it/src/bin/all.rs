//! Serves what the tests have besides the book API: every type of field, every role and rule, every operation, guards, and
//! what an application hides or adds. The tools of `tests/tools` judge its document, and it by its document.

use axum::extract::RawQuery;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use it::Account;
use it::club::{Badge, Member};
use it::library::{Note, Shelf};
use it::zoo::{Animal, Keeper, Ticket};
use resource_runtime::http::{Settings, guard};
use resource_runtime::openapi::{
    Body, Contact, Deprecation, Endpoint, KeyPlace, License, Parameter, SecurityScheme, Tag,
};
use resource_runtime::prelude::*;
use resource_runtime::resource::Operations;

/// What writes to accounts need.
const TOKEN: &str = "Bearer open-sesame";

#[tokio::main]
async fn main() -> resource_runtime::Result<()> {
    let settings = Settings::from_env()?;
    let store = settings.connect().await?;
    store.migrate::<(Animal, Keeper, Ticket, Account, Member, Badge, Shelf, Note)>().await?;
    api(&store).serve(settings).await
}

fn api(store: &Database) -> Api {
    let token = guard(SecurityScheme::bearer("token").description("`open-sesame`."), |request| {
        match request.headers.get(AUTHORIZATION) {
            Some(it) if it == TOKEN => Ok(()),
            Some(_) => Err(ApiError::new(ErrorCode::FORBIDDEN)),
            None => Err(ApiError::new(ErrorCode::UNAUTHORIZED).detail("a token is needed")),
        }
    });
    let key = guard(SecurityScheme::api_key("key", KeyPlace::Header, "X-API-Key"), |request| {
        match request.headers.get("x-api-key") {
            Some(it) if it == "s3cret" => Ok(()),
            _ => Err(ApiError::new(ErrorCode::UNAUTHORIZED)),
        }
    });
    let count = Endpoint::get("/tickets/count", "countTickets")
        .summary("Count tickets")
        .description("Those of a colour; there are none.")
        .tag("tickets")
        .parameter(Parameter::query::<Option<String>>("colour").description("A colour.").example("red"))
        .answer(200, "How many there are.", Body::of::<i64>())
        .errors(&[ErrorCode::INVALID_QUERY]);
    Api::new("All", "1.0.0")
        .description("What the tests have besides the book API.")
        .info(|info| {
            let tickets = Tag::new("tickets").description("What visitors have.");
            let maintainers = Contact { name: Some("The authors of the tests".to_owned()), ..Contact::default() };
            info.tag(tickets.external_docs("https://example.org/tickets", "How to get one"))
                .license(License::spdx("MIT", "MIT"))
                .contact(maintainers)
        })
        .nest("/api/v1", |v1| {
            v1.resource(Animal::on(store))
                .resource(Keeper::on(store))
                .resource(Ticket::on(store).without_export())
                .resource(Account::on(store).guard(Operations::WRITE, token))
                .resource(Member::on(store))
                .resource(Badge::on(store))
                .resource(Note::on(store))
                .endpoint(count, count_tickets)
        })
        .nest("/api/v2", |v2| {
            let old = Deprecation::since(Date::constant(2026, 7, 1)).sunset(Date::constant(2099, 1, 1));
            v2.resource(Member::on(store).scope(Member::TEAM.eq("a").into()))
                .resource(Shelf::on(store).hide(Operations::BULK))
                .deprecate(old.successor("/api/v1"))
                .guard(key)
        })
}

async fn count_tickets(RawQuery(query): RawQuery) -> Result<([(HeaderName, &'static str); 1], &'static str), ApiError> {
    match query.as_deref().unwrap_or_default().split_once('=') {
        None | Some(("colour", _)) => Ok(([(CONTENT_TYPE, "application/json")], "0")),
        Some(_) => Err(ApiError::new(ErrorCode::INVALID_QUERY)),
    }
}
