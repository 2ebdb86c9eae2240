//! `counterflow new`: a folder with everything an office needs, and nothing in it yet.

use crate::terminal::{WrongInput, say};
use std::path::Path;

/// Files of a new office: path and content. Rules about access, cases and weights are those of the demo.
const FILES: &[(&str, &str)] = &[
    ("office.toml", include_str!("../../new/office.toml")),
    ("sources/README.md", include_str!("../../new/sources.md")),
    ("policies/accounts.cedar", include_str!("../../../../demo/policies/accounts.cedar")),
    ("policies/accounts.cases.toml", include_str!("../../../../demo/policies/accounts.cases.toml")),
    ("policies/cases.cedar", include_str!("../../../../demo/policies/cases.cedar")),
    ("policies/cases.cases.toml", include_str!("../../../../demo/policies/cases.cases.toml")),
    ("policies/data.cedar", include_str!("../../../../demo/policies/data.cedar")),
    ("policies/data.cases.toml", include_str!("../../../../demo/policies/data.cases.toml")),
    ("policies/open.cedar", include_str!("../../../../demo/policies/open.cedar")),
    ("policies/open.cases.toml", include_str!("../../../../demo/policies/open.cases.toml")),
    ("casetypes/placement.toml", include_str!("../../../../demo/casetypes/placement.toml")),
    ("tables/placement-weights.dmn", include_str!("../../../../demo/tables/placement-weights.dmn")),
];

pub(crate) fn run(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        anyhow::bail!(WrongInput(format!("`{}` exists already; name a folder that does not", folder.display())));
    }
    for (path, content) in FILES {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, content)?;
    }
    for empty in ["mappings", "entities", "assessments", "analyses", "texts"] {
        std::fs::create_dir_all(folder.join(empty))?;
    }
    say(&format!(
        "made `{0}`; next: put a source into {0}/sources, then `counterflow check --office {0}`",
        folder.display()
    ));
    Ok(())
}
