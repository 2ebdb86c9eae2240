//! A home: what kind, whose, what officials say, what residents say, whether they agree, what changed, where it is.

use super::layout::{Frame, Section};
use super::parts::{Figure, Link, Mark, Timeline};
use super::{Page, Sampled, links, samples};
use crate::number::Money;
use crate::picture::series::{Curve, Happening, Join};
use crate::picture::{Tint, Told, bars, series};
use crate::wording::Words;
use askama::Template;
use model::{Date, Standing, Timestamp};

/// Where officials and residents disagree.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The gap in a sentence.
    pub sentence: String,
    /// What could explain it.
    pub href: String,
}

/// One aspect of a home.
#[derive(Clone, Debug)]
pub struct AspectLine {
    /// The aspect as a stable word: `overall`, `staffing`.
    pub aspect: String,
    /// What officials say; `None` where no official source has this aspect.
    pub official: Option<Figure>,
    /// What residents say.
    pub community: Option<Figure>,
    /// Where they disagree.
    pub gap: Option<Gap>,
}

/// A fact that is no estimate, such as a compliance decision or a penalty.
#[derive(Clone, Debug)]
pub struct OfficialFact {
    /// What it is, worded.
    pub name: String,
    /// What it says, worded.
    pub value: String,
    /// The row it comes from.
    pub row: Link,
    /// Whose word it is.
    pub standing: Standing,
    /// It is simulated.
    pub simulated: bool,
}

/// One line of the table behind the series.
#[derive(Clone, Debug)]
pub struct SeriesLine {
    /// The day.
    pub on: Date,
    /// What officials said then.
    pub official: Option<Figure>,
    /// What residents said then.
    pub community: Option<Figure>,
}

/// One post.
#[derive(Clone, Debug)]
pub struct PostLine {
    /// When it was written.
    pub at: Timestamp,
    /// Where it comes from, leading to the row.
    pub row: Link,
    /// What it says.
    pub text: String,
    /// Points of five, where it gives any.
    pub stars: Option<f64>,
}

/// Posts that count as one voice.
#[derive(Clone, Debug)]
pub struct VoiceGroup {
    /// Why they count as one: `single`, `copy`, `burst`, `same_account`.
    pub because: String,
    /// Number of posts, before any cut.
    pub posts_total: u64,
    /// The posts, the earliest first; may be cut.
    pub posts: Vec<PostLine>,
    /// Its share of what residents say overall.
    pub weight: f64,
}

/// A home.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// What stands around it.
    pub frame: Frame,
    /// Name.
    pub name: String,
    /// Locality, state, country.
    pub place: String,
    /// Who runs it, worded.
    pub ownership: String,
    /// The company or body behind it.
    pub provider: String,
    /// How big it is, worded.
    pub size: String,
    /// Free places; `None` where nobody says.
    pub free_places: Option<u64>,
    /// Price a day; `None` where nobody says.
    pub price: Option<Money>,
    /// What is said of it, overall first.
    pub aspects: Vec<AspectLine>,
    /// Facts that are no estimates.
    pub facts: Vec<OfficialFact>,
    /// How it moved.
    pub series: Vec<SeriesLine>,
    /// What happened meanwhile.
    pub happenings: Vec<Happening>,
    /// Posts, grouped into independent voices, heaviest first; may be cut.
    pub voices: Vec<VoiceGroup>,
    /// Number of independent voices and of posts before any cut.
    pub voices_total: u64,
    /// Number of posts.
    pub posts_total: u64,
    /// Where the next voices are.
    pub more_voices: Option<String>,
    /// What happened in the office's data.
    pub timeline: Timeline,
    /// Map, as SVG; empty where the place is not known.
    pub map: String,
    /// The records that were brought together into this home.
    pub records: Vec<Link>,
}

impl HomePage {
    /// Both views of an aspect on one scale.
    fn bars(&self, line: &AspectLine) -> String {
        let words = &self.frame.words;
        let sentence =
            |figure: &Option<Figure>| figure.as_ref().map_or_else(|| words.say("figure-unknown"), Figure::sentence);
        let told = Told {
            id: format!("bars-{}", line.aspect.replace('_', "-")),
            title: words.of_or_itself("aspect", &line.aspect),
            description: words.say2(
                "both-views",
                "official",
                sentence(&line.official),
                "community",
                sentence(&line.community),
            ),
        };
        let bar = |key, figure: &Option<Figure>, tint| bars::Line {
            label: words.say(key),
            estimate: figure.as_ref().and_then(Figure::estimate),
            tint,
        };
        let lines = [
            bar("view-official", &line.official, Tint::Official),
            bar("view-community", &line.community, Tint::Community),
        ];
        bars::intervals(&told, 1.0, 5.0, &lines)
    }

