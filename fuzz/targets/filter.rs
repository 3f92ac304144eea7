//! Conditions in words.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| resource_fuzz::in_time(|| resource_fuzz::filter(text)));
