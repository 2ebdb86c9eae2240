//! What a running stage is handed from outside: the time, chance, and whom to tell how far it got.

use crate::{Clock, Timestamp};

/// Random bytes. The binary's come from the operating system; tests count.
pub trait Chance: Send + Sync {
    /// Ten random bytes: the random part of an identifier.
    fn bytes(&self) -> [u8; 10];
}

/// Hears how far a long piece of work got, and may end it.
pub trait Progress: Send + Sync {
    /// `done` of `total` units of `what` are done; `total` is 0 where nobody knows.
    fn at(&self, what: &str, done: u64, total: u64);

    /// True once somebody asked for the work to end; it ends at the next safe point, keeping what is committed.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Progress that nobody listens to.
pub struct Unheard;

impl Progress for Unheard {
    fn at(&self, _: &str, _: u64, _: u64) {}
}

/// What a running stage is handed from outside.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// Gives random bytes for identifiers.
    pub chance: &'a dyn Chance,
    /// Hears how far the work got.
    pub progress: &'a dyn Progress,
}

impl Run<'_> {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new identifier that sorts by time (UUID version 7).
    pub fn new_id(&self) -> String {
        crate::ids::time_id(self.clock.now(), self.chance.bytes())
    }
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Run")
    }
}
