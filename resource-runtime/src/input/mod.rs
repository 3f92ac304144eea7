//! Request bodies: JSON bytes and a resource's description in, [`Values`] or every problem out.

use crate::error::ApiError;
use crate::model::{Usage, Values};
use crate::resource::ResourceMeta;

/// Reads a body for one of a resource's models.
///
/// # Errors
///
/// 400 where it is not JSON; 422 with every problem where it is not the model.
pub fn parse(meta: &ResourceMeta, usage: Usage, body: &[u8]) -> Result<Values, ApiError> {
    let _ = (meta, usage, body);
    Err(ApiError::new(crate::error::ErrorCode::INTERNAL))
}
