//! Campaigns: accounts that praise a home or run a rival down together, within days, in each other's words.
//!
//! Holds who takes part, when, and what they write. It must never change what the same accounts post otherwise.

use crate::accounts::Account;
use crate::chance::Chance;
use crate::homes::Home;
use crate::truth::{AccountKind, Campaign, Direction, HomeTruth};
use crate::wording::{review, reworded};
use crate::{Settings, mention::Register};
use model::time::{date_from_days, days_since_epoch};

/// A post of a campaign, before it has an identifier.
pub(crate) struct Planned {
    pub(crate) campaign: usize,
    pub(crate) home: usize,
    pub(crate) account: usize,
    /// Seconds since 1970.
    pub(crate) second: i64,
    pub(crate) rating: Option<u8>,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// Draws the three campaigns and their posts; `falling` is left out of it.
pub(crate) fn draw(
    world: (&[Home], &[HomeTruth], &[Account]),
    expected_posts: &[f64],
    falling: &str,
    settings: &Settings,
) -> (Vec<Campaign>, Vec<Planned>) {
    let (homes, truths, accounts) = world;
    let mut chance = Chance::stream(settings.seed, "campaigns");
    let register = Register::new(homes);
    let (first, last) = (days_since_epoch(settings.from), days_since_epoch(settings.to));
    let (mut campaigns, mut planned): (Vec<Campaign>, Vec<Planned>) = (Vec::new(), Vec::new());
    let mut used: Vec<usize> = homes.iter().position(|home| home.id == falling).into_iter().collect();
    let mut free: Vec<usize> = (0..accounts.len())
        .filter(|account| accounts[*account].truth.kind == AccountKind::Ordinary && accounts[*account].activity > 0.8)
        .collect();
    chance.shuffle(&mut free);
    for number in 0..3 {
        let direction = if number < 2 { Direction::Praise } else { Direction::RunDown };
        let start = first + ((0.3 + 0.2 * f64::from(number) + 0.1 * chance.unit()) * f64::from(last - first)) as i32;
        let length = chance.between(3, 6) as i32;
        let quality = |home: usize| date_from_days(start).map_or(0.0, |day| truths[home].quality_at(day));
        let fits = |home: usize| match direction {
            Direction::Praise => quality(home) < 3.3,
            Direction::RunDown => quality(home) > 3.6,
        };
        // Homes with some posts of their own: a campaign about a home nobody else speaks of would be its only voice.
        let target = closest(expected_posts, 35.0, |home| !used.contains(&home) && fits(home));
        used.push(target);
        let gains = match direction {
            Direction::Praise => target,
            Direction::RunDown => rival(homes, target),
        };
        let count = chance.between(25, 60).min(free.len() / 2);
        let members: Vec<usize> = free.drain(..count).collect();
        planned.extend(posts(number as usize, target, &members, (start, length, direction), &register, &mut chance));
        campaigns.push(Campaign {
            target: homes[target].id.clone(),
            gains: homes[gains].id.clone(),
            direction,
            accounts: members.iter().map(|member| accounts[*member].truth.account.clone()).collect(),
            from: date_from_days(start).unwrap_or(settings.from),
            to: date_from_days(start + length - 1).unwrap_or(settings.to),
        });
    }
    (campaigns, planned)
}

fn closest(expected_posts: &[f64], wanted: f64, fits: impl Fn(usize) -> bool) -> usize {
    let far = |home: &usize| (expected_posts[*home].max(0.1) / wanted).ln().abs();
    (0..expected_posts.len()).filter(|home| fits(*home)).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0)
}

/// The nearest home of another provider.
fn rival(homes: &[Home], target: usize) -> usize {
    let here = &homes[target];
    let distance = |home: &usize| {
        let other = &homes[*home];
        (other.latitude - here.latitude).powi(2) + (other.longitude - here.longitude).powi(2)
    };
    (0..homes.len())
        .filter(|home| homes[*home].provider != here.provider)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(target)
}

fn posts(
    campaign: usize,
    home: usize,
    members: &[usize],
    plan: (i32, i32, Direction),
    register: &Register,
    chance: &mut Chance,
) -> Vec<Planned> {
    let (start, length, direction) = plan;
    let (best, second_best, felt) = if direction == Direction::Praise { (5, 4, 5.0) } else { (1, 2, 1.0) };
    let mention = register.mention(home, chance);
    let originals: Vec<String> = (0..4).map(|_| original(&mention, felt, chance)).collect();
    members
        .iter()
        .map(|member| {
            let (title, text) = match chance.unit() {
                way if way < 0.25 => (register.mention(home, chance), String::new()),
                way if way < 0.40 => (register.mention(home, chance), (chance.pick(short(direction))).to_owned()),
                way if way < 0.60 => (String::new(), originals[chance.below(originals.len())].clone()),
                _ => (register.mention(home, chance), reworded(&originals[chance.below(originals.len())], chance)),
            };
            let second = (chance.unit() * f64::from(length) * 86_400.0) as i64;
            Planned {
                campaign,
                home,
                account: *member,
                second: i64::from(start) * 86_400 + second,
                rating: Some(if chance.happens(0.88) { best } else { second_best }),
                title,
                text,
            }
        })
        .collect()
}

/// A text that names the home.
fn original(mention: &str, felt: f64, chance: &mut Chance) -> String {
    loop {
        let (_, text) = review(mention, felt, &[felt; 6], chance);
        if text.contains(mention) {
            return text;
        }
    }
}

fn short(direction: Direction) -> &'static [&'static str] {
    match direction {
        Direction::Praise => &["Great!", "Best home around", "Love it", "Top", "Highly recommend", "Very good"],
        Direction::RunDown => &["Terrible", "Avoid", "Worst ever", "Shame", "Stay away!!", "Very bad"],
    }
}
