//! Decision tables (DMN 1.5 through dsntk): read once, evaluated for typed inputs, with the rules that fired.
//!
//! Holds a profile of DMN that an office can read and that always ends: decisions made of decision tables and literal
//! FEEL expressions that build on each other. Java and PMML calls, functions, imports and loops are refused at load, see
//! [`crate::feel`]. Must never evaluate a model that was not checked.

mod guard;

use crate::DecideError;
use crate::feel;
use dsntk_feel::{Evaluator, FeelScope, Name};
use dsntk_model::{
    DecisionTable, DecisionTableOrientation, Definitions, DmnElement, ExpressionInstance, HitPolicy, NamedElement,
    OutputClause, OutputEntry,
};
use dsntk_model_evaluator::ModelEvaluator;
use guard::refuse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// A decision model that was read and checked.
pub struct TableModel {
    namespace: String,
    model: String,
    version: String,
    inputs: Vec<String>,
    decisions: Vec<Step>,
    evaluator: Arc<ModelEvaluator>,
}

/// One decision of the model, and what tells which of its rules fire.
struct Step {
    name: String,
    required: Vec<String>,
    fires: Option<Evaluator>,
    annotations: Vec<String>,
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiredRule {
    /// Name of the decision whose table it stands in.
    pub decision: String,
    /// Its number in the table, from 1.
    pub rule: usize,
    /// What the table's annotation says of it; empty without one.
    pub annotation: String,
}

/// What a decision came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    /// The outputs: an object by column name where the table has several.
    pub value: Json,
    /// The rules that fired, in the order in which the decisions build on each other.
    pub fired: Vec<FiredRule>,
    /// Content hash of the model's file.
    pub version: String,
}

impl std::fmt::Debug for TableModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableModel").field("model", &self.model).field("version", &self.version).finish_non_exhaustive()
    }
}

impl TableModel {
    /// Reads a DMN file.
    pub fn load(text: &str) -> Result<Self, DecideError> {
        guard::check_text(text)?;
        let unreadable = |cause: String| refuse(cause, "check the file in a DMN editor");
        let definitions = dsntk_model::parse(text).map_err(|cause| unreadable(cause.to_string()))?;
        guard::check_model(&definitions)?;
        let inputs: Vec<String> = definitions.input_data().iter().map(|input| input.name().to_owned()).collect();
        let mut decisions = Vec::new();
        for decision in definitions.decisions() {
            let mut step = step(&definitions, &decision)?;
            step.annotations = annotations(text, decision.name());
            decisions.push(step);
        }
        if decisions.is_empty() {
            return Err(refuse("the model holds no decision", "write at least one `decision`"));
        }
        let (namespace, model) = (definitions.namespace().to_owned(), definitions.name().to_owned());
        let evaluator = ModelEvaluator::new(&[definitions]).map_err(|cause| unreadable(cause.to_string()))?;
        let version = model::ids::content_hash(text.as_bytes());
        Ok(Self { namespace, model, version, inputs, decisions, evaluator })
    }

    /// Names of the inputs, in the order of the file.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// Names of the decisions, in the order of the file.
    pub fn decisions(&self) -> impl Iterator<Item = &str> {
        self.decisions.iter().map(|step| step.name.as_str())
    }

    /// Content hash of the file: the version that a Decision pins.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Evaluates a decision. Every input must be given, null where it is not known.
    pub fn evaluate(&self, decision: &str, inputs: &Map<String, Json>) -> Result<Evaluated, DecideError> {
        let failed = |wrong: String| DecideError::TableInput { decision: decision.to_owned(), wrong };
        let Some(target) = self.decisions.iter().find(|step| step.name == decision) else {
            let known: Vec<&str> = self.decisions().collect();
            return Err(failed(format!("the model does not hold it; it holds {}", known.join(", "))));
        };
        if let Some(missing) = self.inputs.iter().find(|name| !inputs.contains_key(*name)) {
            return Err(failed(format!("input `{missing}` is missing; give null where it is not known")));
        }
        if let Some(unknown) = inputs.keys().find(|name| !self.inputs.contains(name)) {
            return Err(failed(format!("input `{unknown}` is not one of: {}", self.inputs.join(", "))));
        }
        let given = feel::context_of(inputs);
        let mut scope = given.clone();
        let mut fired = Vec::new();
        for step in self.in_order(target) {
            if let Some(fires) = &step.fires {
                fired.extend(fired_rules(step, fires, &FeelScope::from(scope.clone())));
            }
            let value = self.evaluator.evaluate_invocable(&self.namespace, &self.model, &step.name, &given);
            scope.set_entry(&Name::from(&step.name), value);
        }
        let value = scope.get_entry(&Name::from(&target.name)).expect("the target is the last of its own order");
        if let dsntk_feel::values::Value::Null(because) = value {
            let because = because.clone().unwrap_or_else(|| "no rule gave a value".to_owned());
            return Err(failed(format!("came to nothing ({because}); add a rule or a default for these inputs")));
        }
        Ok(Evaluated { value: feel::to_json(value), fired, version: self.version.clone() })
    }

