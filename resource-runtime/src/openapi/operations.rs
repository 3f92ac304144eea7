//! The operations of a resource, each with exactly the statuses that it can answer with.

use super::components::Components;
use super::responses::{Answer, Responses, content};
use super::schema::{self, Form};
use super::{ErrorModel, Mounted, Node, Object, models, names, pages, parameters};
use crate::error::ErrorCode;
use crate::field::{FieldMeta, IdSource};
use crate::model::Usage;
use crate::resource::{Operation, ResourceMeta};

/// The most items of a bulk request.
const BULK_MAX: u32 = 100;
/// The most rows of a request that goes to all that conditions hold for.
const MATCHING_MAX: u32 = 1_000;

/// A status has one shape in the document, and what was created is 201 in either.
const UNLESS_MINIMAL: &str = "; without a body where the client prefers `return=minimal`.";

/// Says how many rows they were.
const AFFECTED: &[&str] = &["X-Total-Count"];

/// What a list is besides JSON: all of its rows, without pages.
const EXPORTS: [(&str, &str); 2] = [
    ("application/x-ndjson", "All rows that match, each as JSON on a line of its own."),
    ("text/csv", "All rows that match, after a line with the names of the fields (RFC 4180)."),
];

/// Every operation, in the order of the document: method and path behind the resource's own.
pub(super) const ALL: [(Operation, &str, &str); 12] = [
    (Operation::List, "get", ""),
    (Operation::Create, "post", ""),
    (Operation::UpdateMany, "patch", ""),
    (Operation::DeleteMany, "delete", ""),
    (Operation::Get, "get", "/{id}"),
    (Operation::Replace, "put", "/{id}"),
    (Operation::Update, "patch", "/{id}"),
    (Operation::Delete, "delete", "/{id}"),
    (Operation::Restore, "post", "/{id}/restore"),
    (Operation::BulkCreate, "post", "/bulk"),
    (Operation::BulkUpdate, "patch", "/bulk"),
    (Operation::BulkDelete, "post", "/bulk-delete"),
];

/// What an operation is described from.
pub(super) struct Context<'a> {
    pub(super) mounted: &'a Mounted,
    /// What its operation ids end with.
    pub(super) suffix: &'a str,
    pub(super) errors: &'a ErrorModel,
}

/// Describes one operation.
pub(super) fn operation(context: &Context<'_>, operation: Operation, components: &mut Components) -> Object {
    let mounted = context.mounted;
    let meta = mounted.meta;
    let parameters = parameters(meta, operation, components);
    let body = request_body(meta, operation, components);
    let doc = mounted.doc(operation);
    let requirements = mounted.requirements(operation);
    let responses = responses(context, operation, components)
        .errors(&doc.errors)
        .deprecated(doc.deprecated.is_some())
        .guarded(&requirements, components)
        .finish(context.errors, components);
    let summary = doc.summary.as_ref().map_or_else(|| names::summary(mounted, operation), ToString::to_string);
    Object::new()
        .with("tags", doc.tags_or(names::tag(mounted)))
        .with("summary", summary)
        .with("description", doc.description.as_deref().unwrap_or(description(meta, operation)))
        .with_some("externalDocs", doc.external_docs)
        .with("operationId", names::operation_id(mounted, operation, context.suffix))
        .with_some("deprecated", doc.deprecated.is_some().then_some(true))
        .with_some("parameters", (!parameters.is_empty()).then_some(parameters))
        .with_some("requestBody", body)
        .with("responses", responses)
        .with_some("security", super::security(&requirements))
}

const fn description(meta: &ResourceMeta, operation: Operation) -> &'static str {
    match operation {
        Operation::List => {
            "Answers with a page of numbered pages (`page`, `per_page`), or, where `cursor` or `limit` is sent, with a \
             page between cursors. All conditions hold together."
        }
        Operation::Create => "Fields that have a default, or that can be null, may be absent.",
        Operation::Get => "Answers 304 where `If-None-Match` has the row's `ETag`.",
        Operation::Replace => "Sets every field; one that is absent goes back to its default.",
        Operation::Update => {
            "Changes the fields that are sent (RFC 7396): an absent one stays as it is, `null` takes a value away, an \
             array is replaced as a whole."
        }
        Operation::Delete if meta.soft_delete().is_some() => {
            "It is as if it were gone, and can be restored; a second time the answer is 404."
        }
        Operation::Delete => "It is gone for good; a second time the answer is 404.",
        Operation::Restore => {
            "A deleted one is back as it was. One that is not deleted is 409, and so is one of which another has a value by \
             now that has to be unique. `If-Match` means the `ETag` that it had before it was deleted."
        }
        Operation::BulkCreate | Operation::BulkUpdate => {
            "Each item stands or falls for itself, and `errors` says which fell and why. With `atomic=true` all of \
             them stand, or the answer is the error of the first that fell, with its problems under `/<index>`."
        }
        Operation::BulkDelete => {
            "Says which rows are gone, and which were not there. With `atomic=true` all of them go, or the answer is \
             the error of the first that cannot, with its problem at `/ids/<index>`."
        }
        Operation::UpdateMany | Operation::DeleteMany => {
            "Goes to every row that the parameters hold for, of which one at least has to be sent; at most 1,000 rows. \
             All of them are done, or the answer is the error of the first that is refused, with the row's identifier \
             in `params`."
        }
    }
}

