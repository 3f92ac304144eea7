//! When to stop.

use tokio::sync::oneshot;

use crate::error::Result;

/// Two futures: the first ends when the process is told to stop, by SIGTERM, as service managers
/// do, or by Ctrl-C; the second when it is told so again.
///
/// The signals are taken over at once, so that none is missed until the futures run.
pub(in crate::http) fn stop_signals() -> Result<(impl Future<Output = ()> + Send, impl Future<Output = ()> + Send)> {
    let mut signals = Signals::new()?;
    let (first, stop) = oneshot::channel();
    let (second, cut) = oneshot::channel();
    tokio::spawn(async move {
        for sender in [first, second] {
            signals.next().await;
            // Nobody listens any more: the server has ended.
            let _ = sender.send(());
        }
    });
    let ended = |it: oneshot::Receiver<()>| async {
        if it.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Ok((ended(stop), ended(cut)))
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
}

#[cfg(windows)]
impl Signals {
    fn new() -> Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    async fn next(&mut self) {
        let _ = self.interrupt.recv().await;
    }
}
