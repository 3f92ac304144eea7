//! Cursors: those that clients make up, and those of rows with any values.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, Option<i64>, Option<f64>, bool)| {
    let (text, small, float, backward) = input;
    resource_fuzz::in_time(|| resource_fuzz::cursor(text, small, float, backward));
});
