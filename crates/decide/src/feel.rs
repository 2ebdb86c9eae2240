//! FEEL expressions (DMN 1.5, chapter 10) as far as tables and sentries need them, and values to and from JSON.
//!
//! Holds the guard that every expression passes before it is built: bounded length and depth, no loops, no functions
//! defined inside, only built-in functions from a list. What passes costs time in proportion to its own length and its
//! inputs; `matches` runs on an automaton in linear time, so that no pattern can explode. Must never evaluate a text that
//! did not pass the guard.

use dsntk_feel::context::FeelContext;
use dsntk_feel::values::Value;
use dsntk_feel::{FeelNumber, FeelScope, Name};
use dsntk_feel_parser::AstNode;
use serde_json::{Map, Value as Json};
use std::str::FromStr;

/// Longest expression, in bytes.
const LONGEST_EXPRESSION: usize = 4_000;
/// Deepest nesting of an expression.
const DEEPEST_EXPRESSION: usize = 60;
/// Deepest nesting of an input.
const DEEPEST_INPUT: usize = 16;

/// Built-in functions that an expression may call: none of them makes a list or text longer than what it is given.
const FUNCTIONS: [&str; 44] = [
    "abs",
    "all",
    "any",
    "ceiling",
    "contains",
    "count",
    "date",
    "date and time",
    "day of week",
    "decimal",
    "distinct values",
    "duration",
    "ends with",
    "even",
    "exp",
    "floor",
    "get value",
    "index of",
    "is defined",
    "list contains",
    "log",
    "lower case",
    "matches",
    "max",
    "mean",
    "median",
    "min",
    "modulo",
    "month of year",
    "not",
    "number",
    "odd",
    "reverse",
    "round half down",
    "round half up",
    "sort",
    "sqrt",
    "starts with",
    "string",
    "string length",
    "substring",
    "sum",
    "upper case",
    "years and months duration",
];

/// An expression that passed the guard.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    node: AstNode,
}