    /// What a decision needs, each once, and the decision itself last. The guard found no cycle.
    fn in_order<'a>(&'a self, target: &'a Step) -> Vec<&'a Step> {
        let mut order: Vec<&Step> = Vec::new();
        for name in &target.required {
            let required = self.decisions.iter().find(|step| &step.name == name);
            for step in required.map(|step| self.in_order(step)).unwrap_or_default() {
                if !order.iter().any(|known| known.name == step.name) {
                    order.push(step);
                }
            }
        }
        order.push(target);
        order
    }
}

fn step(definitions: &Definitions, decision: &dsntk_model::Decision) -> Result<Step, DecideError> {
    let name = decision.name().to_owned();
    let mut names = Vec::new();
    let mut required = Vec::new();
    for requirement in decision.information_requirements() {
        if let Some(href) = requirement.required_input() {
            names.extend(definitions.get_input_data(href.id()).map(|input| input.name().to_owned()));
        }
        if let Some(href) = requirement.required_decision() {
            required.extend(definitions.get_decision(href.id()).map(|other| other.name().to_owned()));
        }
    }
    names.extend(required.iter().cloned());
    let Some(logic) = decision.decision_logic() else {
        return Err(refuse(format!("`{name}` has no logic"), "give it a decision table or a literal expression"));
    };
    guard::check_logic(logic, &names, &name)?;
    let fires = match logic {
        ExpressionInstance::DecisionTable(table) => Some(firing(table, &names, &name)?),
        _ => None,
    };
    Ok(Step { name, required, fires, annotations: Vec::new() })
}

/// True for an element of this name in whatever version of the namespace.
fn is(node: &roxmltree::Node, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// What the table of a decision says of each of its rules. The evaluator's own reader leaves annotations out.
fn annotations(text: &str, decision: &str) -> Vec<String> {
    let Ok(document) = roxmltree::Document::parse(text) else { return Vec::new() };
    let named = |node: &roxmltree::Node| is(node, "decision") && node.attribute("name") == Some(decision);
    let Some(decision) = document.descendants().find(named) else { return Vec::new() };
    let rules = decision.descendants().filter(|node| is(node, "rule"));
    let of_rule = |rule: roxmltree::Node| {
        let entry = rule.children().find(|node| is(node, "annotationEntry"));
        let text = entry
            .into_iter()
            .flat_map(|entry| entry.descendants())
            .filter_map(|node| node.text().filter(|_| node.is_text()));
        text.collect::<String>().trim().to_owned()
    };
    rules.map(of_rule).collect()
}

/// A twin of a table that gives the number of each rule that matches: the evaluator itself does not tell.
fn firing(table: &DecisionTable, names: &[String], decision: &str) -> Result<Evaluator, DecideError> {
    let rules = table.rules().enumerate().map(|(number, rule)| {
        let mut rule = rule.clone();
        rule.output_entries = vec![OutputEntry { text: (number + 1).to_string() }];
        rule
    });
    let output = OutputClause { type_ref: None, name: None, allowed_output_values: None, default_output_entry: None };
    // Where only the first match counts, only the first fired; else all that match.
    let hit_policy = if table.hit_policy() == HitPolicy::First { HitPolicy::First } else { HitPolicy::RuleOrder };
    let twin = DecisionTable::new(
        None,
        table.input_clauses().cloned().collect(),
        vec![output],
        Vec::new(),
        rules.collect(),
        hit_policy,
        None,
        DecisionTableOrientation::RuleAsRow,
        None,
    );
    dsntk_model_evaluator::build_decision_table_evaluator(&feel::scope_of(names), &twin)
        .map_err(|cause| refuse(format!("`{decision}`: {cause}"), "check the table in a DMN editor"))
}

fn fired_rules(step: &Step, fires: &Evaluator, scope: &FeelScope) -> Vec<FiredRule> {
    let numbers = match feel::to_json(&fires(scope)) {
        Json::Array(numbers) => numbers,
        one => vec![one],
    };
    let numbers = numbers.iter().filter_map(Json::as_u64).filter_map(|number| usize::try_from(number).ok());
    numbers
        .map(|rule| FiredRule {
            decision: step.name.clone(),
            rule,
            annotation: step.annotations.get(rule - 1).cloned().unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