fn parameters(meta: &'static ResourceMeta, operation: Operation, components: &mut Components) -> Vec<Object> {
    let mut all = Vec::new();
    let is_dated = meta.written_at().is_some();
    let if_match = |components: &mut Components| parameters::if_match(meta.require_if_match, components);
    match operation {
        Operation::List => all.extend(parameters::list(meta, components)),
        Operation::Get => {
            all.extend(parameters::fields(meta, components));
            all.push(parameters::if_none_match(components));
            if is_dated {
                all.push(parameters::if_modified_since(components));
            }
        }
        Operation::Replace => {
            if meta.id_source() == IdSource::Client {
                // One of the two is enough.
                all.push(parameters::if_match(false, components));
                all.push(parameters::create_only(components));
            } else {
                all.push(if_match(components));
            }
        }
        Operation::Update | Operation::Delete => all.push(if_match(components)),
        Operation::Restore => all.push(parameters::if_match(false, components)),
        Operation::BulkCreate | Operation::BulkUpdate | Operation::BulkDelete => {
            all.push(parameters::atomic(components));
        }
        Operation::UpdateMany | Operation::DeleteMany => all.extend(parameters::conditions(meta, components)),
        Operation::Create => {}
    }
    let changes_item =
        matches!(operation, Operation::Replace | Operation::Update | Operation::Delete | Operation::Restore);
    if is_dated && changes_item {
        all.push(parameters::if_unmodified_since(components));
    }
    if takes_key(operation) {
        all.push(parameters::idempotency_key(components));
    }
    if !matches!(operation, Operation::List | Operation::Get) {
        all.push(parameters::prefer(meta, operation, components));
    }
    all
}

/// Whether it goes to all rows that conditions hold for.
const fn is_matching(operation: Operation) -> bool {
    matches!(operation, Operation::UpdateMany | Operation::DeleteMany)
}

/// Whether it is carried out once for all requests with one `Idempotency-Key`.
const fn takes_key(operation: Operation) -> bool {
    !matches!(
        operation,
        Operation::List | Operation::Get | Operation::Replace | Operation::Delete | Operation::DeleteMany
    )
}

fn request_body(meta: &'static ResourceMeta, operation: Operation, components: &mut Components) -> Option<Object> {
    let (media_type, schema) = match operation {
        Operation::Create => ("application/json", models::model(meta, Usage::Create, components)),
        Operation::Replace => ("application/json", models::replacement(meta, components)),
        // The server takes `application/json` too; generators that find two types ask for one.
        Operation::Update | Operation::UpdateMany => {
            ("application/merge-patch+json", models::model(meta, Usage::Update, components))
        }
        Operation::BulkCreate => ("application/json", batch(models::model(meta, Usage::Create, components))),
        Operation::BulkUpdate => ("application/json", batch(models::bulk_update(meta, components))),
        Operation::BulkDelete => ("application/json", models::bulk_delete(meta, BULK_MAX, components)),
        Operation::List | Operation::Get | Operation::Delete | Operation::DeleteMany | Operation::Restore => {
            return None;
        }
    };
    Some(Object::new().with("required", true).with("content", content(media_type, schema)))
}

fn batch(item: Object) -> Object {
    Object::new().with("type", "array").with("items", item).with("minItems", 1).with("maxItems", BULK_MAX)
}

