//! The homes that could be chosen: the three best, how sure the order is, what was excluded and why, and all of them.

use super::layout::{Frame, Section};
use super::parts::{Fault, Field, Figure, Kind, Link, Mark, Pager, Sort};
use super::{Page, Sampled, links, samples};
use crate::number::Money;
use crate::picture::{Tint, Told, bars};
use crate::wording::Words;
use askama::Template;
use model::{Permission, Standing};

/// One hard limit.
#[derive(Clone, Debug)]
pub struct LimitLine {
    /// What is limited, worded.
    pub name: String,
    /// The limit, worded: `up to 25 km`.
    pub value: String,
    /// Homes that this limit excludes, whatever the others do.
    pub excludes: u64,
    /// Homes that meet all other limits and not this one.
    pub alone: u64,
    /// The nearest looser value, worded, with what it would bring and where it leads.
    pub relaxed: Option<(String, u64, String)>,
}

/// What of a home is compared besides the whole, in this order.
pub const COMPARED_ASPECTS: [&str; 3] = ["staffing", "compliance", "quality"];

/// How a home's community view moves: `rising`, `falling`, `steady`, `unknown`.
pub type Trend = &'static str;

/// One of the best homes.
#[derive(Clone, Debug)]
pub struct CandidateCard {
    /// Its place in the order, from 1.
    pub rank: u64,
    /// The home.
    pub home: Link,
    /// Where it is: locality.
    pub place: String,
    /// Who runs it, worded.
    pub ownership: String,
    /// What it costs a day, where it is known.
    pub price: Option<Money>,
    /// What may be spent a day.
    pub ceiling: Money,
    /// Kilometres from the person's locality.
    pub distance: f64,
    /// Free places.
    pub free_places: u64,
    /// What officials say, overall.
    pub official: Figure,
    /// What residents say, overall.
    pub community: Figure,
    /// What officials say of single aspects; only where homes are compared.
    pub aspects: Vec<Figure>,
    /// The gap between both, worded; empty where they agree.
    pub gap: String,
    /// How the community view moves.
    pub trend: Trend,
    /// Probability that it is the best of the list.
    pub best: f64,
    /// Deciding for it.
    pub choose: String,
    /// Its identifier.
    pub id: String,
    /// True where it is among those compared.
    pub chosen: bool,
}

/// One weight of the ranking.
#[derive(Clone, Debug)]
pub struct WeightLine {
    /// The question for it.
    pub field: Field,
    /// What the decision table says, worded.
    pub table_says: String,
}

/// The candidates of a case.
#[derive(Debug, Template)]
#[template(path = "candidates.html")]
pub struct CandidatesPage {
    /// What stands around it.
    pub frame: Frame,
    /// The case.
    pub case: Link,
    /// Identifier of the case.
    pub case_id: String,
    /// Number of homes before any limit.
    pub total: u64,
    /// The limits.
    pub limits: Vec<LimitLine>,
    /// The three best.
    pub best: Vec<CandidateCard>,
    /// Those that are compared side by side.
    pub compared: Vec<CandidateCard>,
    /// True where more were chosen than can be compared.
    pub too_many: bool,
    /// A page of all that are left, in the order asked for.
    pub lines: Vec<CandidateCard>,
    /// The way to the others.
    pub pager: Pager,
    /// What the query says besides what is compared.
    pub kept: Vec<(String, String)>,
    /// Heads of the columns name, official, community, price, distance, ownership, trend, best.
    pub sorts: Vec<Sort>,
    /// The map, as SVG, and what it says where places are.
    pub map: String,
    /// The weights.
    pub weights: Vec<WeightLine>,
    /// Name and version of the decision table they come from.
    pub table: String,
    /// The reason for other weights.
    pub reason: Field,
    /// The reason that was given, where the weights differ from the table.
    pub given_reason: String,
    /// Which home would be first without community evidence, where that is another one.
    pub first_without: Option<Link>,
}

impl CandidatesPage {
    fn faults(&self) -> Vec<Fault> {
        self.weights.iter().map(|weight| &weight.field).chain([&self.reason]).filter_map(Field::fault).collect()
    }

    /// Both views of a home on one scale.
    fn bars(&self, card: &CandidateCard) -> String {
        let words = &self.frame.words;
        let told = Told {
            id: format!("bars-{}", card.rank),
            title: words.say1("candidates-bars", "home", &card.home.text),
            description: words.say2(
                "both-views",
                "official",
                card.official.sentence(),
                "community",
                card.community.sentence(),
            ),
        };
        let line = |key, figure: &Figure, tint| bars::Line { label: words.say(key), estimate: figure.estimate(), tint };
        let lines = [
            line("view-official", &card.official, Tint::Official),
            line("view-community", &card.community, Tint::Community),
        ];
        bars::intervals(&told, 1.0, 5.0, &lines)
    }

    /// How sure the order is, from the probability that the first one is best.
    fn sureness(&self) -> String {
        let Some(first) = self.best.first() else { return String::new() };
        let key = match first.best {
            sure if sure >= 0.8 => "candidates-sure",
            likely if likely >= 0.5 => "candidates-likely",
            _ => "candidates-close",
        };
        self.frame.words.say2(key, "home", &first.home.text, "share", self.frame.words.share(&first.best))
    }

