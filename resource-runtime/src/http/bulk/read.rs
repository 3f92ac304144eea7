//! What the items of a batch name.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::MAX_ITEMS;
use crate::error::{ApiError, ErrorCode, Location, Problem, Problems};
use crate::field::{Kind, Mismatch, Value, number};
use crate::http::mounted::Mounted;
use crate::input;

impl Mounted {
    /// The identifier that an item of a batch of updates names.
    ///
    /// # Errors
    ///
    /// Also where it names nothing else: then there is nothing to do.
    pub(super) fn id_of(&self, item: &RawValue) -> Result<Value, ApiError> {
        let name = self.meta.id_field().name;
        let invalid = |problem| Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED);
        let members: HashMap<String, &RawValue> = serde_json::from_str(item.get())
            .map_err(|_| invalid(Problem::pointer("", "invalid_type", "must be an object")))?;
        let Some(id) = members.get(name) else {
            return Err(invalid(Problem::pointer(format!("/{name}"), "required", "is required")));
        };
        let id = self.id_from_json(id.get(), format!("/{name}")).map_err(invalid)?;
        if members.len() == 1 {
            return Err(ApiError::new(ErrorCode::EMPTY_UPDATE)
                .detail("the update names no field beside the identifier; send at least one, with its new value"));
        }
        Ok(id)
    }

    /// The identifiers of a batch of deletions.
    pub(super) fn ids(&self, body: &[u8]) -> Result<Vec<Value>, ApiError> {
        let problem = |pointer: &str, code: &'static str, detail: &str| Problem::pointer(pointer, code, detail);
        let invalid = |problem| Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED);
        let raw: &RawValue = serde_json::from_slice(body).map_err(|error| {
            ApiError::new(ErrorCode::MALFORMED_JSON).detail(format!(
                "line {}, column {}: the body is not JSON",
                error.line(),
                error.column()
            ))
        })?;
        let members: HashMap<String, &RawValue> = serde_json::from_str(raw.get())
            .map_err(|_| invalid(problem("", "invalid_type", "must be an object with `ids`")))?;
        let mut problems = Problems::new();
        for name in members.keys().filter(|it| *it != "ids") {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            problems.push(problem(&pointer, "unknown_field", "unknown field").param("allowed", vec!["ids"]));
        }
        let Some(list) = members.get("ids") else {
            problems.push(problem("/ids", "required", "is required"));
            return Err(problems.into_error(ErrorCode::VALIDATION_FAILED));
        };
        let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(list.get()) else {
            problems.push(problem("/ids", "invalid_type", "must be an array"));
            return Err(problems.into_error(ErrorCode::VALIDATION_FAILED));
        };
        if list.is_empty() || list.len() > MAX_ITEMS {
            let wrong = problem("/ids", "length", "must have 1 to 100 items").param("min", 1).param("max", MAX_ITEMS);
            problems.push(wrong);
            return Err(problems.into_error(ErrorCode::VALIDATION_FAILED));
        }
        let mut ids = Vec::with_capacity(list.len());
        for (index, raw) in list.iter().enumerate() {
            match self.id_from_json(raw.get(), format!("/ids/{index}")) {
                Ok(id) => ids.push(id),
                Err(problem) => problems.push(problem),
            }
        }
        problems.finish(ErrorCode::VALIDATION_FAILED, ids)
    }

    /// An identifier in a body: a number as bodies have them, or a text as paths have it.
    fn id_from_json(&self, json: &str, pointer: String) -> Result<Value, Problem> {
        let kind = &self.meta.id_field().kind;
        if let Kind::Int(_) | Kind::Decimal = kind {
            return number::parse(kind, json).map_err(|mismatch| mismatch.at(Location::Pointer(pointer)));
        }
        let Ok(text) = serde_json::from_str::<String>(json) else {
            return Err(Mismatch::of_type(kind).at(Location::Pointer(pointer)));
        };
        input::path_id(self.meta, &text).map_err(|error| match error.problems.into_iter().next() {
            Some(problem) => Problem { location: Location::Pointer(pointer), ..problem },
            None => Problem::pointer(pointer, "invalid_format", error.code.title),
        })
    }
}