fn responses(context: &Context<'_>, operation: Operation, components: &mut Components) -> Responses {
    let meta = context.mounted.meta;
    let one = names::words(meta.name);
    let row = |components: &mut Components| models::model(meta, Usage::Response, components);
    let bulk = |members: Vec<(&'static str, Object)>, name: &str, components: &mut Components| {
        let item = components.schema(&format!("Bulk{}", context.errors.name), context.errors.batch_item.clone());
        let errors = models::list(item, BULK_MAX);
        models::bulk_answer(&format!("{}{name}", meta.name), members, errors, components)
    };
    let list_of = |item: Object| models::list(item, BULK_MAX);
    let id = |components: &mut Components| schema::of_kind(&meta.id_field().kind, Form::Response, components);
    let dated: &[&str] = if meta.written_at().is_some() { &["Last-Modified"] } else { &[] };
    let found = Answer::new(format!("The {one}.")).headers(&["ETag"]).headers(dated);
    let preferred: &[&str] = &["Preference-Applied"];
    let replayed: &[&str] = if takes_key(operation) { &["Idempotency-Replayed"] } else { &[] };
    // What `Prefer: return=minimal` makes of 200.
    let without_body = |headers: &[&'static str]| {
        let answer = Answer::new("It is done; the client prefers to hear no more.");
        answer.headers(headers).headers(preferred).headers(replayed)
    };
    let answers = match operation {
        Operation::List => {
            let page = pages::page(meta, components);
            let headers = ["Link", "X-Total-Count", "X-Total-Pages"];
            let mut answer = Answer::new("A page of the list.").body(page).headers(&headers);
            if context.mounted.exports {
                for (media_type, description) in EXPORTS {
                    let rows = Object::new().with("type", "string").with("description", description);
                    answer = answer.body_as(media_type, rows);
                }
            }
            Responses::new().success(200, answer, components).errors(&[ErrorCode::INVALID_CURSOR])
        }
        Operation::Get => {
            let body = models::selectable(meta, components);
            let unchanged = Answer::new("The client's copy is the newest.").headers(&["ETag"]).headers(dated);
            Responses::new().success(200, found.body(body), components).success(304, unchanged, components)
        }
        Operation::Create => {
            let body = row(components);
            Responses::new().success(201, created(context, &one, body).headers(replayed), components)
        }
        Operation::Replace | Operation::Update | Operation::Restore => {
            let body = row(components);
            let found = found.body(body.clone()).headers(preferred).headers(replayed);
            let minimal = without_body(&["ETag"]).headers(dated);
            let answers = Responses::new().success(200, found, components).success(204, minimal, components);
            if operation == Operation::Replace && meta.id_source() == IdSource::Client {
                answers.success(201, created(context, &one, body), components)
            } else {
                answers
            }
        }
        Operation::Delete => {
            let gone = Answer::new("It is gone.").headers(preferred).links(way_back(context));
            Responses::new().success(204, gone, components)
        }
        Operation::BulkCreate => {
            let rows = list_of(row(components));
            let body = bulk(vec![("created", rows)], "BulkCreated", components);
            Responses::new().success(
                201,
                Answer::new(format!("What was created, and what was not{UNLESS_MINIMAL}"))
                    .body(body)
                    .headers(preferred)
                    .headers(replayed),
                components,
            )
        }
        Operation::BulkUpdate => {
            let rows = list_of(row(components));
            let body = bulk(vec![("updated", rows)], "BulkUpdated", components);
            let answer = Answer::new("What was changed, and what was not.").body(body);
            Responses::new().success(200, answer.headers(preferred).headers(replayed), components).success(
                204,
                without_body(&[]),
                components,
            )
        }
        Operation::BulkDelete => {
            let ids = vec![("deleted", list_of(id(components))), ("not_found", list_of(id(components)))];
            let body = bulk(ids, "BulkDeleted", components);
            let answer = Answer::new("What is gone, and what was not there.").body(body);
            Responses::new().success(200, answer.headers(preferred).headers(replayed), components).success(
                204,
                without_body(&[]),
                components,
            )
        }
        Operation::UpdateMany | Operation::DeleteMany => {
            let (name, member, item, words) = if operation == Operation::UpdateMany {
                ("Updated", "updated", row(components), "The rows that were changed, as they are now.")
            } else {
                ("Deleted", "deleted", id(components), "The identifiers of the rows that are gone.")
            };
            let list = models::list(item, MATCHING_MAX);
            let body = models::matched(&format!("{}Matching{name}", meta.name), member, list, components);
            let answer = Answer::new(words).body(body).headers(AFFECTED).headers(preferred).headers(replayed);
            Responses::new().success(200, answer, components).success(204, without_body(AFFECTED), components)
        }
    };
    let writes_item =
        matches!(operation, Operation::Replace | Operation::Update | Operation::Delete | Operation::Restore);
    let of_item = writes_item || operation == Operation::Get;
    let restores = operation == Operation::Restore;
    // That of a restore is read, and has to be empty.
    let has_body = !matches!(operation, Operation::List | Operation::Get | Operation::Delete | Operation::DeleteMany);
    let matching = is_matching(operation);
    let is_batch = matches!(operation, Operation::BulkCreate | Operation::BulkUpdate | Operation::BulkDelete);
    let changes_by_patch = matches!(operation, Operation::Update | Operation::BulkUpdate | Operation::UpdateMany);
    let changes_batch = is_batch && operation != Operation::BulkCreate;
    answers
        // A path with an identifier can have an escape that is none, a body can end too early.
        .errors_if(of_item || has_body || matching, &[ErrorCode::BAD_REQUEST])
        .errors_if(has_body && !restores, &[ErrorCode::MALFORMED_JSON])
        .errors_if(has_body, &[ErrorCode::REQUEST_TIMEOUT])
        .errors_if(changes_by_patch, &[ErrorCode::EMPTY_UPDATE])
        .errors_if(
            matching || matches!(operation, Operation::BulkCreate | Operation::BulkUpdate),
            &[ErrorCode::BATCH_TOO_LARGE],
        )
        .errors_if(matching, &[ErrorCode::MAX_AFFECTED_EXCEEDED])
        // What refuses an item of a batch refuses the batch, where that is all or nothing.
        .errors_if(of_item || changes_batch, &[ErrorCode::NOT_FOUND])
        // What has no body is not negotiated.
        .errors_if(operation != Operation::Delete, &[ErrorCode::NOT_ACCEPTABLE])
        .errors_if(context.mounted.is_scoped && can_leave_scope(operation), &[ErrorCode::FORBIDDEN])
        .errors_if(can_clash(meta, operation), &[ErrorCode::DUPLICATE])
        .errors_if(takes_key(operation), &[ErrorCode::IDEMPOTENCY_IN_FLIGHT, ErrorCode::IDEMPOTENCY_KEY_REUSED])
        .errors_if(writes_item, &[ErrorCode::CONFLICT])
        .errors_if(writes_item || matching || changes_batch, &[ErrorCode::PRECONDITION_FAILED])
        .errors_if(has_body, &[ErrorCode::PAYLOAD_TOO_LARGE, ErrorCode::UNSUPPORTED_MEDIA_TYPE])
        .errors(&[ErrorCode::URI_TOO_LONG])
        .errors_if(has_body, &[ErrorCode::VALIDATION_FAILED])
        .errors(&[ErrorCode::INVALID_QUERY])
        .errors_if(matching, &[ErrorCode::CONDITION_REQUIRED])
        .errors_if(writes_item && !restores && meta.require_if_match, &[ErrorCode::PRECONDITION_REQUIRED])
        .errors(&[ErrorCode::INTERNAL, ErrorCode::UNAVAILABLE, ErrorCode::TIMEOUT])
}

