//! Cursors: places between two rows of a list that clients carry from one page to the next.
//!
//! # Design
//!
//! A cursor holds the values of the sort keys of the row at a page's edge, so that the next page
//! starts where that row was even if the row itself is gone. It is signed (HMAC-SHA256, cut to 16
//! bytes) together with what it belongs to: the resource, the order and the filter, none of which
//! it has to carry. A cursor that was changed, or that comes from another list, does not verify. It
//! is not secret: it says what the response with it said.
//!
//! It has to fit [`MAX_LENGTH`], for it stands in URLs, and texts can be longer than that. Such
//! texts are cut, and a digest of the whole values is put in (see [`Abridged`]): the place is then
//! found again with the store's help.

mod binding;
mod keys;
mod text;
mod values;

pub use keys::{CursorKeys, InvalidKeys};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{Filter, Keyset, ListQuery, SortKey};
use crate::error::{ApiError, ErrorCode, Problem};
use crate::field::Value;
use crate::resource::ResourceMeta;

/// The longest cursor, in characters.
pub(super) const MAX_LENGTH: usize = 1024;
/// The longest cursor before base64.
const MAX_BYTES: usize = MAX_LENGTH / 4 * 3;
/// The length of the signature.
const TAG: usize = 16;
/// The first byte; another for every change of the format.
const VERSION: u8 = 1;
const BACKWARD: u8 = 1;
const ABRIDGED: u8 = 1 << 1;

/// What a cursor had no room for: some of its texts are cut.
///
/// The rows between the cut place and the whole one are those that start with the same cut texts,
/// so the place is found again by looking through those for the row whose whole values have this
/// digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abridged {
    /// For each of the keyset's values whether it is but the beginning of a text.
    pub cut: Vec<bool>,
    /// The digest of the whole values.
    digest: [u8; TAG],
}

impl Abridged {
    /// Whether these are the whole values.
    #[must_use]
    pub fn is_of(&self, values: &[Value]) -> bool {
        digest(values) == self.digest
    }
}

/// Makes the cursor of a place beside a row of a list: `edge` has the row's values of the query's
/// sort keys, and the rows that follow the cursor are those after it, or before it if `backward`.
#[must_use]
pub fn encode_cursor(
    meta: &ResourceMeta,
    query: &ListQuery,
    edge: &[Value],
    backward: bool,
    keys: &CursorKeys,
) -> String {
    let mut bytes = vec![VERSION, if backward { BACKWARD } else { 0 }];
    for value in edge {
        values::write(&mut bytes, value);
    }
    if bytes.len() + TAG > MAX_BYTES {
        bytes.truncate(1);
        bytes.push(ABRIDGED | if backward { BACKWARD } else { 0 });
        bytes.extend_from_slice(&digest(edge));
        values::write_abridged(&mut bytes, edge, MAX_BYTES - TAG);
    }
    let tag = keys.sign(&binding::of(meta, &query.filter, &query.sort), &bytes);
    bytes.extend_from_slice(&tag);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor that belongs to a list with this filter and order.
pub(super) fn decode(
    meta: &ResourceMeta,
    filter: &Filter,
    sort: &[SortKey],
    cursor: &str,
    keys: &CursorKeys,
) -> Result<(Keyset, Option<Abridged>), ApiError> {
    read(meta, filter, sort, cursor, keys).ok_or_else(|| {
        invalid(
            "the cursor is not one of this list: it was changed, or made for another filter or order, or is too old",
        )
    })
}

/// The error that a cursor cannot be used.
pub(crate) fn invalid(detail: &'static str) -> ApiError {
    let problem = Problem::parameter("cursor", ErrorCode::INVALID_CURSOR.code, detail);
    ApiError::new(ErrorCode::INVALID_CURSOR).detail(detail).problem(problem)
}

fn read(
    meta: &ResourceMeta,
    filter: &Filter,
    sort: &[SortKey],
    cursor: &str,
    keys: &CursorKeys,
) -> Option<(Keyset, Option<Abridged>)> {
    if cursor.len() > MAX_LENGTH {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (bytes, tag) = bytes.split_last_chunk::<TAG>()?;
    if !keys.verify(&binding::of(meta, filter, sort), bytes, tag) {
        return None;
    }
    // From here on the cursor is ours; what follows fails if an earlier version of the program, with
    // other fields or another format, made it.
    let (&[VERSION, flags], mut rest) = bytes.split_first_chunk::<2>()? else { return None };
    let digest = match flags & ABRIDGED {
        0 => None,
        _ => {
            let (digest, values) = rest.split_first_chunk::<TAG>()?;
            rest = values;
            Some(*digest)
        }
    };
    let mut values = Vec::with_capacity(sort.len());
    let mut cut = Vec::with_capacity(sort.len());
    for key in sort {
        let field = meta.fields.get(key.field)?;
        let (value, is_cut) = values::read(&mut rest)?;
        if !values::fits(&value, &field.kind, field.nullable) {
            return None;
        }
        values.push(value);
        cut.push(is_cut);
    }
    if !rest.is_empty() || cut.contains(&true) != digest.is_some() {
        return None;
    }
    let abridged = digest.map(|digest| Abridged { cut, digest });
    Some((Keyset { values, backward: flags & BACKWARD != 0 }, abridged))
}

fn digest(values: &[Value]) -> [u8; TAG] {
    let mut bytes = Vec::new();
    for value in values {
        values::write(&mut bytes, value);
    }
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    digest.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
