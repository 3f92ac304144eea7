//! The API's document: what is mounted, put together for `openapi`.

use std::collections::HashSet;

use bytes::Bytes;

use super::nest::Mount;
use crate::error::{Error, Result};
use crate::field::{FieldMeta, Kind, ObjectMeta};
use crate::openapi::{
    self, Contents, DocumentError, Endpoint, ErrorModel, Info, Mounted, Node, Object, ServiceOperation,
};

/// What `/health` and `/health/ready` answer.
static HEALTH: ObjectMeta = ObjectMeta {
    name: "Health",
    doc: "How the service is.",
    fields: &[FieldMeta::of::<String>("status").doc("`ok` or `ready`.")],
    rules: &[],
};

/// What `/` answers.
static INDEX: ObjectMeta = ObjectMeta {
    name: "ApiIndex",
    doc: "What the API is, and where things are.",
    fields: &[
        FieldMeta::of::<String>("name").doc("The API's name."),
        FieldMeta::of::<String>("version").doc("The API's version."),
        FieldMeta {
            kind: Kind::Object(&ObjectMeta {
                name: "ApiLinks",
                doc: "Where things are.",
                fields: &[
                    FieldMeta::of::<Option<String>>("docs").doc("The documentation, as a page."),
                    FieldMeta::of::<String>("openapi").doc("The documentation, as an OpenAPI 3.1 document."),
                    FieldMeta::of::<String>("openapi_3_0").doc("The same for tools that read no newer one than 3.0."),
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

/// A change to the document.
pub(super) type Patch = Box<dyn Fn(&mut Object) -> std::result::Result<(), DocumentError> + Send + Sync>;

/// What the document of an API is made of.
pub(super) struct Described {
    mounted: Vec<Mounted>,
    endpoints: Vec<Endpoint>,
    service: Vec<ServiceOperation>,
}

impl Described {
    /// What is mounted, and the framework's own paths that do not give way to it.
    pub(super) fn of(mounts: &[Mount]) -> Self {
        let (mut mounted, mut endpoints, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
        for mount in mounts {
            match mount {
                Mount::Resource(prefix, offered) => {
                    let described = offered.described(prefix);
                    taken.insert(shape(&described.path()));
                    mounted.push(described);
                }
                Mount::Route(path, _) => drop(taken.insert(shape(path))),
                Mount::Endpoint(endpoint, _) => {
                    taken.insert(shape(&endpoint.path));
                    endpoints.push((**endpoint).clone());
                }
                Mount::Router(..) => {}
            }
        }
        let service = SERVICE.into_iter().filter(|it| !taken.contains(&shape(it.path))).collect();
        Self { mounted, endpoints, service }
    }

    /// The document, as OpenAPI 3.1.
    pub(super) fn document(&self, info: &Info, errors: &ErrorModel, patches: &[Patch]) -> Result<Node> {
        let Self { mounted, endpoints, service } = self;
        let document = openapi::document(&Contents { info, mounted, endpoints, service, errors });
        let patched = document.and_then(|mut document| {
            patches.iter().try_for_each(|patch| patch(&mut document))?;
            Ok(document)
        });
        let failed = |error| Error::new(format!("the OpenAPI document cannot be written: {error}"));
        patched.map(Node::from).map_err(failed)
    }
}

/// The document of an API that is served.
///
/// # Design
///
/// A start builds it, to know that it can be built, and throws it away; the first request for it builds it again, and
/// keeps what it writes. Most processes are never asked for it, and both forms written out are the greater part of a
/// start, and of what an idle server would hold.
pub(super) struct Served {
    described: Described,
    info: Info,
    errors: ErrorModel,
    patches: Vec<Patch>,
}

impl Served {
    /// # Errors
    ///
    /// When the document cannot be written.
    pub(super) fn new(described: Described, info: Info, errors: ErrorModel, patches: Vec<Patch>) -> Result<Self> {
        let served = Self { described, info, errors, patches };
        served.document()?;
        Ok(served)
    }

    fn document(&self) -> Result<Node> {
        self.described.document(&self.info, &self.errors, &self.patches)
    }

    /// Its forms, the present one and the older one.
    pub(super) fn forms(&self) -> Result<[Bytes; 2]> {
        let document = self.document()?;
        let older = openapi::v3_0(&document);
        Ok([document, older].map(|it| Bytes::from(it.to_json())))
    }
}

/// A path whose parameters are alike whatever their names.
pub(super) fn shape(path: &str) -> String {
    let segments = path.split('/').map(|it| if it.starts_with('{') && !it.starts_with("{*") { "{}" } else { it });
    segments.collect::<Vec<_>>().join("/")
}
