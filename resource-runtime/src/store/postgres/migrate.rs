//! Tables.
use std::sync::Arc;

use super::pool::Pool;
use crate::resource::ResourceMeta;
use crate::store::StoreResult;

pub(super) async fn migrate(_pool: &Arc<Pool>, _resources: &[&'static ResourceMeta]) -> StoreResult<()> {
    Ok(())
}
