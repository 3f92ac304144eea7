use tokio::sync::watch;

use crate::task::told;

/// When to stop, and when to be cut off, for several that run side by side.
#[derive(Debug, Default)]
pub(in crate::http) struct Ends {
    stop: watch::Sender<bool>,
    cut: watch::Sender<bool>,
}

impl Ends {
    /// Ends when it is time to stop.
    pub(in crate::http) fn stop(&self) -> impl Future<Output = ()> + Send + use<> {
        told(self.stop.subscribe())
    }

    /// Ends when stopping takes too long for somebody.
    pub(in crate::http) fn cut(&self) -> impl Future<Output = ()> + Send + use<> {
        told(self.cut.subscribe())
    }

    /// Waits for what runs, and tells it when `stop` ends, and then when `cut` does.
    pub(in crate::http) async fn tell<T>(
        &self,
        stop: impl Future<Output = ()>,
        cut: impl Future<Output = ()>,
        running: impl Future<Output = T>,
    ) -> T {
        let tell = async {
            stop.await;
            self.stop.send_replace(true);
            cut.await;
            self.cut.send_replace(true);
            std::future::pending().await
        };
        tokio::select! {
            it = running => it,
            it = tell => it,
        }
    }
}
