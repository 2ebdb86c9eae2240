//! Where data comes from.

use serde::{Deserialize, Serialize};

/// Who stands behind a row. Shown as a mark wherever the row is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A public authority published it.
    Official,
    /// A community or portal published what its members said.
    Community,
    /// Somebody contributed it here.
    Contributor,
}

impl Standing {
    /// The word that stands in rows, addresses and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Community => "community",
            Self::Contributor => "contributor",
        }
    }
}
