//! What pairs connect.
//!
//! Holds the forest of B. A. Galler and M. J. Fischer, "An improved equivalence algorithm", Communications of the ACM 7, 1964, with
//! paths halved. It must never know what is connected.

/// Things from 0, each in a tree whose root is the lowest of those it is connected with.
pub(crate) struct Connected(Vec<u32>);

impl Connected {
    /// So many things, each alone.
    pub(crate) fn alone(things: usize) -> Self {
        Self((0..things as u32).collect())
    }

    /// The lowest of those that a thing is connected with.
    pub(crate) fn root(&mut self, mut own: u32) -> u32 {
        let parent = &mut self.0;
        while parent[own as usize] != own {
            parent[own as usize] = parent[parent[own as usize] as usize];
            own = parent[own as usize];
        }
        own
    }

    /// Connects two.
    pub(crate) fn connect(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other) as usize] = one.min(other);
    }
}
