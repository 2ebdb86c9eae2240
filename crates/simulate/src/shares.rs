//! Who shares what, and when: a seeded world in which some accounts act in concert while looking like others.
//!
//! Holds what makes innocent sharing look coordinated (interests, fame, bursts of news, the hours of the day, a few very active
//! accounts) and groups that hide in it. It must never know how coordination is looked for.

use crate::Chance;

/// What world of shares to make.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareSettings {
    /// Same seed and settings, same world.
    pub seed: u64,
    /// Number of shares, about.
    pub shares: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// Number of objects that are shared.
    pub objects: usize,
    /// Share of all shares that accounts in groups make.
    pub coordinated: f64,
    /// Share of those that are as innocent as anybody's.
    pub camouflage: f64,
    /// Members of a group: least and most.
    pub members: (usize, usize),
    /// Within how many seconds a group shares an object.
    pub within: f64,
}

impl Default for ShareSettings {
    /// 100,000 shares by 12,000 accounts in thirty days, 2 % of them by groups of 4 to 15, half of those innocent.
    fn default() -> Self {
        Self {
            seed: 1,
            shares: 100_000,
            accounts: 12_000,
            objects: 8_000,
            coordinated: 0.02,
            camouflage: 0.5,
            members: (4, 15),
            within: 45.0,
        }
    }
}

/// One account sharing one object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulatedShare {
    /// Number of the account.
    pub account: u32,
    /// Number of the object.
    pub object: u32,
    /// Seconds since the world began.
    pub seconds: f64,
}

/// Shares with the truth behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// The shares, by time.
    pub shares: Vec<SimulatedShare>,
    /// The group of each account that is in one.
    pub group_of: Vec<Option<u32>>,
}

const DAYS: f64 = 30.0;
const DAY: f64 = 86_400.0;
const TOPICS: usize = 20;

/// Draws a world of shares.
pub fn shares(settings: &ShareSettings) -> Shares {
    let mut chance = Chance::stream(settings.seed, "shares");
    let objects = objects(settings, &mut chance);
    let (by_topic, all) = urns(&objects);
    let topic_of: Vec<usize> = (0..settings.accounts).map(|_| chance.below(TOPICS)).collect();
    // A few accounts share a hundred times as much as most.
    let activity: Vec<f64> = (0..settings.accounts).map(|_| chance.normal(0.0, 1.2).exp()).collect();
    let active = cumulated(activity.into_iter());
    let mut made = Vec::with_capacity(settings.shares + 64);
    let innocent = |account: usize, made: &mut Vec<SimulatedShare>, chance: &mut Chance| {
        let own = &by_topic[topic_of[account]];
        let urn = if chance.happens(0.7) && !own.1.is_empty() { own } else { &all };
        let object = urn.1[drawn(&urn.0, chance)];
        let thing = &objects[object];
        let mut seconds = thing.born - (1.0 - chance.unit()).ln() * thing.life;
        // Most people sleep: what falls into the night waits for the morning.
        let hour = seconds.rem_euclid(DAY) / 3_600.0;
        if hour < 7.0 && chance.happens(0.8) {
            seconds += (7.0 - hour + 2.0 * chance.unit()) * 3_600.0;
        }
        made.push(SimulatedShare { account: account as u32, object: object as u32, seconds });
    };
    let of_groups = (settings.coordinated * settings.shares as f64).round() as usize;
    for _ in 0..settings.shares - of_groups {
        innocent(drawn(&active, &mut chance), &mut made, &mut chance);
    }
    let mut group_of: Vec<Option<u32>> = vec![None; settings.accounts];
    let mut own = 0;
    let mut group = 0;
    let mut objects_total = settings.objects as u32;
    let mut free = settings.accounts;
    while own < of_groups && free >= settings.members.1 {
        let size = chance.between(settings.members.0, settings.members.1);
        let mut members: Vec<usize> = Vec::new();
        while members.len() < size {
            let account = chance.below(settings.accounts);
            if group_of[account].is_none() {
                group_of[account] = Some(group);
                members.push(account);
                free -= 1;
            }
        }
        for _ in 0..chance.between(8, 16) {
            // Half of what they push is their own, half is what others talk about as well.
            let (object, born) = if chance.happens(0.5) {
                objects_total += 1;
                (objects_total - 1, chance.unit() * DAYS * DAY)
            } else {
                let object = all.1[drawn(&all.0, &mut chance)];
                (object as u32, objects[object].born + chance.unit() * objects[object].life)
            };
            for &account in &members {
                if chance.happens(0.75) {
                    let seconds = born + chance.unit() * settings.within;
                    made.push(SimulatedShare { account: account as u32, object, seconds });
                    own += 1;
                }
                let innocent_of_each = 0.75 * settings.camouflage / (1.0 - settings.camouflage);
                if chance.happens(innocent_of_each.min(1.0)) {
                    innocent(account, &mut made, &mut chance);
                    own += 1;
                }
            }
        }
        group += 1;
    }
    made.sort_by(|a, b| a.seconds.total_cmp(&b.seconds).then((a.account, a.object).cmp(&(b.account, b.object))));
    Shares { shares: made, group_of }
}

impl Shares {
    /// The same shares with their times dealt out anew: nobody acts in concert any more.
    pub fn shuffled(&self, seed: u64) -> Vec<SimulatedShare> {
        let mut times: Vec<f64> = self.shares.iter().map(|share| share.seconds).collect();
        Chance::stream(seed, "shuffled").shuffle(&mut times);
        self.shares.iter().zip(times).map(|(share, seconds)| SimulatedShare { seconds, ..*share }).collect()
    }
}

struct Thing {
    topic: usize,
    fame: f64,
    born: f64,
    /// Mean time until it is shared, in seconds.
    life: f64,
}

fn objects(settings: &ShareSettings, chance: &mut Chance) -> Vec<Thing> {
    let one = |rank: usize| Thing {
        topic: chance.below(TOPICS),
        fame: 1.0 / (rank as f64 + 3.0).powf(0.9),
        born: chance.unit() * DAYS * DAY,
        life: 3.0 * 3_600.0 * chance.normal(0.0, 1.0).exp(),
    };
    (0..settings.objects).map(one).collect()
}

/// Weights added up, and the objects they belong to.
type Urn = (Vec<f64>, Vec<usize>);

fn urns(objects: &[Thing]) -> (Vec<Urn>, Urn) {
    let of = |numbers: Vec<usize>| (cumulated(numbers.iter().map(|number| objects[*number].fame)), numbers);
    let topic = |topic: usize| of((0..objects.len()).filter(|number| objects[*number].topic == topic).collect());
    ((0..TOPICS).map(topic).collect(), of((0..objects.len()).collect()))
}

fn cumulated(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}

fn drawn(cumulated: &[f64], chance: &mut Chance) -> usize {
    let at = chance.unit() * cumulated.last().copied().unwrap_or(0.0);
    cumulated.partition_point(|sum| *sum <= at).min(cumulated.len().saturating_sub(1))
}
