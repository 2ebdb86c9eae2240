//! How people write the name of a home.
//!
//! Holds the ways a mention departs from the register: words left out, short forms, slips of the finger, suburb beside or
//! instead of the name, who runs it. A mention always says enough for somebody who knows all homes to tell which is meant.
//! It must never know how mentions are resolved.

use crate::chance::Chance;
use crate::homes::Home;
use std::collections::BTreeMap;

/// Words that many homes share and people leave out.
const COMMON: &[&str] = &[
    "aged",
    "care",
    "residential",
    "nursing",
    "home",
    "facility",
    "centre",
    "service",
    "services",
    "community",
    "hostel",
    "village",
    "retirement",
    "the",
    "and",
    "of",
    "&",
    "-",
    "limited",
    "ltd",
    "pty",
    "inc",
    "incorporated",
    "health",
    "hospital",
    "living",
    "association",
];
/// Full and short forms, in lower case.
const SHORT: &[(&str, &str)] = &[
    ("residential aged care facility", "RACF"),
    ("residential aged care service", "RACS"),
    ("residential aged care", "RAC"),
    ("aged care facility", "ACF"),
    ("nursing home", "NH"),
    ("aged care", "AC"),
    ("centre", "Ctr"),
    ("saint ", "St "),
    ("multi-purpose service", "MPS"),
    ("hospital", "hosp"),
    ("community", "comm."),
    (" and ", " & "),
    (" gardens", " gdns"),
    ("mount ", "Mt "),
];

/// What mentions need to know of all homes together: which short names still tell one home from all others.
pub(crate) struct Register {
    forms: Vec<Forms>,
    counts: BTreeMap<String, usize>,
}

struct Forms {
    name: String,
    /// The name without what stands after a bracket or the common words; as the name where nothing would be left.
    bare: String,
    first: String,
    nickname: String,
    suburb: String,
    state: String,
}

impl Register {
    pub(crate) fn new(homes: &[Home]) -> Self {
        let forms: Vec<Forms> = homes.iter().map(Forms::of).collect();
        let mut counts = BTreeMap::new();
        for form in &forms {
            for key in form.keys() {
                *counts.entry(key).or_default() += 1;
            }
        }
        Self { forms, counts }
    }

    /// True where no home has this name.
    pub(crate) fn lacks(&self, name: &str) -> bool {
        !self.counts.contains_key(&format!("name/{}", name.to_lowercase()))
    }

    /// One way to write a home.
    pub(crate) fn mention(&self, home: usize, chance: &mut Chance) -> String {
        let form = &self.forms[home];
        let alone = |key: String| self.counts.get(&key) == Some(&1);
        let [name_key, bare_key, first_key, nickname_key, suburb_key, full_key] = form.keys();
        let place = place(form, chance);
        let full = if alone(name_key) {
            form.name.clone()
        } else if alone(full_key) {
            format!("{}, {place}", form.name)
        } else {
            format!("{} ({}) in {place}", form.name, form.nickname)
        };
        let written = match chance.unit() {
            way if way < 0.30 => full,
            way if way < 0.44 => with_place(&full, &place),
            way if way < 0.62 && alone(bare_key.clone()) => form.bare.clone(),
            way if way < 0.70 => with_place(if alone(bare_key) { &form.bare } else { &full }, &place),
            way if way < 0.80 => shorten(&full),
            way if way < 0.86 && alone(first_key) => in_place(&form.first, &place, chance),
            way if way < 0.91 && alone(nickname_key) => in_place(&form.nickname, &place, chance),
            way if way < 0.94 && alone(suburb_key) => {
                format!(
                    "{} {}",
                    chance.pick(&["the aged care home in", "the nursing home at", "the home in"]),
                    form.place()
                )
            }
            _ => full,
        };
        let written = if chance.happens(0.12) { slip(&written, chance) } else { written };
        if chance.happens(0.3) { written.to_lowercase() } else { written }
    }

    /// The name of a home that does not exist, near in sound to real ones.
    pub(crate) fn invented(&self, chance: &mut Chance) -> String {
        const FIRST: &[&str] =
            &["Quillwood", "Thornberry Hill", "Marrowdale", "Felgate", "Ostrava", "Winnabaloo", "Pencarrow Bay"];
        const LAST: &[&str] = &["Aged Care", "Lodge", "Nursing Home", "Gardens", "Residential Care", "Manor"];
        loop {
            let name = format!("{} {}", chance.pick(FIRST), chance.pick(LAST));
            if self.lacks(&name) {
                return name;
            }
        }
    }
}

