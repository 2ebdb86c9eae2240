//! Who may do what: Cedar policies from the office folder. Must never allow what no policy allows.

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};
use model::{Permission, Role, Viewer};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// The policies of an office.
#[derive(Debug)]
pub struct Permissions {
    allowed: HashMap<Role, HashSet<Permission>>,
}

/// What is wrong with a policy file, one complete sentence.
#[derive(Debug, thiserror::Error)]
#[error("policies/{file}: {fault}")]
pub struct PolicyFault {
    file: String,
    fault: String,
}

/// The cases beside a policy file: who asks for what, and what the answer must be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<PolicyCase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyCase {
    role: String,
    action: String,
    allow: bool,
}

impl Permissions {
    /// Reads `*.cedar` files (name and text) and works out what each role may do.
    ///
    /// # Errors
    /// The first file that cannot be read as policies.
    pub fn read(policies: &[(String, String)]) -> Result<Self, PolicyFault> {
        let mut all = PolicySet::new();
        for (name, text) in policies {
            let fault = |fault: String| PolicyFault { file: format!("{name}.cedar"), fault };
            let set: PolicySet = text.parse().map_err(|error| fault(format!("{error}")))?;
            for (number, policy) in set.policies().enumerate() {
                // Cedar names policies by their place in their file; over several files these names would collide.
                let id = cedar_policy::PolicyId::new(format!("{name}/{number}"));
                all.add(policy.new_id(id)).map_err(|error| fault(error.to_string()))?;
            }
        }
        let allowed = Role::ALL.map(|role| {
            let granted = Permission::ALL.into_iter().filter(|permission| judge(&all, role, *permission));
            (role, granted.collect())
        });
        Ok(Self { allowed: allowed.into_iter().collect() })
    }

    /// True where the policies let this Viewer do this, and the Viewer's token carries it.
    pub fn allow(&self, viewer: &Viewer, permission: Permission) -> bool {
        let by_role = self.allowed.get(&viewer.role).is_some_and(|granted| granted.contains(&permission));
        by_role && viewer.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission))
    }

    /// Runs the cases beside the policies (`*.cases.toml`, name and text); gives one sentence for each that fails.
    pub fn check_cases(&self, cases: &[(String, String)]) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, text) in cases {
            let parsed: Cases = match toml::from_str(text) {
                Ok(parsed) => parsed,
                Err(error) => {
                    faults.push(format!("policies/{name}.toml: {error}"));
                    continue;
                }
            };
            for case in parsed.case {
                faults.extend(self.check_case(name, &case));
            }
        }
        faults
    }

    fn check_case(&self, name: &str, case: &PolicyCase) -> Option<String> {
        let place = format!("policies/{name}.toml: `{}` as `{}`", case.action, case.role);
        let role = if case.role == "visitor" { Some(Role::None) } else { Role::from_word(&case.role) };
        let (Some(role), Some(permission)) = (role, Permission::from_word(&case.action)) else {
            return Some(format!("{place}: no such role or action"));
        };
        let found = self.allowed.get(&role).is_some_and(|granted| granted.contains(&permission));
        (found != case.allow).then(|| format!("{place} should be {}, the policies say {found}", case.allow))
    }
}

fn judge(policies: &PolicySet, role: Role, permission: Permission) -> bool {
    let uid = |text: String| text.parse::<EntityUid>().expect("type and id are plain words");
    let principal = uid(format!("Account::\"{}\"", role.word()));
    let attributes = HashMap::from([("role".to_owned(), RestrictedExpression::new_string(role.word().to_owned()))]);
    let account = Entity::new(principal.clone(), attributes, HashSet::new()).expect("one plain text attribute");
    let office = uid("Office::\"office\"".to_owned());
    let action = uid(format!("Action::\"{}\"", permission.word()));
    let entities = Entities::from_entities([account], None).expect("a single entity");
    let Ok(request) = Request::new(principal, action, office, Context::empty(), None) else { return false };
    Authorizer::new().is_authorized(&request, policies, &entities).decision() == Decision::Allow
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"permit (principal, action == Action::"read_open", resource);
        permit (principal, action in [Action::"read_cases", Action::"work_cases"], resource)
        when { principal.role == "case_manager" };"#;

    fn viewer(role: Role, scopes: Option<Vec<Permission>>) -> Viewer {
        Viewer { account: "someone".to_owned(), role, scopes }
    }

    #[test]
    fn only_what_a_policy_allows_is_allowed() {
        let permissions = Permissions::read(&[("all".to_owned(), POLICY.to_owned())]).expect("policies");
        assert!(permissions.allow(&viewer(Role::CaseManager, None), Permission::ReadCases));
        assert!(permissions.allow(&Viewer::visitor(), Permission::ReadOpen));
        assert!(!permissions.allow(&viewer(Role::Administrator, None), Permission::ReadCases));
        assert!(!permissions.allow(&viewer(Role::CaseManager, None), Permission::ReadAudit));
        let token = viewer(Role::CaseManager, Some(vec![Permission::ReadOpen]));
        assert!(!permissions.allow(&token, Permission::ReadCases), "a token carries no more than its scopes");
    }

    #[test]
    fn a_case_that_fails_is_named() {
        let permissions = Permissions::read(&[("all".to_owned(), POLICY.to_owned())]).expect("policies");
        let cases = "[[case]]\nrole = \"analyst\"\naction = \"read_cases\"\nallow = true\n";
        let faults = permissions.check_cases(&[("all.cases".to_owned(), cases.to_owned())]);
        assert_eq!(
            faults,
            ["policies/all.cases.toml: `read_cases` as `analyst` should be true, the policies say false"]
        );
        assert!(Permissions::read(&[("broken".to_owned(), "permit (".to_owned())]).is_err());
    }
}