    /// The series as a picture.
    fn chart(&self) -> String {
        let words = &self.frame.words;
        let points = |of: fn(&SeriesLine) -> &Option<Figure>| {
            self.series.iter().map(|line| (line.on, of(line).as_ref().and_then(Figure::estimate))).collect()
        };
        let curves = [
            Curve {
                label: words.say("view-official"),
                tint: Tint::Official,
                join: Join::Steps,
                points: points(|line| &line.official),
            },
            Curve {
                label: words.say("view-community"),
                tint: Tint::Community,
                join: Join::Line,
                points: points(|line| &line.community),
            },
        ];
        let told = Told {
            id: "chart".to_owned(),
            title: words.say1("home-chart-title", "home", &self.name),
            description: words.say("home-chart-description"),
        };
        series::series(&told, (1.0, 5.0), &curves, &self.happenings, |day| words.short_date(&day))
    }

    fn fact_mark(&self, fact: &OfficialFact) -> Mark {
        Mark::new(&self.frame.words, fact.standing, fact.simulated)
    }

    fn simulated_mark(&self) -> Mark {
        Mark::new(&self.frame.words, Standing::Official, true)
    }
}

impl Page for HomePage {
    fn title(&self) -> String {
        self.name.clone()
    }
}

impl Sampled for HomePage {
    const NAME: &'static str = "home";

    fn samples(words: &Words) -> Vec<Self> {
        vec![full_sample(words), bare_sample(words)]
    }
}

fn full_sample(words: &Words) -> HomePage {
    let aspect = |aspect: &str, community: Option<Figure>| AspectLine {
        aspect: aspect.to_owned(),
        official: (aspect != "food").then(|| samples::official(words, &format!("official-{aspect}"))),
        gap: community
            .is_some()
            .then(|| Gap { sentence: words.say("gap-community-higher"), href: "/signals/s1".to_owned() }),
        community,
    };
    let line = |on: &str, value: f64| SeriesLine {
        on: samples::day(on),
        official: Some(Figure::official(words, format!("o-{on}"), "", Some(samples::estimate(3.0, 2.6, 3.4))).short()),
        community: (value > 0.0).then(|| {
            let estimate = samples::estimate(value, value - 0.5, value + 0.4);
            Figure::community(words, format!("c-{on}"), "", Some(estimate)).short().simulated(true)
        }),
    };
    let post = |text: &str| PostLine {
        at: samples::at("2026-10-01T12:00:00Z"),
        row: Link::new("posts", links::row("posts", 12, "r1")),
        text: text.to_owned(),
        stars: Some(4.0),
    };
    let group = |because: &str, posts: Vec<PostLine>| VoiceGroup {
        because: because.to_owned(),
        posts_total: posts.len() as u64 + 20,
        posts,
        weight: 0.026,
    };
    let fact = |simulated| OfficialFact {
        name: words.of_or_itself("aspect", "compliance"),
        value: "Notice of 3 March 2025".to_owned(),
        row: Link::new("homes_au", links::row("homes_au", 1, "r7")),
        standing: Standing::Official,
        simulated,
    };
    HomePage {
        frame: samples::frame(words, Section::Homes),
        name: "Anglicare Mildred Symons House".to_owned(),
        place: "Jannali, NSW, Australia".to_owned(),
        ownership: words.of("ownership", "not_for_profit"),
        provider: "Anglican Community Services".to_owned(),
        size: words.of("size", "large"),
        free_places: Some(2),
        price: Some(Money { amount: 305.0, currency: "AUD".to_owned() }),
        aspects: vec![aspect("overall", Some(samples::community(words, "community-overall"))), aspect("food", None)],
        facts: vec![fact(true), fact(false)],
        series: vec![
            line("2025-01-01", 3.1),
            line("2025-04-01", 0.0),
            line("2025-07-01", 3.9),
            line("2025-10-01", 4.1),
        ],
        happenings: vec![Happening { on: samples::day("2025-06-01"), label: "New provider".to_owned() }],
        voices: vec![
            group("single", vec![post("The nurses take their time.")]),
            group("copy", vec![post("Best home!"), post("Best home <b>ever</b>!")]),
            group("burst", vec![post("Great")]),
            group("same_account", vec![post("Still great")]),
        ],
        voices_total: 38,
        posts_total: 61,
        more_voices: Some("?voices=2".to_owned()),
        timeline: Timeline::new(words, vec![samples::entry("Community view fell")]),
        map: samples::map(words),
        records: vec![Link::new("homes_au r7", links::row("homes_au", 1, "r7"))],
    }
}

fn bare_sample(words: &Words) -> HomePage {
    HomePage {
        frame: samples::visitor(words, Section::Homes),
        free_places: None,
        price: None,
        aspects: Vec::new(),
        facts: Vec::new(),
        series: Vec::new(),
        happenings: Vec::new(),
        voices: Vec::new(),
        voices_total: 0,
        posts_total: 0,
        more_voices: None,
        timeline: Timeline::new(words, Vec::new()),
        ..full_sample(words)
    }
}