impl Forms {
    fn of(home: &Home) -> Self {
        let words: Vec<&str> = home.name.split_whitespace().collect();
        let common =
            |word: &str| COMMON.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str());
        let kept: Vec<&str> = words.iter().copied().filter(|word| !common(word)).collect();
        // One short word alone ("St", "70") would not be a name.
        let long_enough = kept.iter().map(|word| word.len()).sum::<usize>() >= 5;
        let bare = if long_enough { kept.join(" ") } else { home.name.clone() };
        let first = kept.iter().find(|word| word.len() >= 5 && word.chars().all(char::is_alphabetic));
        Self {
            name: home.name.clone(),
            first: first.map_or_else(|| bare.clone(), |word| (*word).to_owned()),
            bare,
            nickname: nickname(&home.provider),
            suburb: titled(&home.suburb),
            state: home.state.clone(),
        }
    }

    fn place(&self) -> String {
        self.suburb.clone()
    }

    /// Keys under which homes are counted: name, bare name, first word here, provider here, place, name and place.
    fn keys(&self) -> [String; 6] {
        let suburb = self.suburb.to_lowercase();
        [
            format!("name/{}", self.name.to_lowercase()),
            format!("bare/{}", self.bare.to_lowercase()),
            format!("first/{}/{suburb}", self.first.to_lowercase()),
            format!("nickname/{}/{suburb}", self.nickname.to_lowercase()),
            format!("place/{suburb}"),
            format!("full/{}/{suburb}", self.name.to_lowercase()),
        ]
    }
}

/// The first words of a provider, as people say it.
fn nickname(provider: &str) -> String {
    let words: Vec<&str> = provider.split_whitespace().filter(|word| !word.eq_ignore_ascii_case("the")).collect();
    let takes_two =
        words.first().is_some_and(|first| first.len() < 5 || COMMON.contains(&first.to_lowercase().as_str()));
    words.iter().take(if takes_two { 2 } else { 1 }).copied().collect::<Vec<_>>().join(" ")
}

fn place(form: &Forms, chance: &mut Chance) -> String {
    if chance.happens(0.25) { format!("{} {}", form.place(), form.state) } else { form.place() }
}

fn with_place(name: &str, place: &str) -> String {
    format!("{name}, {place}")
}

fn in_place(name: &str, place: &str, chance: &mut Chance) -> String {
    format!("{name} {} {place}", chance.pick(&["in", "at"]))
}

/// `JANNALI` as `Jannali`.
fn titled(text: &str) -> String {
    let mut start = true;
    let mut out = String::new();
    for letter in text.chars() {
        out.extend(if start { letter.to_uppercase().collect::<Vec<_>>() } else { letter.to_lowercase().collect() });
        start = !letter.is_alphanumeric() && letter != '\'';
    }
    out
}

fn shorten(name: &str) -> String {
    let mut out = name.to_owned();
    for (full, short) in SHORT {
        // Names are ASCII or nearly so; where lower case changes lengths, the name stays as it is.
        if let Some(at) = out.to_lowercase().find(full)
            && out.is_char_boundary(at)
            && out.is_char_boundary(at + full.len())
        {
            out.replace_range(at..at + full.len(), short);
        }
    }
    out
}

/// One slip of the finger in a word of five or more letters: two letters swapped, one lost, one doubled.
fn slip(text: &str, chance: &mut Chance) -> String {
    let mut words: Vec<Vec<char>> = text.split(' ').map(|word| word.chars().collect()).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|word| words[*word].len() >= 5 && words[*word].iter().all(|c| c.is_alphabetic()))
        .collect();
    if long.is_empty() {
        return text.to_owned();
    }
    let word = &mut words[chance.pick(&long)];
    let at = chance.between(1, word.len() - 3);
    match chance.below(3) {
        0 => word.swap(at, at + 1),
        1 => {
            word.remove(at);
        }
        _ => word.insert(at, word[at]),
    }
    words.into_iter().map(String::from_iter).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_vary_and_a_slip_is_small() {
        let mut chance = Chance::stream(1, "slip");
        for _ in 0..200 {
            let slipped = slip("Bowral House Nursing Home", &mut chance);
            assert!(slipped.len().abs_diff("Bowral House Nursing Home".len()) <= 1);
        }
        assert_eq!(shorten("Karinya Residential Aged Care Facility"), "Karinya RACF");
        assert_eq!(titled("BALGOWLAH HEIGHTS"), "Balgowlah Heights");
        assert_eq!(nickname("The Uniting Church in Australia"), "Uniting");
    }
}
