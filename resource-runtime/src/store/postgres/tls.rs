//! Connections with and without TLS.

use std::future::Future;
use std::pin::Pin;

use tokio_postgres::{CancelToken, Client, Config, Error, NoTls};

use super::PostgresSettings;
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// What moves a connection's bytes for as long as it lives.
pub(super) type Driver = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// How connections are encrypted, where they are.
pub(super) struct Tls(Option<Rustls>);

impl Tls {
    pub(super) fn new(settings: &PostgresSettings) -> StoreResult<Self> {
        rustls(settings).map(Self).map_err(|reason| StoreError::new(StoreErrorKind::Unavailable).caused_by(reason))
    }

    pub(super) async fn connect(&self, config: &Config) -> Result<(Client, Driver), Error> {
        match &self.0 {
            None => {
                let (client, connection) = config.connect(NoTls).await?;
                Ok((client, Box::pin(connection)))
            }
            #[cfg(feature = "postgres-tls")]
            Some(rustls) => {
                let (client, connection) = config.connect(rustls.clone()).await?;
                Ok((client, Box::pin(connection)))
            }
            #[cfg(not(feature = "postgres-tls"))]
            Some(never) => match *never {},
        }
    }

    /// Asks the server to end what is under way on a connection.
    pub(super) async fn cancel(&self, token: CancelToken) -> Result<(), Error> {
        match &self.0 {
            None => token.cancel_query(NoTls).await,
            #[cfg(feature = "postgres-tls")]
            Some(rustls) => token.cancel_query(rustls.clone()).await,
            #[cfg(not(feature = "postgres-tls"))]
            Some(never) => match *never {},
        }
    }
}

#[cfg(not(feature = "postgres-tls"))]
type Rustls = std::convert::Infallible;
#[cfg(feature = "postgres-tls")]
type Rustls = tokio_postgres_rustls::MakeRustlsConnect;

#[cfg(not(feature = "postgres-tls"))]
fn rustls(settings: &PostgresSettings) -> Result<Option<Rustls>, String> {
    match settings.root_certificates {
        None => Ok(None),
        Some(_) => Err("`sslrootcert` asks for TLS, and this program was built without it: turn on the feature \
                        `postgres-tls` of resource-runtime, or leave the parameter out"
            .to_owned()),
    }
}

#[cfg(feature = "postgres-tls")]
fn rustls(settings: &PostgresSettings) -> Result<Option<Rustls>, String> {
    use std::sync::Arc;

    use ::rustls::pki_types::CertificateDer;
    use ::rustls::pki_types::pem::PemObject;
    use ::rustls::{ClientConfig, RootCertStore};

    if settings.config.get_ssl_mode() == tokio_postgres::config::SslMode::Disable {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    match &settings.root_certificates {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let unusable = |reason: &dyn std::fmt::Display| {
                format!("`sslrootcert` names {}, which cannot be used: {reason}", file.display())
            };
            let certificates = CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| unusable(&error))?;
                roots.add(certificate).map_err(|error| unusable(&error))?;
            }
            if roots.is_empty() {
                return Err(unusable(&"it has no certificate"));
            }
        }
    }
    // The provider is named, because the process's own default depends on what else is built in.
    let provider = Arc::new(::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(Rustls::new(config)))
}
