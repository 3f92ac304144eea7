//! What a cursor belongs to, as bytes.

use super::values;
use crate::query::{Condition, Filter, Operand, SortKey};
use crate::resource::ResourceMeta;

/// The resource, the filter and the order, in a form that does not depend on the order in which a
/// client wrote its conditions, and that no two different lists share: every part is preceded by
/// its length or its number.
///
/// Fields are named, not numbered, so that a field added to the resource leaves cursors as good as
/// they were.
pub(super) fn of(meta: &ResourceMeta, filter: &Filter, sort: &[SortKey]) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    part(&mut out, b"cursor");
    part(&mut out, meta.name.as_bytes());
    part(&mut out, meta.path.as_bytes());
    number(&mut out, sort.len());
    for key in sort {
        part(&mut out, name(meta, key.field));
        out.push(u8::from(key.descending) | u8::from(key.nulls_first) << 1);
    }
    part(&mut out, &canonical(meta, filter));
    out
}

fn canonical(meta: &ResourceMeta, filter: &Filter) -> Vec<u8> {
    let mut out = Vec::new();
    match filter {
        Filter::All => out.push(0),
        Filter::Condition(Condition { field, operator, operand }) => {
            out.push(1);
            part(&mut out, name(meta, *field));
            part(&mut out, operator.name().as_bytes());
            let values = match operand {
                Operand::One(value) => std::slice::from_ref(value),
                Operand::Many(values) => values,
            };
            unordered(&mut out, values.iter().map(values::to_bytes).collect());
        }
        Filter::And(all) => {
            out.push(2);
            unordered(&mut out, all.iter().map(|it| canonical(meta, it)).collect());
        }
        Filter::Or(any) => {
            out.push(3);
            unordered(&mut out, any.iter().map(|it| canonical(meta, it)).collect());
        }
        Filter::Not(it) => {
            out.push(4);
            part(&mut out, &canonical(meta, it));
        }
    }
    out
}

fn name(meta: &ResourceMeta, field: usize) -> &'static [u8] {
    meta.slot(field).map_or(&[], |(name, _)| name.as_bytes())
}

/// Parts whose order does not matter.
fn unordered(out: &mut Vec<u8>, mut parts: Vec<Vec<u8>>) {
    parts.sort_unstable();
    number(out, parts.len());
    for it in &parts {
        part(out, it);
    }
}

fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u64).to_be_bytes());
}