impl Expression {
    /// Reads an expression that may use `names`; the error says what is wrong and what to write.
    pub fn parse(text: &str, names: &[String]) -> Result<Self, String> {
        check_length(text)?;
        let node = dsntk_feel_parser::parse_expression(&scope_of(names), text, false)
            .map_err(|_| format!("`{text}` is no FEEL expression"))?;
        check(&node)?;
        let mut used = Vec::new();
        free_names(&node, &mut used);
        if let Some(unknown) = used.iter().find(|name| !names.contains(name)) {
            return Err(format!("`{unknown}` is not known here; use one of: {}", names.join(", ")));
        }
        Ok(Self { text: text.to_owned(), node })
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True where the expression is true for these facts; anything else, null among it, is not.
    pub fn holds(&self, facts: &Map<String, Json>) -> bool {
        let scope = FeelScope::from(context_of(facts));
        dsntk_feel_evaluator::evaluate(&scope, &self.node) == Value::Boolean(true)
    }
}

/// A scope in which these names can be written; names may hold spaces.
pub(crate) fn scope_of(names: &[String]) -> FeelScope {
    let mut context = FeelContext::default();
    for name in names {
        context.set_null(Name::from(name));
    }
    context.into()
}

/// Refuses text that is too long to be an expression.
pub(crate) fn check_length(text: &str) -> Result<(), String> {
    if text.len() > LONGEST_EXPRESSION {
        return Err(format!(
            "an expression has {} bytes; split it into decisions of at most {LONGEST_EXPRESSION}",
            text.len()
        ));
    }
    Ok(())
}

/// Refuses an expression that could run long, call outside, or nest too deep.
pub(crate) fn check(node: &AstNode) -> Result<(), String> {
    check_below(node, 0)
}

fn check_below(node: &AstNode, depth: usize) -> Result<(), String> {
    if depth > DEEPEST_EXPRESSION {
        return Err(format!("an expression nests deeper than {DEEPEST_EXPRESSION}; split it into several decisions"));
    }
    match node {
        AstNode::For(..) | AstNode::Some(..) | AstNode::Every(..) => {
            return Err(
                "loops (`for`, `some`, `every`) are refused; use `list contains`, `count` or a rule for each".into()
            );
        }
        AstNode::FunctionDefinition(..) | AstNode::FunctionBody(..) => {
            return Err(
                "functions defined in an expression, external ones among them, are refused; write a decision".into()
            );
        }
        AstNode::FunctionInvocation(name, _) => {
            let name = match name.as_ref() {
                AstNode::Name(name) => name.to_string(),
                _ => String::new(),
            };
            if !FUNCTIONS.contains(&name.as_str()) {
                return Err(format!("function `{name}` is refused; use one of: {}", FUNCTIONS.join(", ")));
            }
        }
        _ => {}
    }
    children(node).into_iter().try_for_each(|child| check_below(child, depth + 1))
}

/// Names that an expression takes from outside, in order of appearance. Names after a dot belong to what is before it.
fn free_names(node: &AstNode, out: &mut Vec<String>) {
    match node {
        AstNode::Name(name) => out.push(name.to_string()),
        AstNode::QualifiedName(segments) => {
            if let Some(AstNode::QualifiedNameSegment(name)) = segments.first() {
                out.push(name.to_string());
            }
        }
        AstNode::Path(left, _) => free_names(left, out),
        AstNode::FunctionInvocation(_, arguments) => free_names(arguments, out),
        // Inside a filter the names of the list's own entries count as well.
        AstNode::Filter(left, _) => free_names(left, out),
        other => children(other).into_iter().for_each(|child| free_names(child, out)),
    }
}

fn children(node: &AstNode) -> Vec<&AstNode> {
    use AstNode as N;
    match node {
        N::Add(a, b)
        | N::And(a, b)
        | N::ContextEntry(a, b)
        | N::ContextTypeEntry(a, b)
        | N::Div(a, b)
        | N::Eq(a, b)
        | N::Every(a, b)
        | N::Exp(a, b)
        | N::Filter(a, b)
        | N::For(a, b)
        | N::FormalParameter(a, b)
        | N::FunctionDefinition(a, b)
        | N::FunctionInvocation(a, b)
        | N::FunctionType(a, b)
        | N::Ge(a, b)
        | N::Gt(a, b)
        | N::In(a, b)
        | N::InstanceOf(a, b)
        | N::IterationContextSingle(a, b)
        | N::Le(a, b)
        | N::Lt(a, b)
        | N::Mul(a, b)
        | N::NamedParameter(a, b)
        | N::Nq(a, b)
        | N::Or(a, b)
        | N::Out(a, b)
        | N::Path(a, b)
        | N::QuantifiedContext(a, b)
        | N::Range(a, b)
        | N::Some(a, b)
        | N::Sub(a, b) => vec![a, b],
        N::Between(a, b, c) | N::If(a, b, c) | N::IterationContextInterval(a, b, c) => vec![a, b, c],
        N::CommaList(list)
        | N::Context(list)
        | N::ContextType(list)
        | N::ExpressionList(list)
        | N::FormalParameters(list)
        | N::IterationContexts(list)
        | N::List(list)
        | N::NamedParameters(list)
        | N::NegatedList(list)
        | N::ParameterTypes(list)
        | N::PositionalParameters(list)
        | N::QualifiedName(list)
        | N::QuantifiedContexts(list) => list.iter().collect(),
        N::EvaluatedExpression(a)
        | N::FunctionBody(a, _)
        | N::IntervalEnd(a, _)
        | N::IntervalStart(a, _)
        | N::ListType(a)
        | N::Neg(a)
        | N::RangeType(a)
        | N::Satisfies(a)
        | N::UnaryGe(a)
        | N::UnaryGt(a)
        | N::UnaryLe(a)
        | N::UnaryLt(a)
        | N::UnaryEq(a)
        | N::UnaryNe(a) => vec![a],
        N::At(_)
        | N::Boolean(_)
        | N::ContextEntryKey(_)
        | N::ContextTypeEntryKey(_)
        | N::FeelType(_)
        | N::Irrelevant
        | N::Name(_)
        | N::Null
        | N::Numeric(..)
        | N::ParameterName(_)
        | N::QualifiedNameSegment(_)
        | N::String(_) => Vec::new(),
    }
}

/// A FEEL context of JSON facts.
pub(crate) fn context_of(facts: &Map<String, Json>) -> FeelContext {
    let mut context = FeelContext::default();
    for (name, value) in facts {
        context.set_entry(&Name::from(name), to_feel(value, 0));
    }
    context
}

fn to_feel(value: &Json, depth: usize) -> Value {
    if depth > DEEPEST_INPUT {
        return Value::Null(Some(format!("the input nests deeper than {DEEPEST_INPUT}")));
    }
    match value {
        Json::Null => Value::Null(None),
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => FeelNumber::from_str(&number.to_string())
            .map_or_else(|_| Value::Null(Some(format!("`{number}` is no FEEL number"))), Value::Number),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(list) => Value::List(list.iter().map(|entry| to_feel(entry, depth + 1)).collect()),
        Json::Object(entries) => {
            let mut context = FeelContext::default();
            for (name, entry) in entries {
                context.set_entry(&Name::from(name), to_feel(entry, depth + 1));
            }
            Value::Context(context)
        }
    }
}

/// JSON of a FEEL value; values that JSON has no form for (dates, ranges) as their text.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null(_) => Json::Null,
        Value::Boolean(flag) => Json::Bool(*flag),
        Value::Number(number) => {
            let text = number.to_string();
            match text.parse::<i64>() {
                Ok(whole) => whole.into(),
                Err(_) => text.parse::<f64>().map_or(Json::Null, Json::from),
            }
        }
        Value::String(text) => Json::String(text.clone()),
        Value::List(list) => Json::Array(list.iter().map(to_json).collect()),
        Value::Context(context) => Json::Object(
            context.get_entries().into_iter().map(|(name, entry)| (name.to_string(), to_json(entry))).collect(),
        ),
        other => Json::String(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> Vec<String> {
        ["price", "ceiling", "wishes", "home"].map(str::to_owned).to_vec()
    }

    fn holds(text: &str, facts: Json) -> bool {
        let Json::Object(facts) = facts else { panic!("facts are an object") };
        Expression::parse(text, &names()).expect(text).holds(&facts)
    }

    #[test]
    fn expressions_are_true_or_not() {
        assert!(holds("price <= ceiling", json!({"price": 900.5, "ceiling": 1000})));
        assert!(!holds("price <= ceiling", json!({"price": 1000.01, "ceiling": 1000})));
        assert!(!holds("price <= ceiling", json!({"price": null, "ceiling": 1000})), "null is not true");
        assert!(holds(r#"list contains(wishes, "near family")"#, json!({"wishes": ["garden", "near family"]})));
        assert!(holds(
            r#"home.kind = "respite" and price in [1..5]"#,
            json!({"home": {"kind": "respite"}, "price": 5})
        ));
        assert!(holds(r#"matches(home.name, "^(a+)+b$") = false"#, json!({"home": {"name": "a".repeat(5_000)}})));
    }

    #[test]
    fn what_could_run_away_is_refused() {
        for text in [
            "count(for i in 1..1000000000 return i) > 1",
            "some i in wishes satisfies i = 1",
            "(function(x) x + 1)(1) = 2",
            r#"{f: function(x) external {java: {class: "A", method signature: "b()"}}}.f(1) = 1"#,
            "count(concatenate(wishes, wishes)) = 0",
            &format!("{}1 = 1", "-".repeat(200)),
            &format!("price = {}", "1".repeat(5_000)),
            "nonsense > 1",
            "price >",
        ] {
            assert!(Expression::parse(text, &names()).is_err(), "{text}");
        }
        assert_eq!(
            Expression::parse("nonsense > 1", &names()),
            Err("`nonsense` is not known here; use one of: price, ceiling, wishes, home".to_owned())
        );
    }
}
