//! What a DMN file must pass before it is read: size, depth, no document type, no calls to the outside.
//!
//! Must never read more of a file than it is allowed to have.

use crate::DecideError;
use crate::feel;
use dsntk_model::{DecisionTable, Definitions, DmnElement, ExpressionInstance, FunctionKind, NamedElement};

/// Largest DMN file, in bytes.
const LARGEST_FILE: usize = 1 << 20;
/// Deepest nesting of XML elements; a decision table needs nine.
const DEEPEST_ELEMENT: usize = 40;
/// Most decisions of a model, and most ways from a decision to what it requires.
const MOST_DECISIONS: usize = 100;
const MOST_WALKS: usize = 1_000;
/// Most cells (rules times columns) of a table.
const MOST_CELLS: usize = 20_000;

pub(super) fn refuse(wrong: impl Into<String>, write: impl Into<String>) -> DecideError {
    DecideError::Table { wrong: wrong.into(), write: write.into() }
}

/// Refuses text that no XML reader should be handed.
pub(super) fn check_text(text: &str) -> Result<(), DecideError> {
    if text.len() > LARGEST_FILE {
        return Err(refuse(
            format!("the file has {} bytes", text.len()),
            format!("split it into files of at most {LARGEST_FILE}"),
        ));
    }
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = past(after, "-->");
        } else if let Some(after) = rest.strip_prefix("<![CDATA[") {
            rest = past(after, "]]>");
        } else if rest.starts_with("<!") {
            return Err(refuse(
                "the file declares a document type or entities",
                "leave out `<!DOCTYPE` and `<!ENTITY`",
            ));
        } else if rest.starts_with("<?") {
            rest = past(rest, "?>");
        } else {
            let (closing, empty, after) = tag(rest);
            depth = if closing { depth.saturating_sub(1) } else { depth + usize::from(!empty) };
            rest = after;
        }
        if depth > DEEPEST_ELEMENT {
            return Err(refuse(
                format!("elements nest deeper than {DEEPEST_ELEMENT}"),
                "write several decisions instead of one inside the other",
            ));
        }
    }
    Ok(())
}

fn past<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

/// Reads one tag: whether it closes, whether it is empty, and what comes after. Quoted values may hold `>` and `/`.
fn tag(text: &str) -> (bool, bool, &str) {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (None, '>') => return (text.starts_with("</"), before == '/', &text[at + 1..]),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
        before = letter;
    }
    (false, false, "")
}

/// Refuses a model that calls outside, defines functions, or holds expressions that could run long.
pub(super) fn check_model(definitions: &Definitions) -> Result<(), DecideError> {
    if let Some(import) = definitions.imports().first() {
        return Err(refuse(
            format!("the model imports `{}`", import.namespace()),
            "copy the decisions it needs into the file",
        ));
    }
    if let Some(knowledge) = definitions.business_knowledge_models().first() {
        let kind = knowledge.encapsulated_logic().as_ref().map(|logic| logic.kind().clone());
        let (calls, write) = match kind {
            Some(FunctionKind::Java) => ("calls Java", "write the rule as a decision table"),
            Some(FunctionKind::Pmml) => ("calls PMML", "write the rule as a decision table"),
            _ => ("defines a function", "write it as a decision and require that"),
        };
        return Err(refuse(format!("`{}` {calls}", knowledge.name()), write));
    }
    if let Some(service) = definitions.decision_services().first() {
        return Err(refuse(
            format!("`{}` is a decision service", service.name()),
            "leave it out and name the decision",
        ));
    }
    for item in definitions.item_definitions() {
        check_item(item)?;
    }
    check_cycles(definitions)
}

fn check_item(item: &dsntk_model::ItemDefinition) -> Result<(), DecideError> {
    if let Some(text) = item.allowed_values().as_ref().and_then(|values| values.text().clone()) {
        check_tests(&text, &[], item.name())?;
    }
    item.item_components().iter().try_for_each(check_item)
}

