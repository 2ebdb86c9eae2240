//! Invented views that every page can be rendered from: for the test that renders all pages, and for the gallery.
//!
//! Must never be shown by a handler.

use super::layout::{Frame, Section, SignedIn};
use super::parts::{Entry, Figure, Link};
use super::{links, parts::EvidenceCard};
use crate::picture::Told;
use crate::picture::map::{self, Spot};
use crate::wording::Words;
use model::{Date, Estimate, Permission, Role, Standing, Timestamp};

/// A frame for somebody who may do everything.
pub fn frame(words: &Words, section: Section) -> Frame {
    Frame {
        words: words.clone(),
        office: "Demo office for care placements".to_owned(),
        contact: "open-data@example.org".to_owned(),
        notice: "Prices, free places, persons and posts are simulated.".to_owned(),
        here: "/cases?state=active".to_owned(),
        section,
        signed_in: Some(SignedIn { name: "demo-manager".to_owned(), role: Role::CaseManager }),
        permissions: Permission::ALL.to_vec(),
        csrf: "sample".to_owned(),
        done: None,
        styles: "/assets/app.css?v=0".to_owned(),
        script: "/assets/app.js?v=0".to_owned(),
    }
}

/// A frame for somebody who is not signed in.
pub fn visitor(words: &Words, section: Section) -> Frame {
    let permissions = vec![Permission::ReadOpen];
    Frame { signed_in: None, permissions, notice: String::new(), ..frame(words, section) }
}

/// An estimate with voices behind it.
pub fn estimate(value: f64, low: f64, high: f64) -> Estimate {
    Estimate { value, low, high, level: 0.9, voices: 61.0, independent_voices: 38.0 }
}

/// A day.
pub fn day(text: &str) -> Date {
    text.parse().expect("samples write days well")
}

/// A moment.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("samples write moments well")
}

/// What residents say of a home, overall.
pub fn community(words: &Words, id: &str) -> Figure {
    Figure::community(words, id, "overall, residents", Some(estimate(4.08, 3.61, 4.5))).simulated(true).why(links::why(
        "h1",
        "overall",
        "community",
    ))
}

/// What officials say of a home, overall.
pub fn official(words: &Words, id: &str) -> Figure {
    Figure::official(words, id, "overall, officials", Some(estimate(3.0, 2.52, 3.48)))
        .why(links::why("h1", "overall", "official"))
}

/// A home.
pub fn home() -> Link {
    Link::new("Anglicare Mildred Symons House", links::home("h1"))
}

/// Something that happened.
pub fn entry(what: &str) -> Entry {
    Entry {
        at: at("2026-11-24T09:30:00Z"),
        who: "demo-manager".to_owned(),
        what: what.to_owned(),
        detail: "Daughter lives nearby & visits <daily>.".to_owned(),
        links: vec![home()],
        withdrawn: false,
    }
}

/// A piece of evidence.
pub fn evidence(words: &Words, id: &str) -> EvidenceCard {
    EvidenceCard {
        words: words.clone(),
        home: home(),
        aspect: words.of_or_itself("aspect", "overall"),
        figure: Some(community(words, id)),
        text: String::new(),
        standing: Standing::Community,
        simulated: true,
        dataset: Link::new("posts", links::row("posts", 12, "r1")),
        version: 12,
    }
}

/// A map of three homes near Sydney and where somebody lives.
pub fn map(words: &Words) -> String {
    let told =
        Told { id: "map".to_owned(), title: words.say("candidates-all"), description: words.say("map-exactness") };
    let spot = |longitude, latitude, chosen| Spot { longitude, latitude, label: home().text, chosen };
    let spots = [
        spot(151.07, -34.02, true),
        spot(151.08, -33.98, false),
        spot(150.9, -34.4, false),
        spot(151.21, -33.87, false),
    ];
    map::spots(&told, &spots, Some((151.0, -34.1)))
}
