//! The stream of posts: who writes when about which home, and what.
//!
//! Holds the making of a world. It must never let what a post says depend on anything but truth, account and chance.

use crate::accounts::{self, Account, rate};
use crate::chance::{Chance, Urn};
use crate::homes::Home;
use crate::mention::Register;
use crate::truth::{HomeTruth, PostTruth, Truth};
use crate::wording::{about_nothing, review};
use crate::{Post, Settings, World, campaigns, quality};
use model::Timestamp;
use model::time::{date_of, days_since_epoch};
use std::collections::BTreeMap;

/// Share of homes nobody writes about, and of posts that name no home or one that does not exist.
const SILENT_HOMES: f64 = 0.06;
const NO_HOME: f64 = 0.025;
const INVENTED_HOME: f64 = 0.01;
/// Share of posts about homes of the account's own state, and of posts without stars.
const OWN_STATE: f64 = 0.7;
const NO_STARS: f64 = 0.07;

/// A post before it has an identifier.
struct Draft {
    second: i64,
    account: usize,
    home: Option<usize>,
    campaign: Option<usize>,
    rating: Option<u8>,
    title: String,
    text: String,
}

pub(crate) fn make(homes: &[Home], settings: &Settings) -> World {
    let mut truths = quality::draw(homes, settings);
    let mut popularity = popularity(homes, settings);
    let mut expected = expected_posts(homes, &popularity, settings);
    let (falling, fall) = quality::choose_fall(&truths, &expected, settings);
    // A home's share of its state's posts grows less than its popularity: a few steps come close enough.
    for _ in 0..8 {
        popularity[falling] *= quality::more_popular(expected[falling], settings);
        expected = expected_posts(homes, &popularity, settings);
    }
    quality::let_fall(&mut truths[falling], &fall);
    let states: Vec<&str> = homes.iter().map(|home| home.state.as_str()).collect();
    let accounts = accounts::draw(settings, &states);
    let (campaigns, planned) = if settings.campaigns {
        campaigns::draw((homes, &truths, &accounts), &expected, &fall.home, settings)
    } else {
        (Vec::new(), Vec::new())
    };
    let mut drafts: Vec<Draft> = planned
        .into_iter()
        .map(|one| Draft {
            second: one.second,
            account: one.account,
            home: Some(one.home),
            campaign: Some(one.campaign),
            rating: one.rating,
            title: one.title,
            text: one.text,
        })
        .collect();
    let writer = Writer::new(homes, &truths, &accounts, &popularity, settings);
    let ordinary = settings.posts.saturating_sub(drafts.len());
    let mut chance = Chance::stream(settings.seed, "posts");
    drafts.extend((0..ordinary).map(|_| writer.draft(&mut chance)));
    drafts.sort_by_key(|draft| draft.second);
    let (posts, post_truths) =
        drafts.into_iter().enumerate().map(|(number, draft)| finish(number, draft, homes, &accounts)).unzip();
    let accounts = accounts.into_iter().map(|account| account.truth).collect();
    World { posts, truth: Truth { posts: post_truths, homes: truths, accounts, campaigns, fall } }
}

fn popularity(homes: &[Home], settings: &Settings) -> Vec<f64> {
    let mut chance = Chance::stream(settings.seed, "popularity");
    homes
        .iter()
        .map(|home| {
            let size = if home.size.eq_ignore_ascii_case("large") { 1.5 } else { 1.0 };
            let weight = size * chance.normal(0.0, 1.25).exp();
            if chance.happens(SILENT_HOMES) { 0.0 } else { weight }
        })
        .collect()
}

/// Number of posts to expect about each home: some accounts write about their own state, as many as it has homes.
fn expected_posts(homes: &[Home], popularity: &[f64], settings: &Settings) -> Vec<f64> {
    let mut states: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (home, popular) in homes.iter().zip(popularity) {
        let sums = states.entry(home.state.as_str()).or_default();
        *sums = (sums.0 + popular, sums.1 + 1.0);
    }
    let total: f64 = popularity.iter().sum();
    let posts = settings.posts as f64 * (1.0 - NO_HOME - INVENTED_HOME);
    let share = |home: &Home, popular: f64| {
        let (in_state, count) = states[home.state.as_str()];
        let own = if in_state > 0.0 { popular / in_state * count / homes.len() as f64 } else { 0.0 };
        OWN_STATE * own + (1.0 - OWN_STATE) * popular / total
    };
    homes.iter().zip(popularity).map(|(home, popular)| posts * share(home, *popular)).collect()
}

