#![allow(dead_code)]
mod docs;
