//! Whole query strings.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &str| resource_fuzz::in_time(|| resource_fuzz::query(raw)));
