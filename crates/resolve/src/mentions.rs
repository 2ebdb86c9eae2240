//! From texts and Entities to one row for each Entity that a text means. Pure; the finding itself is in [`crate::mention`].

use crate::entities::MentionRule;
use crate::mention::{MentionIndex, Named};
use model::{ColumnType, Judgement, Table, Value, Verdict};
use rayon::prelude::*;
use std::collections::HashMap;

/// Columns of the result.
const COLUMNS: [(&str, ColumnType); 7] = [
    ("_id", ColumnType::Text),
    ("record", ColumnType::Text),
    ("entity", ColumnType::Text),
    ("probability", ColumnType::Number),
    ("weight", ColumnType::Number),
    ("words", ColumnType::Text),
    ("because", ColumnType::Text),
];

/// What texts mean, and the pairs of text and Entity that a person should look at.
pub struct Mentions {
    /// One row for each Entity that a text means.
    pub table: Table,
    /// Unsure ones, for the review queue: left the text's row, right the Entity.
    pub unsure: Vec<Judgement>,
}

/// Finds what every text means. What people said of a text and an Entity goes before what was computed.
pub fn find(rule: &MentionRule, entities: &Table, texts: &Table, by_people: &[Judgement]) -> Mentions {
    let index = index(rule, entities);
    let said: HashMap<(&str, &str), Verdict> = by_people
        .iter()
        .map(|judgement| ((judgement.left.as_str(), judgement.right.as_str()), judgement.verdict))
        .collect();
    let found: Vec<Vec<Found>> =
        (0..texts.len()).into_par_iter().map(|row| in_text(rule, &index, texts, row, &said)).collect();
    let mut mentions = Mentions { table: Table::with_columns(&COLUMNS), unsure: Vec::new() };
    for found in found.into_iter().flatten() {
        match found {
            Found::Meant(row) => mentions.table.push_row(row).expect("values were made for these columns"),
            Found::Unsure(judgement) => mentions.unsure.push(judgement),
        }
    }
    mentions
}

enum Found {
    Meant(Vec<Value>),
    Unsure(Judgement),
}

fn index(rule: &MentionRule, entities: &Table) -> MentionIndex {
    let mut index = MentionIndex::default();
    for row in 0..entities.len() {
        let text = |column: &str| entities.text(row, column).filter(|text| !text.is_empty());
        let wanted = rule.only.iter().all(|(column, value)| text(column) == Some(value));
        let (Some(id), Some(name)) = (text("_id"), text("name")) else { continue };
        if !wanted {
            continue;
        }
        let mut names: Vec<&str> = vec![name];
        names.extend(text("other_names").unwrap_or_default().split("; ").filter(|other| !other.is_empty()));
        index.insert(&Named {
            id,
            names: &names,
            place: text(&rule.place),
            region: text(&rule.region),
            provider: text(&rule.provider),
        });
    }
    index
}

fn in_text(
    rule: &MentionRule,
    index: &MentionIndex,
    texts: &Table,
    row: usize,
    said: &HashMap<(&str, &str), Verdict>,
) -> Vec<Found> {
    let parts: Vec<&str> = rule.text.iter().filter_map(|column| texts.text(row, column)).collect();
    let whole = parts.join("\n");
    let record = texts.text(row, "_id").unwrap_or_default();
    let left = format!("{}/{record}", rule.dataset);
    // A text may name a home several times; its surest mention speaks for it.
    let mut surest: Vec<crate::mention::Mention> = Vec::new();
    for mention in index.find(&whole, None) {
        match surest.iter_mut().find(|known| known.entity == mention.entity) {
            Some(known) if known.probability < mention.probability => *known = mention,
            Some(_) => {}
            None => surest.push(mention),
        }
    }
    let mut found = Vec::new();
    for mention in surest {
        let right = format!("{}/{}", rule.entities, mention.entity);
        let judged = said.get(&(left.as_str(), right.as_str())).copied();
        let probability = match judged {
            Some(Verdict::Same) => 1.0,
            Some(Verdict::Different) => continue,
            _ => mention.probability,
        };
        if probability < rule.same {
            found.push(Found::Unsure(Judgement {
                left: left.clone(),
                right,
                verdict: Verdict::Unsure,
                weight: mention.weight,
                probability,
                comparisons: mention.because,
            }));
            continue;
        }
        let because = serde_json::to_string(&mention.because).expect("comparisons are plain data");
        found.push(Found::Meant(vec![
            model::content_id([record, mention.entity.as_str()]).into(),
            record.into(),
            mention.entity.as_str().into(),
            probability.into(),
            mention.weight.into(),
            whole.get(mention.start..mention.end).unwrap_or_default().into(),
            because.into(),
        ]));
    }
    found
}
