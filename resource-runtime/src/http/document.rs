//! The API's document: what is mounted, put together for `openapi`.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::field::{FieldMeta, Kind, ObjectMeta};
use crate::openapi::{self, ErrorModel, Info, Mounted, ServiceOperation};

/// What `/health` and `/health/ready` answer.
static HEALTH: ObjectMeta = ObjectMeta {
    name: "Health",
    doc: "How the service is.",
    fields: &[FieldMeta::of::<String>("status").doc("`ok` or `ready`.")],
    rules: &[],
};

/// What `/` answers.
static INDEX: ObjectMeta = ObjectMeta {
    name: "Index",
    doc: "What the API is, and where things are.",
    fields: &[
        FieldMeta::of::<String>("name").doc("The API's name."),
        FieldMeta::of::<String>("version").doc("The API's version."),
        FieldMeta {
            kind: Kind::Object(&ObjectMeta {
                name: "IndexLinks",
                doc: "Where things are.",
                fields: &[
                    FieldMeta::of::<Option<String>>("docs").doc("The documentation, as a page."),
                    FieldMeta::of::<String>("openapi").doc("The documentation, as an OpenAPI document."),
                    FieldMeta::of::<String>("health").doc("Whether the process is alive."),
                    FieldMeta::of::<String>("ready").doc("Whether requests can be answered."),
                ],
                rules: &[],
            }),
            ..FieldMeta::of::<String>("links").doc("Where things are.")
        },
    ],
    rules: &[],
};

const SERVICE: [ServiceOperation; 3] = [
    ServiceOperation {
        path: "/",
        id: "getIndex",
        summary: "What this is",
        description: "The API's name and version, and where things are.",
        answer: &INDEX,
        asks_store: false,
    },
    ServiceOperation {
        path: "/health",
        id: "getHealth",
        summary: "Whether the process is alive",
        description: "Asks nobody else.",
        answer: &HEALTH,
        asks_store: false,
    },
    ServiceOperation {
        path: "/health/ready",
        id: "getReadiness",
        summary: "Whether requests can be answered",
        description: "Asks the store.",
        answer: &HEALTH,
        asks_store: true,
    },
];

/// The document of what is mounted; `has` tells which of the framework's own paths are served.
pub(super) fn document(
    info: &Info,
    mounted: &[Mounted],
    has: impl Fn(&str) -> bool,
    errors: &ErrorModel,
) -> Result<Bytes> {
    let service: Vec<ServiceOperation> = SERVICE.into_iter().filter(|it| has(it.path)).collect();
    let document = openapi::document(info, mounted, &service, errors);
    document.map(Bytes::from).map_err(|error| Error::new(format!("the OpenAPI document cannot be written: {error}")))
}
