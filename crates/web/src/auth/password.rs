//! Passwords (argon2id) and random words. Must never hold a password longer than one call.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Letters a password must have at least (NIST SP 800-63B asks 8; we ask more).
pub const SHORTEST: usize = 12;
/// Bytes a password may have at most, so that nobody makes the server hash a novel.
pub const LONGEST: usize = 256;

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

    #[test]
    fn random_words_differ() {
        assert_ne!(random_word(), random_word());
        assert_eq!(random_word().len(), 64);
    }
}
