//! What lists answer with.
//!
//! # Design
//!
//! A list answers in one of two envelopes, as the parameters ask. They are described as *one*
//! object, of which only `items` is always there, with `dependentRequired` for what comes together.
//! As a union of two objects every generated client would have to unwrap or narrow before it could
//! read `items`, for a mode that it did not choose; validators see the same precision either way.

use super::components::Components;
use super::{Object, example, models};
use crate::resource::ResourceMeta;

/// The page of a resource's list.
pub(super) fn page(meta: &'static ResourceMeta, components: &mut Components) -> Object {
    let usage = meta.list_usage();
    let item = models::model(meta, usage, components);
    // One mode of the two: what tools make up has the members of both.
    let example = example::response(meta, &usage.slots(meta)).map(|it| {
        Object::new()
            .with("items", [it])
            .with("total", 1)
            .with("page", 1)
            .with("per_page", meta.page.size)
            .with("total_pages", 1)
            .with("has_next", false)
            .with("has_prev", false)
    });
    let envelope_of_all = envelope(meta, item).with_some("examples", example.map(|it| [it]));
    let whole = components.schema(&format!("{}Page", meta.name), envelope_of_all);
    let chosen = models::selection(meta, components);
    let chosen = components.schema(&format!("{}FieldsPage", meta.name), envelope(meta, chosen));
    // Whoever names no `fields` gets the first form.
    Object::new().with("anyOf", [whole, chosen])
}

fn envelope(meta: &ResourceMeta, item: Object) -> Object {
    let integer = |format: &str, least: u32, description: &str| {
        Object::new()
            .with("type", "integer")
            .with("format", format)
            .with("minimum", least)
            .with("description", description)
    };
    let flag = |description: &str| Object::new().with("type", "boolean").with("description", description);
    let nullable = |schema: Object, kind: &str| schema.with("type", [kind, "null"]);
    let cursor = |description: &str| Object::new().with("type", ["string", "null"]).with("description", description);
    let properties = Object::new()
        .with("items", models::list(item, meta.page.max))
        .with(
            "total",
            nullable(
                integer("int64", 0, "How many rows match in all; without a value where they were not counted."),
                "integer",
            ),
        )
        .with(
            "total_kind",
            Object::new()
                .with("type", "string")
                .with("enum", ["exact", "estimated", "capped"])
                .with("description", "How far `total` can be trusted; sent with `count=estimated` and `count=capped`."),
        )
        .with("page", integer("int64", 1, "Page mode: the number of this page."))
        .with("per_page", integer("int32", 1, "Page mode: rows per page."))
        .with(
            "total_pages",
            nullable(
                integer(
                    "int64",
                    0,
                    "Page mode: how many pages there are; without a value where rows were not counted.",
                ),
                "integer",
            ),
        )
        .with("has_next", flag("Page mode: whether there is a page after this one."))
        .with("has_prev", flag("Page mode: whether there is a page before this one."))
        .with("next_cursor", cursor("Cursor mode: where the next page starts; null on the last one."))
        .with("prev_cursor", cursor("Cursor mode: where the previous page starts; null on the first one."))
        .with("has_more", flag("Cursor mode: whether there are rows after this page."));
    let page_mode = ["per_page", "has_next", "has_prev"];
    let dependent = Object::new()
        .with("page", page_mode)
        .with("next_cursor", ["prev_cursor", "has_more"])
        .with("total_kind", ["total"]);
    Object::new()
        .with("type", "object")
        .with("description", "A page of a list: `page` and `per_page` in page mode, cursors in cursor mode.")
        .with("properties", properties)
        .with("required", ["items"])
        .with("dependentRequired", dependent)
}
