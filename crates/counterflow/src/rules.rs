//! Rules of an office that pages need: who may do what, what a case can be, how criteria are weighed, what texts say.

use crate::office::{Office, files};
use crate::terminal::WrongInput;
use decide::case::casetype::CaseType;
use decide::table::TableModel;
use web::auth::permissions::Permissions;
use web::wording::{Language, Wording};

/// All rules, read and checked.
pub(crate) struct Rules {
    pub(crate) permissions: Permissions,
    pub(crate) placement: CaseType,
    pub(crate) weights: TableModel,
    pub(crate) wording: Wording,
}

impl Rules {
    /// What is wrong with them, one sentence each.
    pub(crate) fn faults(office: &Office) -> anyhow::Result<Vec<String>> {
        let mut faults = Vec::new();
        for language in office.file.languages.iter().filter(|code| Language::from_code(code).is_none()) {
            let known: Vec<&str> = Language::ALL.iter().map(|known| known.code()).collect();
            faults.push(format!("office.toml: `languages` names `{language}`; write some of {}", known.join(", ")));
        }
        let policies = files(&office.folder.join("policies"), "cedar")?;
        let cases = files(&office.folder.join("policies"), "toml")?;
        match Permissions::read(&policies) {
            Ok(permissions) => faults.extend(permissions.check_cases(&cases)),
            Err(fault) => faults.push(fault.to_string()),
        }
        for (name, text) in files(&office.folder.join("casetypes"), "toml")? {
            if let Err(error) = CaseType::parse(&format!("casetypes/{name}.toml"), &text) {
                faults.push(error.to_string());
            }
        }
        for (name, text) in files(&office.folder.join("tables"), "dmn")? {
            if let Err(error) = TableModel::load(&text) {
                faults.push(format!("tables/{name}.dmn: {error}"));
            }
        }
        if let Err(error) = Wording::new(&files(&office.folder.join("texts"), "ftl")?) {
            faults.push(error.to_string());
        }
        Ok(faults)
    }

    /// The rules of an office that has no faults.
    pub(crate) fn read(office: &Office) -> anyhow::Result<Self> {
        let faults = Self::faults(office)?;
        if !faults.is_empty() {
            anyhow::bail!(WrongInput(faults.join("\n")));
        }
        let one = |folder: &str, ending: &str, name: &str| -> anyhow::Result<String> {
            let found = files(&office.folder.join(folder), ending)?.into_iter().find(|(known, _)| known == name);
            found.map(|(_, text)| text).ok_or_else(|| {
                WrongInput(format!("there is no {folder}/{name}.{ending}; `counterflow new` makes one to copy")).into()
            })
        };
        Ok(Self {
            permissions: Permissions::read(&files(&office.folder.join("policies"), "cedar")?)?,
            placement: CaseType::parse("casetypes/placement.toml", &one("casetypes", "toml", "placement")?)?,
            weights: TableModel::load(&one("tables", "dmn", "placement-weights")?)?,
            wording: Wording::new(&files(&office.folder.join("texts"), "ftl")?)?,
        })
    }
}
