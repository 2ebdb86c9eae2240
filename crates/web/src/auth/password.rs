//! Passwords (argon2id) and random words. Must never hold a password longer than one call.

use crate::error::WebError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Letters a password must have at least (NIST SP 800-63B asks 8; we ask more).
pub const SHORTEST: usize = 12;
/// Bytes a password may have at most, so that nobody makes the server hash a novel.
pub const LONGEST: usize = 256;

/// Passwords that are looked at at the same time: each takes much memory and a processor, and anybody may ask for it.
static TURNS: Semaphore = Semaphore::const_new(2);
/// How long somebody waits for a turn.
const WAIT: Duration = Duration::from_secs(10);

/// Does slow work with a password on a thread of its own, a few at a time; whoever has to wait too long comes again later.
pub async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, WebError> {
    let turn = tokio::time::timeout(WAIT, TURNS.acquire()).await.map_err(|_| WebError::Busy)?;
    let turn = turn.map_err(|error| WebError::Internal(error.to_string()))?;
    // The turn goes with the work: it lasts as long as the memory is taken, even where nobody waits for the answer any more.
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(|error| WebError::Internal(error.to_string()))
}

/// The hash of a password in PHC form; `None` for one that is too short or too long.
pub fn hash(password: &str) -> Option<String> {
    let fits = password.chars().count() >= SHORTEST && password.len() <= LONGEST;
    if !fits {
        return None;
    }
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// True where the password belongs to the hash.
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    password.len() <= LONGEST && Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
}

/// 32 random bytes in hexadecimal: a session, a token, a CSRF word.
///
/// # Panics
/// Where the operating system gives no random bytes; nothing secret can be made then.
pub fn random_word() -> String {
    use std::fmt::Write;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().fold(String::new(), |mut word, byte| {
        let _ = write!(word, "{byte:02x}");
        word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_only_its_own_hash() {
        let hash = hash("correct horse battery").expect("long enough");
        assert!(verify("correct horse battery", &hash));
        assert!(!verify("correct horse batterz", &hash));
        assert!(!verify("correct horse battery", "not a hash"));
        assert_eq!(super::hash("short"), None);
        assert_eq!(super::hash(&"x".repeat(257)), None);
    }

    #[tokio::test]
    async fn few_passwords_are_looked_at_at_once() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let asked = (0..20).map(|_| {
            tokio::spawn(in_turn(|| {
                MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(5));
                NOW.fetch_sub(1, Ordering::SeqCst);
            }))
        });
        for one in asked.collect::<Vec<_>>() {
            one.await.expect("it ends").expect("nobody waits too long");
        }
        assert_eq!(MOST.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn random_words_differ() {
        assert_ne!(random_word(), random_word());
        assert_eq!(random_word().len(), 64);
    }
}
