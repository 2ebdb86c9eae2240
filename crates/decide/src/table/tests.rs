//! Tests of decision tables: the office's own table for several needs, and models that must be refused.

use super::*;
use serde_json::json;

const WEIGHTS: &str = include_str!("../../../../demo/tables/placement-weights.dmn");

fn evaluate(inputs: Json) -> Result<Evaluated, DecideError> {
    let Json::Object(inputs) = inputs else { panic!("inputs are an object") };
    TableModel::load(WEIGHTS)?.evaluate("weights", &inputs)
}

#[test]
fn weights_follow_the_need() {
    let cases = [
        ("nursing", json!([]), json!(0.1), (2, 3, 1.0, 1.5), [1, 1, 3]),
        ("nursing", json!(["near_family"]), json!(0.1), (2, 3, 1.0, 3.0), [1, 1, 1]),
        ("dementia", json!(["quiet"]), json!(0.25), (3, 3, 2.0, 1.5), [2, 2, 3]),
        ("respite", json!([]), json!(0.6), (3, 1, 3.0, 1.0), [3, 3, 2]),
        ("residential", json!([]), json!(null), (3, 2, 1.0, 1.5), [4, 4, 3]),
    ];
    for (kind, wishes, pressure, (community, staffing, price, distance), rules) in cases {
        let found = evaluate(json!({"kind of care": kind, "wishes": wishes, "budget pressure": pressure})).expect(kind);
        assert_eq!(found.value["community"], community, "{kind}");
        assert_eq!(found.value["staffing"], staffing, "{kind}");
        assert_eq!(found.value["price"].as_f64(), Some(price), "{kind}");
        assert_eq!(found.value["distance"].as_f64(), Some(distance), "{kind}");
        assert_eq!(found.fired.iter().map(|fired| fired.rule).collect::<Vec<_>>(), rules, "{kind}: {:?}", found.fired);
    }
}

#[test]
fn fired_rules_carry_their_annotation() {
    let found = evaluate(json!({"kind of care": "respite", "wishes": [], "budget pressure": 0.7})).expect("weights");
    let lines: Vec<String> =
        found.fired.iter().map(|fired| format!("{}: {}", fired.decision, fired.annotation)).collect();
    assert_eq!(
        lines,
        [
            "care weights: a short stay: how it feels there counts most",
            "price weight: few homes are affordable",
            "distance weight: a short stay may be further away",
        ]
    );
}

#[test]
fn a_missing_or_unknown_input_is_named() {
    let error = evaluate(json!({"kind of care": "respite", "wishes": []})).expect_err("an input is missing");
    assert_eq!(
        error.to_string(),
        "decision `weights`: input `budget pressure` is missing; give null where it is not known"
    );
    let error = evaluate(json!({"kind of care": "a", "wishes": [], "budget pressure": 0, "colour": 1}));
    assert!(error.expect_err("an input is unknown").to_string().contains("`colour` is not one of"));
}

fn model(inside: &str) -> String {
    format!(
        r##"<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="https://example.org" name="m" id="m">{inside}</definitions>"##
    )
}

fn literal(name: &str, requires: &str, text: &str) -> String {
    let requirement = if requires.is_empty() {
        String::new()
    } else {
        format!(
            r##"<informationRequirement id="r_{name}"><requiredDecision href="#{requires}"/></informationRequirement>"##
        )
    };
    format!(
        r#"<decision name="{name}" id="{name}"><variable name="{name}" typeRef="Any"/>{requirement}<literalExpression><text>{text}</text></literalExpression></decision>"#
    )
}

fn function(kind: &str) -> String {
    model(&format!(
        r#"<businessKnowledgeModel name="f" id="f"><variable name="f"/><encapsulatedLogic kind="{kind}"><formalParameter name="x" typeRef="number"/><context><contextEntry><variable name="class" typeRef="string"/><literalExpression><text>"java.lang.Math"</text></literalExpression></contextEntry></context></encapsulatedLogic></businessKnowledgeModel>"#
    ))
}

#[test]
fn models_that_call_outside_or_never_end_are_refused() {
    let deep = format!("{}{}", "<list>".repeat(5_000), "</list>".repeat(5_000));
    let hidden = format!("{}{}", r#"<list a="/>"><!-- </list> -->"#.repeat(5_000), "</list>".repeat(5_000));
    let external = literal("d", "", r#"(function(x) external {java: {class: "A", method signature: "b(int)"}})(1)"#);
    let cases = [
        (function("Java"), "calls Java"),
        (function("PMML"), "calls PMML"),
        (function("FEEL"), "defines a function"),
        (model(&external), "refused"),
        (model(&literal("d", "", "for i in 1..999999999 return i")), "loops"),
        (model(&format!("{}{}", literal("a", "b", "b"), literal("b", "a", "a"))), "requires itself"),
        (format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", model("")), "document type"),
        (model(&" ".repeat(2 << 20)), "bytes"),
        (model(&format!(r#"<decision name="d" id="d"><variable name="d"/>{deep}</decision>"#)), "nest deeper"),
        (model(&format!(r#"<decision name="d" id="d"><variable name="d"/>{hidden}</decision>"#)), "nest deeper"),
        (model(""), "no decision"),
        (model(&literal("d", "", "not(missing)")), "`missing` is not known here"),
        ("<html/>".to_owned(), "check the file"),
        ("not xml".to_owned(), "check the file"),
    ];
    for (text, expected) in cases {
        let error = TableModel::load(&text).expect_err(expected).to_string();
        assert!(error.contains(expected), "wanted `{expected}`, got `{}`", error.chars().take(300).collect::<String>());
    }
    assert!(TableModel::load(&model(&literal("d", "", "1 + 1"))).is_ok());
}
