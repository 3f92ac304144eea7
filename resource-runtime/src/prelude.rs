//! What a program with resources names: `use resource_runtime::prelude::*;`

pub use jiff::civil::{Date, Time};
pub use jiff::{SignedDuration, Timestamp};
pub use regex::Regex;
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
pub use validator::ValidationError;

pub use crate::error::{ApiError, ErrorCode};
pub use crate::field::{Patch, Secret, Set};
#[cfg(feature = "server")]
pub use crate::http::{Api, Change, HookContext, Hooks, Input, RequestContext, ResourceExt, Settings};
pub use crate::resource::{Operation, Resource};
pub use crate::store::{Database, Tx};
#[cfg(feature = "macros")]
pub use resource_macros::{Resource, ResourceEnum, ResourceObject};