    /// What the figures of compared homes are about, in the order of [`CandidateCard::view`].
    fn compared_aspects(&self) -> Vec<(usize, String)> {
        let words = &self.frame.words;
        let aspects = self.compared.first().map_or(0, |card| card.aspects.len());
        let named = COMPARED_ASPECTS.into_iter().take(aspects);
        let heads = [words.say("view-official"), words.say("view-community")];
        heads.into_iter().chain(named.map(|aspect| words.of_or_itself("aspect", aspect))).enumerate().collect()
    }

    fn may_work(&self) -> bool {
        self.frame.may(Permission::WorkCases)
    }

    fn action(&self, part: &str) -> String {
        links::of_case(&self.case_id, part)
    }

    fn price_mark(&self) -> Mark {
        Mark::new(&self.frame.words, Standing::Official, true)
    }
}

impl CandidateCard {
    /// What officials say, what residents say, then what officials say of each aspect.
    fn view(&self, number: &usize) -> &Figure {
        match *number {
            0 => &self.official,
            1 => &self.community,
            aspect => self.aspects.get(aspect - 2).unwrap_or(&self.official),
        }
    }

    fn over(&self) -> bool {
        self.price.as_ref().is_some_and(|price| price.amount > self.ceiling.amount)
    }

    fn arrow(&self) -> &'static str {
        match self.trend {
            "rising" => "▲",
            "falling" => "▼",
            "steady" => "►",
            _ => "?",
        }
    }
}

impl Page for CandidatesPage {
    fn title(&self) -> String {
        self.frame.say("candidates-title")
    }

    fn faulty(&self) -> bool {
        !self.faults().is_empty()
    }
}

/// A card for samples; `kind` keeps identifiers apart.
fn sample_card(words: &Words, kind: &str, rank: u64, trend: Trend) -> CandidateCard {
    let money = |amount| Money { amount, currency: "AUD".to_owned() };
    CandidateCard {
        rank,
        home: samples::home(),
        place: "Jannali NSW".to_owned(),
        ownership: words.of("ownership", "not_for_profit"),
        price: (rank != 3).then(|| money(290.0 + 15.0 * rank as f64)),
        ceiling: money(310.0),
        distance: 4.26,
        free_places: rank,
        official: samples::official(words, &format!("{kind}-official-{rank}")),
        community: samples::community(words, &format!("{kind}-community-{rank}")),
        aspects: match kind {
            "compare" => vec![samples::official(words, &format!("{kind}-aspect-{rank}"))],
            _ => Vec::new(),
        },
        gap: if rank == 1 { words.say("gap-community-higher") } else { String::new() },
        trend,
        best: 0.9 / (rank as f64),
        choose: links::decide("c1", "h1"),
        id: format!("h{rank}"),
        chosen: rank == 1,
    }
}

impl Sampled for CandidatesPage {
    const NAME: &'static str = "candidates";

    fn samples(words: &Words) -> Vec<Self> {
        let limit = |relaxed| LimitLine {
            name: words.of("limit", "distance"),
            value: words.say1("up-to", "value", words.kilometres(&25.0)),
            excludes: 1_702,
            alone: 9,
            relaxed,
        };
        let limits = vec![limit(Some(("40 km".to_owned(), 6, "?distance=40".to_owned()))), limit(None)];
        let cards = |kind| {
            let trends = [(1, "rising"), (2, "falling"), (3, "unknown")];
            trends.map(|(rank, trend)| sample_card(words, kind, rank, trend)).to_vec()
        };
        let weight = |name: &str| WeightLine {
            field: Field::new(words, name, Kind::Number { unit: String::new() }, "2"),
            table_says: "3".to_owned(),
        };
        let columns = ["home", "official", "community", "price", "distance", "ownership", "trend", "best"];
        let page = |best: Vec<CandidateCard>, wrong: bool| {
            let reason = Field::new(words, "weights_reason", Kind::Area, "");
            Self {
                frame: samples::frame(words, Section::Worklist),
                case: Link::new("Person 17", links::case("c1")),
                case_id: "c1".to_owned(),
                total: 1_838,
                limits: limits.clone(),
                compared: if wrong { cards("compare") } else { Vec::new() },
                too_many: wrong,
                lines: if best.is_empty() { Vec::new() } else { cards("line") },
                pager: Pager::new(words, 9 * best.len() as u64, 1, 3, |page| format!("?page={page}")),
                kept: vec![("sort".to_owned(), "price".to_owned())],
                sorts: columns
                    .map(|name| Sort::new(words.say(&format!("column-{name}")), format!("?sort={name}"), None))
                    .to_vec(),
                map: samples::map(words),
                weights: ["weight_official", "weight_community", "weight_price", "weight_distance"]
                    .map(weight)
                    .to_vec(),
                table: "placement-weights 3".to_owned(),
                reason: if wrong { reason.wrong("fault-reason") } else { reason },
                given_reason: if wrong { "The family can pay for travel.".to_owned() } else { String::new() },
                first_without: wrong.then(samples::home),
                best,
            }
        };
        vec![page(cards("card"), false), page(cards("card"), true), page(Vec::new(), false)]
    }
}