/// Refuses decisions that require themselves: evaluating them would never end.
fn check_cycles(definitions: &Definitions) -> Result<(), DecideError> {
    let decisions = definitions.decisions();
    let requires: Vec<Vec<usize>> = decisions
        .iter()
        .map(|decision| {
            let required = decision.information_requirements().iter().filter_map(|one| one.required_decision().clone());
            let position = |id: &str| decisions.iter().position(|other| other.id() == id);
            required.filter_map(|href| position(href.id())).collect()
        })
        .collect();
    // Whoever requires only what is done is done; what never gets done stands in a cycle.
    let mut done = vec![false; decisions.len()];
    for _ in 0..decisions.len() {
        for (number, required) in requires.iter().enumerate() {
            done[number] |= required.iter().all(|&one| done[one]);
        }
    }
    if let Some(number) = done.iter().position(|done| !done) {
        return Err(refuse(
            format!("decision `{}` requires itself, directly or through others", decisions[number].name()),
            "take one of the requirements out",
        ));
    }
    check_paths(&requires)
}

/// Refuses decisions that meet the same requirement on too many ways: the evaluator walks each way anew.
fn check_paths(requires: &[Vec<usize>]) -> Result<(), DecideError> {
    // There is no cycle: after as many rounds as decisions every number has settled.
    let mut walks = vec![1_usize; requires.len()];
    for _ in 0..requires.len() {
        for (number, required) in requires.iter().enumerate() {
            walks[number] = required.iter().map(|&one| walks[one]).fold(1, usize::saturating_add);
        }
    }
    if walks.iter().any(|&walks| walks > MOST_WALKS) || requires.len() > MOST_DECISIONS {
        return Err(refuse(
            "the decisions build on each other in too many ways",
            format!("write at most {MOST_DECISIONS} decisions, each required by few others"),
        ));
    }
    Ok(())
}

/// Refuses decision logic that is neither a table nor a plain expression, or that could run long.
pub(super) fn check_logic(logic: &ExpressionInstance, names: &[String], decision: &str) -> Result<(), DecideError> {
    match logic {
        ExpressionInstance::DecisionTable(table) => check_table(table, names, decision),
        ExpressionInstance::LiteralExpression(expression) => {
            check_expression(expression.text().as_deref().unwrap_or_default(), names, decision)
        }
        ExpressionInstance::FunctionDefinition(function) => {
            let wrong = match function.kind() {
                FunctionKind::Java => "calls Java",
                FunctionKind::Pmml => "calls PMML",
                FunctionKind::Feel => "defines a function",
            };
            Err(refuse(format!("`{decision}` {wrong}"), "write it as a decision table or literal expression"))
        }
        _ => Err(refuse(
            format!("`{decision}` is neither a decision table nor a literal expression"),
            "write it as one of these; several decisions may build on each other",
        )),
    }
}

fn check_table(table: &DecisionTable, names: &[String], decision: &str) -> Result<(), DecideError> {
    let columns = table.input_clauses().count() + table.output_clauses().count();
    let cells = table.rules().count() * columns;
    if cells > MOST_CELLS {
        return Err(refuse(
            format!("`{decision}` has {cells} cells"),
            format!("split it; a table has at most {MOST_CELLS}"),
        ));
    }
    for input in table.input_clauses() {
        check_expression(&input.input_expression, names, decision)?;
        input.allowed_input_values.iter().try_for_each(|text| check_tests(text, names, decision))?;
    }
    for output in table.output_clauses() {
        output.allowed_output_values.iter().try_for_each(|text| check_tests(text, names, decision))?;
        output.default_output_entry.iter().try_for_each(|text| check_tests(text, names, decision))?;
    }
    for (number, rule) in table.rules().enumerate() {
        let place = format!("{decision}, rule {}", number + 1);
        if rule.input_entries.len() != table.input_clauses().count()
            || rule.output_entries.len() != table.output_clauses().count()
        {
            return Err(refuse(
                format!("`{place}` has more or fewer cells than the table has columns"),
                "give one for each",
            ));
        }
        rule.input_entries.iter().try_for_each(|entry| check_tests(&entry.text, names, &place))?;
        rule.output_entries.iter().try_for_each(|entry| check_expression(&entry.text, names, &place))?;
    }
    Ok(())
}

fn check_expression(text: &str, names: &[String], place: &str) -> Result<(), DecideError> {
    feel::Expression::parse(text, names).map(drop).map_err(|wrong| refuse(format!("`{place}`"), wrong))
}

fn check_tests(text: &str, names: &[String], place: &str) -> Result<(), DecideError> {
    let failed = |wrong: String| refuse(format!("`{place}`"), wrong);
    feel::check_length(text).map_err(failed)?;
    let node = dsntk_feel_parser::parse_unary_tests(&feel::scope_of(names), text, false)
        .map_err(|_| failed(format!("`{text}` is no FEEL unary test")))?;
    feel::check(&node).map_err(failed)
}
