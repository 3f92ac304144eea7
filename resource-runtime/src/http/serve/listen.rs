//! Where to listen.

use std::io::ErrorKind;

use tokio::net::TcpListener;

use crate::error::{Error, Result};
use crate::http::Settings;

/// Listens on the address of the settings.
pub(in crate::http) async fn listen(settings: &Settings) -> Result<TcpListener> {
    let (host, port) = (settings.host.as_str(), settings.port);
    // `[::1]` is how URLs write it.
    let host = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(host);
    let addresses: Vec<_> = match tokio::net::lookup_host((host, port)).await {
        Ok(found) => found.collect(),
        Err(error) => {
            return Err(Error::new(format!(
                "HOST is `{host}`, which is no address of this machine ({error}); write 127.0.0.1, or 0.0.0.0 for all"
            )));
        }
    };
    TcpListener::bind(addresses.as_slice()).await.map_err(|error| {
        let sentence = match error.kind() {
            ErrorKind::AddrInUse => {
                format!("port {port} of {host} is in use; stop the program that uses it, or set PORT to another")
            }
            ErrorKind::PermissionDenied => {
                format!("port {port} is not for everybody to listen on; set PORT to one above 1023")
            }
            ErrorKind::AddrNotAvailable => {
                format!("HOST is `{host}`, which is no address of this machine; write 127.0.0.1, or 0.0.0.0 for all")
            }
            _ => format!("cannot listen on port {port} of {host}: {error}"),
        };
        Error::new(sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(host: &str, port: u16) -> String {
        let mut settings = Settings::default();
        host.clone_into(&mut settings.host);
        settings.port = port;
        listen(&settings).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn a_port_in_use_is_told() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_eq!(
            refused("127.0.0.1", port).await,
            format!("port {port} of 127.0.0.1 is in use; stop the program that uses it, or set PORT to another")
        );
    }

    #[tokio::test]
    async fn a_host_that_is_not_here_is_told() {
        for host in ["host.invalid", "not a host", "192.0.2.1"] {
            let sentence = refused(host, 0).await;
            assert!(
                sentence.starts_with(&format!("HOST is `{host}`, which is no address of this machine")),
                "{sentence}"
            );
        }
    }
}