/// Whether the operation can set something that another row may have already.
fn can_clash(meta: &ResourceMeta, operation: Operation) -> bool {
    let client_chooses = meta.id_source() == IdSource::Client;
    let sets = |it: &FieldMeta| match operation {
        Operation::Create | Operation::BulkCreate => it.access.create,
        // With `If-None-Match: *` it creates.
        Operation::Replace if client_chooses => it.access.create || it.access.update,
        Operation::Replace | Operation::Update | Operation::BulkUpdate | Operation::UpdateMany => it.access.update,
        Operation::Restore => true,
        _ => false,
    };
    meta.fields.iter().any(|it| it.unique && sets(it))
        || meta.unique.iter().flat_map(|it| it.iter()).any(|name| meta.field(name).is_some_and(|(_, it)| sets(it)))
        || (matches!(operation, Operation::Create | Operation::BulkCreate) && client_chooses)
}

/// Whether the operation can make a row that its caller would not see.
const fn can_leave_scope(operation: Operation) -> bool {
    !matches!(operation, Operation::List | Operation::Get | Operation::Delete | Operation::BulkDelete)
}

fn created(context: &Context<'_>, one: &str, body: Object) -> Answer {
    let answer = Answer::new(format!("The {one}, created{UNLESS_MINIMAL}")).body(body);
    let answer = answer.headers(&["Location", "ETag"]);
    let dated = context.mounted.meta.written_at().is_some();
    let answer = if dated { answer.headers(&["Last-Modified"]) } else { answer };
    answer.headers(&["Preference-Applied"]).links(links(context))
}

/// What can be done with what was deleted, by the id that it was deleted by.
fn way_back(context: &Context<'_>) -> Object {
    if !context.mounted.shows(Operation::Restore) {
        return Object::new();
    }
    let target = names::operation_id(context.mounted, Operation::Restore, context.suffix);
    let parameters = Object::new().with("id", "$request.path.id");
    let link = Object::new().with("operationId", target.as_str()).with("parameters", parameters);
    Object::new().with(&target, link)
}

/// What can be done with what was created, by its id.
fn links(context: &Context<'_>) -> Object {
    let mounted = context.mounted;
    let id = mounted.meta.id_field();
    let mut links = Object::new();
    if !id.access.response {
        return links;
    }
    for operation in [Operation::Get, Operation::Replace, Operation::Update, Operation::Delete] {
        if mounted.shows(operation) {
            let target = names::operation_id(mounted, operation, context.suffix);
            let from = format!("$response.body#/{}", id.name);
            let link = Object::new()
                .with("operationId", target.as_str())
                .with("parameters", Object::new().with("id", Node::from(from)));
            links.set(target, link);
        }
    }
    links
}