fn finish(number: usize, draft: Draft, homes: &[Home], accounts: &[Account]) -> (Post, PostTruth) {
    let id = format!("sim-{:06}", number + 1);
    let truth =
        PostTruth { post: id.clone(), home: draft.home.map(|home| homes[home].id.clone()), campaign: draft.campaign };
    let post = Post {
        link: format!("https://forum.simulated.invalid/posts/{id}"),
        id,
        at: Timestamp::from_second(draft.second).unwrap_or(Timestamp::UNIX_EPOCH),
        account: accounts[draft.account].truth.account.clone(),
        title: draft.title,
        text: draft.text,
        rating: draft.rating,
    };
    (post, truth)
}

struct Writer<'a> {
    truths: &'a [HomeTruth],
    accounts: &'a [Account],
    register: Register,
    who: Urn,
    anywhere: Urn,
    in_state: BTreeMap<&'a str, (Urn, Vec<usize>)>,
    first_day: i32,
    days: usize,
}

impl<'a> Writer<'a> {
    fn new(
        homes: &'a [Home],
        truths: &'a [HomeTruth],
        accounts: &'a [Account],
        popularity: &[f64],
        settings: &Settings,
    ) -> Self {
        let mut of_state: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, home) in homes.iter().enumerate() {
            of_state.entry(home.state.as_str()).or_default().push(number);
        }
        let in_state = of_state
            .into_iter()
            .map(|(state, list)| (state, (Urn::new(list.iter().map(|home| popularity[*home])), list)))
            .collect();
        let first_day = days_since_epoch(settings.from);
        Self {
            truths,
            accounts,
            register: Register::new(homes),
            who: Urn::new(accounts.iter().map(|account| account.activity)),
            anywhere: Urn::new(popularity.iter().copied()),
            in_state,
            first_day,
            days: usize::try_from(days_since_epoch(settings.to) - first_day + 1).unwrap_or(1),
        }
    }

    fn draft(&self, chance: &mut Chance) -> Draft {
        let account = self.who.draw(chance).unwrap_or(0);
        let second = self.moment(chance);
        if chance.happens(NO_HOME) {
            let (title, text) = about_nothing(chance);
            return Draft { second, account, home: None, campaign: None, rating: None, title, text };
        }
        if chance.happens(INVENTED_HOME) {
            let stars = rate(&self.accounts[account].truth, 3.4, chance);
            let (title, text) =
                review(&self.register.invented(chance), f64::from(stars), &[f64::from(stars); 6], chance);
            return Draft { second, account, home: None, campaign: None, rating: Some(stars), title, text };
        }
        let home = self.home(account, chance);
        let truth = &self.truths[home];
        let date = date_of(Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH));
        let quality = truth.quality_at(date);
        let stars = rate(&self.accounts[account].truth, quality, chance);
        let mut experienced = [quality; 6];
        for (felt, (_, above)) in experienced.iter_mut().zip(&truth.aspects) {
            *felt += above;
        }
        let mention = self.register.mention(home, chance);
        let (title, text) = review(&mention, f64::from(stars), &experienced, chance);
        // Somebody who writes nothing gives stars at least.
        let rating = if !text.is_empty() && chance.happens(NO_STARS) { None } else { Some(stars) };
        Draft { second, account, home: Some(home), campaign: None, rating, title, text }
    }

    fn home(&self, account: usize, chance: &mut Chance) -> usize {
        if chance.happens(OWN_STATE)
            && let Some((urn, list)) = self.in_state.get(self.accounts[account].state.as_str())
            && let Some(drawn) = urn.draw(chance)
        {
            return list[drawn];
        }
        self.anywhere.draw(chance).unwrap_or(0)
    }

    /// A moment of the period; more at Australian day time than at night.
    fn moment(&self, chance: &mut Chance) -> i64 {
        let day = i64::from(self.first_day) + chance.below(self.days) as i64;
        let hour = (chance.normal(7.0, 4.5).rem_euclid(24.0)).floor() as i64;
        day * 86_400 + hour * 3_600 + chance.below(3_600) as i64
    }
}
