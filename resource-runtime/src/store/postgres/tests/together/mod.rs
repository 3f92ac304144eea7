//! Requests that come at the same time.

mod reads;
mod writes;
