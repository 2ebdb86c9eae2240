//! Which texts are near each other in time, and of different contributors, without going through their pairs.
//!
//! Holds counts, and as many links as connect what is near. It must never know what a text says.

use std::collections::HashMap;

/// When a text about an entity was written and who wrote it.
#[derive(Clone, Copy)]
pub(super) struct Spoken {
    /// First day.
    pub(super) first: i32,
    /// Last day on which another text may begin to be near.
    pub(super) until: i32,
    /// Number of the contributor; one of its own where nobody is named.
    pub(super) who: usize,
    /// Place among the texts of the entity.
    pub(super) place: usize,
    /// Whether it is known closely enough when it was written.
    pub(super) exact: bool,
}

impl Spoken {
    /// Whether two texts are of different contributors, and near in time.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        let (from, to) = (self.first.max(other.first), self.until.min(other.until));
        self.exact && other.exact && self.who != other.who && from <= to
    }
}

/// Texts that are the same, and of one length.
pub(super) struct Same {
    /// By first day.
    pub(super) texts: Vec<Spoken>,
    /// Their contributors with the number of texts of each, rising.
    pub(super) who: Vec<(usize, u64)>,
    pub(super) length: usize,
}

impl Same {
    pub(super) fn of(mut texts: Vec<Spoken>, length: usize) -> Self {
        texts.sort_unstable_by_key(|text| (text.first, text.place));
        let mut all: Vec<usize> = texts.iter().map(|text| text.who).collect();
        all.sort_unstable();
        let who = all.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect();
        Self { texts, who, length }
    }

    /// Pairs of texts of different contributors.
    pub(super) fn pairs(&self) -> u64 {
        let pairs = |count: u64| count * count.saturating_sub(1) / 2;
        pairs(self.texts.len() as u64) - self.who.iter().map(|(_, count)| pairs(*count)).sum::<u64>()
    }

    /// Pairs of one of these and one of those, of different contributors.
    pub(super) fn pairs_with(&self, other: &Self) -> u64 {
        let (few, many) = if self.who.len() < other.who.len() { (self, other) } else { (other, self) };
        let own = |(who, count): &(usize, u64)| {
            let found = many.who.binary_search_by_key(who, |(other, _)| *other);
            found.map_or(0, |place| count * many.who[place].1)
        };
        self.texts.len() as u64 * other.texts.len() as u64 - few.who.iter().map(own).sum::<u64>()
    }
}

/// Texts that are known to be connected, as long as one of them can still be near to another.
struct Chain {
    pub(super) place: usize,
    /// Until when, by the two contributors who last longest: one of them is another than who speaks next.
    pub(super) until: [(i32, usize); 2],
}

impl Chain {
    pub(super) fn of(text: &Spoken) -> Self {
        Self { place: text.place, until: [(text.until, text.who), (i32::MIN, text.who)] }
    }

    /// Whether a text of somebody else in it is near to a later one.
    fn reaches(&self, later: &Spoken) -> bool {
        self.until.iter().any(|(until, who)| *who != later.who && *until >= later.first)
    }

    fn join(&mut self, other: &Self) {
        for (until, who) in other.until {
            if who == self.until[0].1 {
                self.until[0].0 = self.until[0].0.max(until);
            } else if until > self.until[0].0 {
                self.until = [(until, who), self.until[0]];
            } else if until > self.until[1].0 {
                self.until[1] = (until, who);
            }
        }
    }
}

/// Chains of one side of a comparison.
#[derive(Default)]
struct Chains {
    open: Vec<Chain>,
    /// Those that only `own` holds, whom they do not connect with.
    kept: Vec<Chain>,
    own: usize,
}

impl Chains {
    /// Makes one chain of all that are near to a text, and tells one text of each. Takes constant time per text that is added: a
    /// chain is looked at once for each contributor in a row, and whoever comes next joins what was kept from the last.
    fn meet(&mut self, text: &Spoken, mut link: impl FnMut(usize)) {
        if self.own != text.who {
            self.open.append(&mut self.kept);
            self.own = text.who;
        }
        let mut all: Option<Chain> = None;
        for chain in self.open.drain(..) {
            if chain.reaches(text) {
                link(chain.place);
                match &mut all {
                    Some(all) => all.join(&chain),
                    None => all = Some(chain),
                }
            } else if chain.until[0].0 >= text.first {
                self.kept.push(chain);
            }
        }
        self.open.extend(all);
    }
}

/// Goes through texts by their first day, those of one set among themselves or those of two sets against each other, and tells of
/// each the number of earlier ones that are near, with some of them that connect it with all of them. Gives the number of near pairs.
/// Takes time proportional to the texts, not to the pairs.
pub(super) fn sweep(one: &[Spoken], other: Option<&[Spoken]>, mut tell: impl FnMut(&Spoken, u64, &[usize])) -> u64 {
    let sides = one.iter().map(|text| (text, 0)).chain(other.unwrap_or_default().iter().map(|text| (text, 1)));
    let mut coming: Vec<(&Spoken, usize)> = sides.filter(|(text, _)| text.exact).collect();
    coming.sort_by_key(|(text, _)| text.first);
    let mut leaving = coming.clone();
    leaving.sort_by_key(|(text, _)| text.until);
    let mut leaving = leaving.into_iter().peekable();
    let (mut present, mut present_of) = ([0_u64; 2], HashMap::<(usize, usize), u64>::new());
    let (mut chains, mut links, mut total) = ([Chains::default(), Chains::default()], Vec::new(), 0);
    for (text, side) in coming {
        while let Some((gone, side)) = leaving.next_if(|(gone, _)| gone.until < text.first) {
            present[side] -= 1;
            present_of.entry((side, gone.who)).and_modify(|count| *count -= 1);
        }
        let against = if other.is_some() { 1 - side } else { side };
        let near = present[against] - present_of.get(&(against, text.who)).copied().unwrap_or(0);
        if near > 0 {
            links.clear();
            chains[against].meet(text, |place| links.push(place));
            tell(text, near, &links);
            total += near;
        }
        present[side] += 1;
        *present_of.entry((side, text.who)).or_default() += 1;
        chains[side].open.push(Chain::of(text));
    }
    total
}

/// Near pairs among the same texts, or between two sets of them: pair by pair where one set is small, else by [`sweep`].
pub(super) fn near_pairs(one: &Same, other: Option<&Same>, mut tell: impl FnMut(&Spoken, u64, &[usize])) -> u64 {
    const FEW: usize = 8;
    let Some(other) = other else { return sweep(&one.texts, None, tell) };
    let (few, many) = if one.texts.len() < other.texts.len() { (one, other) } else { (other, one) };
    if few.texts.len() > FEW {
        return sweep(&one.texts, Some(&other.texts), tell);
    }
    let mut total = 0;
    for text in &few.texts {
        for near in many.texts.iter().filter(|other| other.is_near(text)) {
            tell(text, 1, &[near.place]);
            total += 1;
        }
    }
    total
}
