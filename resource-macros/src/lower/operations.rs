//! Which operations a resource has.

use super::foreign;
use super::resource::Fields;
use crate::attrs::{Keyed, Names};
use crate::error::{Errors, translated_or_instead};
use crate::model::Operations;

/// The names in `operations(…)`, with what each stands for.
const OPERATIONS: [(&str, Operations, u16); 15] = [
    ("crud", Operations::Set("CRUD"), CRUD),
    ("bulk", Operations::Set("BULK"), 0b1_1100_0000),
    ("read", Operations::Set("READ"), 0b11),
    ("list", Operations::One("List"), 1),
    ("get", Operations::One("Get"), 1 << 1),
    ("create", Operations::One("Create"), 1 << 2),
    ("replace", Operations::One("Replace"), 1 << 3),
    ("update", Operations::One("Update"), 1 << 4),
    ("delete", Operations::One("Delete"), 1 << 5),
    ("bulk_create", Operations::One("BulkCreate"), 1 << 6),
    ("bulk_update", Operations::One("BulkUpdate"), 1 << 7),
    ("bulk_delete", Operations::One("BulkDelete"), 1 << 8),
    ("update_many", Operations::One("UpdateMany"), 1 << 9),
    ("delete_many", Operations::One("DeleteMany"), 1 << 10),
    ("restore", Operations::One("Restore"), RESTORE),
];

const CRUD: u16 = 0b11_1111;
const RESTORE: u16 = 1 << 11;

pub(super) fn operations(
    given: Keyed<Names>,
    fields: &Fields,
    require_if_match: bool,
    errors: &mut Errors,
) -> Vec<Operations> {
    let mut lowered = Vec::new();
    let mut covered = 0;
    for ident in given.value.0 {
        let name = ident.to_string();
        let Some((_, operations, bits)) = OPERATIONS.iter().find(|(it, ..)| *it == name).cloned() else {
            let known = OPERATIONS.iter().map(|(it, ..)| *it);
            let help = translated_or_instead(foreign::OPERATIONS, &name, known);
            errors.push(&ident, format!("there is no operation `{name}`"), help);
            continue;
        };
        // Where deletes are soft, what is done to one row is undone as well.
        let restores = bits == CRUD && fields.soft_delete().is_some();
        let bits = if restores { bits | RESTORE } else { bits };
        if covered & bits == bits {
            errors.push(&ident, format!("`{name}` is among the others already"), "remove it");
        }
        if bits == RESTORE && fields.soft_delete().is_none() {
            errors.push(
                &ident,
                "what is deleted is gone, and cannot be restored",
                "remove `restore`, or add a field such as `#[resource(soft_delete)] deleted_at: Option<Timestamp>`",
            );
        }
        covered |= bits;
        if matches!(name.as_str(), "update_many" | "delete_many") {
            if require_if_match {
                let what = format!("`{name}` cannot name a version of each row, which `require_if_match` demands");
                errors.push(&ident, what, "remove one of the two");
            }
            if !fields.take_conditions() {
                let what = format!("`{name}` goes to the rows that conditions hold for, and there can be none");
                errors.push(&ident, what, "write `filter(eq)` or `search` on a field");
            }
        }
        lowered.push(operations);
        lowered.extend(restores.then_some(Operations::One("Restore")));
    }
    lowered
}
