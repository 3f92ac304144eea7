//! Where log lines go, and which there are.
//!
//! # Design
//!
//! Filters are by target and level. Those by spans and their fields, which `EnvFilter` has besides, match values by
//! automata: a third of a megabyte of program, in every server, for what an application can put around itself.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

use crate::error::{Error, Result};
use crate::http::{LogFormat, Settings};

/// Writes log lines to the standard output, unless the application has seen to them already.
pub(in crate::http) fn install(settings: &Settings) -> Result<()> {
    if tracing::dispatcher::has_been_set() {
        return Ok(());
    }
    let filter =
        filter(&settings.log).ok_or_else(|| Error::new(format!("LOG is `{}`, which is no filter", settings.log)))?;
    let lines = registry().with(filter);
    // It fails if another thread was faster, whose choice stands then.
    let _ = match settings.log_format {
        LogFormat::Text => lines.with(fmt::layer().with_ansi(is_terminal())).try_init(),
        LogFormat::Json => lines.with(fmt::layer().json().flatten_event(true)).try_init(),
    };
    Ok(())
}

/// Reads levels, and pairs of a target and a level, separated by commas.
pub(in crate::http) fn filter(text: &str) -> Option<Targets> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    // Where nothing is said: errors, and so for every program with such a filter.
    if parts.is_empty() {
        return "error".parse().ok();
    }
    // It would be taken for a part of the target's name.
    let of_spans = text.contains('[');
    parts.join(",").parse().ok().filter(|_| !of_spans)
}

fn is_terminal() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
