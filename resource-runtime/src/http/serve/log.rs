//! Where log lines go.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::error::{Error, Result};
use crate::http::{LogFormat, Settings};

/// Writes log lines to the standard output, unless the application has seen to them already.
pub(in crate::http) fn install(settings: &Settings) -> Result<()> {
    if tracing::dispatcher::has_been_set() {
        return Ok(());
    }
    let filter = EnvFilter::builder()
        .parse(&settings.log)
        .map_err(|error| Error::new(format!("LOG is `{}`, which is no filter: {error}", settings.log)))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    // It fails if another thread was faster, whose choice stands then.
    let _ = match settings.log_format {
        LogFormat::Text => lines.with_ansi(is_terminal()).finish().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init(),
    };
    Ok(())
}

fn is_terminal() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
