//! What the `Debug` implementations of models call.

use std::fmt;

use super::Model;

/// Shows the fields that are there; of those that never leave the server, only that they are there,
/// because what shows models is mostly a log.
///
/// # Errors
///
/// Those of the formatter.
pub fn debug<M: Model>(model: &M, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(&M::USAGE.struct_name(M::RESOURCE));
    for (index, value) in model.to_values().iter() {
        let Some((name, kind)) = M::RESOURCE.slot(index) else { continue };
        if M::RESOURCE.fields.get(index).is_some_and(|it| it.secret || !it.access.response) {
            out.field(name, &format_args!("[hidden]"));
            continue;
        }
        let mut json = Vec::new();
        crate::json::write_value(&mut json, value, kind);
        out.field(name, &format_args!("{}", String::from_utf8_lossy(&json)));
    }
    out.finish()
}
