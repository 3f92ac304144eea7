use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{FieldType, Kind, NotNull, Secret, Value, ValueError};

/// What is kept of a password: an argon2id hash with its salt and cost, as a PHC string.
///
/// As a field it has to be `hidden`: clients send passwords and not hashes, so that a handler of the application's makes the
/// one of the other. It is compared by [`verify`](Self::verify) alone. The default is the hash of no password at all.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use resource_runtime::field::{Cost, PasswordHash};
/// use resource_runtime::prelude::*;
///
/// #[derive(Debug, Clone, Resource)]
/// pub struct User {
///     #[resource(id)]
///     pub id: i64,
///     pub name: String,
///     #[resource(hidden, default)]
///     pub password_hash: PasswordHash,
/// }
///
/// let sent = Secret::from("correct horse battery staple".to_owned());
/// let kept = PasswordHash::with_cost(sent.clone(), Cost::LOWEST).await?;
/// assert!(kept.verify(sent).await);
/// assert!(!kept.verify(Secret::from("hunter2".to_owned())).await);
/// # Ok(()) }
/// ```
///
/// What a handler of the application's does with the password that a client sent, for one:
///
/// ```
/// # use resource_runtime::field::PasswordHash;
/// use resource_runtime::error::{ApiError, ErrorCode};
/// use resource_runtime::prelude::*;
/// # #[derive(Debug, Clone, Resource)]
/// # pub struct User {
/// #     #[resource(id)]
/// #     pub id: i64,
/// #     #[resource(hidden, default)]
/// #     pub password_hash: PasswordHash,
/// # }
///
/// async fn set_password(store: &Database, user: i64, password: Secret<String>) -> Result<(), ApiError> {
///     // Before the transaction: nobody else shall wait for it.
///     let hash = PasswordHash::new(password).await.map_err(|it| ApiError::new(ErrorCode::INTERNAL).source(it))?;
///     let mut tx = store.transaction();
///     tx.update::<User>(user, |it| it.password_hash = hash).await?;
///     tx.commit().await
/// }
/// ```
///
/// # Design
///
/// A hash costs 20 ms of CPU and 19 MiB by intent. So it is made on the blocking threads, by as many at once as there are
/// cores, and never while a transaction is open: that is why no write of the framework's makes one by itself.
#[derive(Clone, Default)]
pub struct PasswordHash(String);

/// How much work a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// The least that argon2 can do: for tests, and for nothing else.
    pub const LOWEST: Self = Self { memory: 8, passes: 1 };

    fn argon2(self) -> Result<Argon2<'static>, PasswordError> {
        let params = Params::new(self.memory, self.passes, 1, None).map_err(|it| PasswordError(it.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

impl Default for Cost {
    /// What OWASP recommends: 19 MiB, two passes.
    fn default() -> Self {
        Self { memory: 19 * 1024, passes: 2 }
    }
}

/// A password could not be hashed: the cost is out of argon2's range, or the program is about to end.
#[derive(Debug)]
pub struct PasswordError(String);

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a password could not be hashed: {}", self.0)
    }
}

impl std::error::Error for PasswordError {}

impl PasswordHash {
    /// The hash of a password, at the default cost.
    ///
    /// # Errors
    ///
    /// Where the runtime is shutting down, or has no random numbers.
    pub async fn new(password: Secret<String>) -> Result<Self, PasswordError> {
        Self::with_cost(password, Cost::default()).await
    }

    /// The hash of a password, at a cost of the caller's choice.
    ///
    /// # Errors
    ///
    /// As for [`PasswordHash::new`]; also where the cost is out of argon2's range.
    pub async fn with_cost(password: Secret<String>, cost: Cost) -> Result<Self, PasswordError> {
        let hash = move || {
            let hash = cost.argon2()?.hash_password(password.expose().as_bytes());
            hash.map(|it| Self(it.to_string())).map_err(|it| PasswordError(it.to_string()))
        };
        apart(hash).await?
    }

    /// Whether this is the password's hash.
    ///
    /// It is not where the program is about to end. The default is nobody's hash and takes as long as others to say so: verify
    /// it where a user is not known, so that the time tells nothing.
    pub async fn verify(&self, password: Secret<String>) -> bool {
        let known = self.0.clone();
        let verify = move || {
            let password = password.expose().as_bytes();
            if known.is_empty() {
                // For the time that it takes; what comes out matters to nobody.
                let _ = Cost::default().argon2().map(|it| it.hash_password(password));
                return false;
            }
            // The cost is the one in the hash.
            Argon2::default().verify_password(password, known.as_str()).is_ok()
        };
        apart(verify).await.unwrap_or(false)
    }
}

/// Runs work on the blocking threads, on no more at once than there are cores: each needs its own memory.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
    static CORES: LazyLock<Semaphore> =
        LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));
    let _permit = CORES.acquire().await.map_err(|it| PasswordError(it.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|it| PasswordError(it.to_string()))
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

#[diagnostic::do_not_recommend]
impl FieldType for PasswordHash {
    const KIND: Kind = Kind::Text;
    const SECRET: bool = true;
    const SENT: bool = false;
    crate::__not_null!();

    fn into_value(self) -> Value {
        Value::Text(self.0)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Text(it) => Ok(Self(it)),
            other => Err(ValueError::new("a password's hash", &other)),
        }
    }
}
#[diagnostic::do_not_recommend]
impl NotNull for PasswordHash {}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_is_verified_by_its_password_alone_and_shown_to_nobody() {
        let hash = PasswordHash::with_cost(sent("hunter2"), Cost::LOWEST).await.unwrap();
        assert!(hash.verify(sent("hunter2")).await);
        assert!(!hash.verify(sent("Hunter2")).await);
        assert_eq!(format!("{hash:?}"), "[hidden]");
        let Value::Text(kept) = hash.into_value() else { panic!("not a text") };
        assert!(kept.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{kept}");
    }

    #[tokio::test]
    async fn two_hashes_of_one_password_differ() {
        let hash = || async { PasswordHash::with_cost(sent("hunter2"), Cost::LOWEST).await.unwrap().into_value() };
        assert_ne!(hash().await, hash().await);
    }

    #[tokio::test]
    async fn no_password_fits_the_default_or_what_is_no_hash() {
        assert!(!PasswordHash::default().verify(sent("")).await);
        for text in ["hunter2", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"] {
            assert!(!PasswordHash(text.to_owned()).verify(sent(text)).await, "{text}");
        }
    }

    #[tokio::test]
    async fn a_cost_that_argon2_has_not_is_an_error() {
        let error = PasswordHash::with_cost(sent("a"), Cost { memory: 0, passes: 0 }).await.unwrap_err();
        assert!(error.to_string().starts_with("a password could not be hashed"), "{error}");
    }
}
