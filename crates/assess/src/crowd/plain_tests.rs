//! The default method once more, as it stands in the books: plain loops in double precision over all answers, without
//! blocks, threads or sums that are kept. Leaps and their rounds are the same, for where a fit of few answers ends
//! depends on them.

use super::tests::{World, world};
use super::*;
use crate::chance::ln_gamma_and_digamma;

/// Kinds of workers.
const KINDS: usize = 2;

/// What workers have in common, by group.
#[derive(Clone)]
struct Shared {
    kinds: [f64; KINDS],
    /// Parameters of being right and wrong: kind, class.
    right: Vec<Vec<[f64; 2]>>,
    /// What stands in a class's place: class, label.
    instead: Vec<Vec<f64>>,
}

/// What is expected of one worker: by class, then label given.
#[derive(Clone)]
struct Person {
    group: usize,
    counts: Vec<Vec<f64>>,
    /// Prior answers that are right and wrong, by class.
    prior: Vec<[f64; 2]>,
}

impl Person {
    fn tasks(&self, class: usize) -> f64 {
        self.counts[class].iter().sum()
    }

    fn wrong(&self, class: usize) -> f64 {
        self.tasks(class) - self.counts[class][class]
    }
}

fn digamma(x: f64) -> f64 {
    ln_gamma_and_digamma(x).1
}

fn ln_beta(a: f64, b: f64) -> f64 {
    let ln_gamma = |x| ln_gamma_and_digamma(x).0;
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

fn shares(logs: &[f64]) -> Vec<f64> {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> = logs.iter().map(|log| (log - most).exp()).collect();
    let all: f64 = parts.iter().sum();
    parts.iter().map(|part| part / all).collect()
}

impl Shared {
    fn new(people: &[Person], k: usize) -> Self {
        let pooled = |class: usize, label: usize| people.iter().map(|one| one.counts[class][label]).sum::<f64>();
        let all = |class: usize| (0..k).map(|label| pooled(class, label)).sum::<f64>();
        let in_all =
            ((0..k).map(|class| pooled(class, class)).sum::<f64>() + 3.0) / ((0..k).map(all).sum::<f64>() + 4.0);
        let right = |class: usize| (pooled(class, class) + 10.0 * in_all) / (all(class) + 10.0);
        let good = (0..k).map(|class| [4.0 * right(class), 4.0 * (1.0 - right(class))]).collect();
        let chance = 1.0 / k as f64;
        let instead = |class: usize| {
            let wrong: f64 = (0..k).filter(|label| *label != class).map(|label| pooled(class, label) + 1.0).sum();
            (0..k).map(|label| if label == class { 0.0 } else { 4.0 * (pooled(class, label) + 1.0) / wrong }).collect()
        };
        Self {
            kinds: [0.8, 0.2],
            right: vec![good, vec![[8.0 * chance, 8.0 * (1.0 - chance)]; k]],
            instead: (0..k).map(instead).collect(),
        }
    }

    /// How well a kind explains what a worker did in a class.
    fn explains(&self, kind: usize, class: usize, one: &Person) -> f64 {
        let [a, b] = self.right[kind][class];
        ln_beta(a + one.tasks(class) - one.wrong(class), b + one.wrong(class)) - ln_beta(a, b)
    }

    /// Of which kind a worker is, by all classes but one.
    fn kinds_without(&self, one: &Person, without: Option<usize>) -> Vec<f64> {
        let classes = (0..self.instead.len()).filter(|class| Some(*class) != without);
        let log = |kind: usize| {
            self.kinds[kind].ln() + classes.clone().map(|class| self.explains(kind, class, one)).sum::<f64>()
        };
        shares(&[log(0), log(1)])
    }

    /// One step of Minka's fixed point, with the half worker who is believed in before any has answered.
    fn step(&mut self, people: &[&Person]) {
        let (old, k) = (self.clone(), self.instead.len());
        let kinds: Vec<Vec<f64>> = people.iter().map(|one| old.kinds_without(one, None)).collect();
        for kind in 0..KINDS {
            for class in 0..k {
                let [a, b] = old.right[kind][class];
                let before = 4.0 * if kind == 0 { 0.75 } else { 1.0 / k as f64 };
                let mut top =
                    [0.5 * (digamma(a + before) - digamma(a)), 0.5 * (digamma(b + 4.0 - before) - digamma(b))];
                let mut below = 0.5 * (digamma(a + b + 4.0) - digamma(a + b));
                for (one, kinds) in people.iter().zip(&kinds).filter(|(one, _)| one.tasks(class) > 1e-4) {
                    let (tasks, wrong) = (one.tasks(class), one.wrong(class));
                    top[0] += kinds[kind] * (digamma(a + tasks - wrong) - digamma(a));
                    top[1] += kinds[kind] * (digamma(b + wrong) - digamma(b));
                    below += kinds[kind] * (digamma(a + b + tasks) - digamma(a + b));
                }
                self.right[kind][class] = [a * top[0] / below, b * top[1] / below].map(|one| one.clamp(1e-3, 1e4));
            }
            let sum: f64 = kinds.iter().map(|kinds| kinds[kind]).sum();
            self.kinds[kind] = (sum + 2.0) / (people.len() as f64 + 4.0);
        }
        for class in (0..k).filter(|_| k > 2) {
            let all: f64 = old.instead[class].iter().sum();
            let mut below = 0.5 * (digamma(all + 10.0) - digamma(all));
            for one in people.iter().filter(|one| one.tasks(class) > 1e-4 && one.wrong(class) > 1e-4) {
                below += digamma(all + one.wrong(class)) - digamma(all);
            }
            for label in (0..k).filter(|label| *label != class) {
                let prior = old.instead[class][label];
                let mut top = 0.5 * (digamma(prior + 10.0 / (k - 1) as f64) - digamma(prior));
                for one in people.iter().filter(|one| one.tasks(class) > 1e-4 && one.wrong(class) > 1e-4) {
                    top += digamma(prior + one.counts[class][label]) - digamma(prior);
                }
                self.instead[class][label] = (prior * top / below).clamp(1e-3, 1e4);
            }
        }
    }

    /// What is to be expected of a worker in a class: the Beta distribution of the same mean and variance as that of
    /// both kinds.
    fn expects(&self, class: usize, one: &Person) -> [f64; 2] {
        let (mut mean, mut square) = (0.0, 0.0);
        for (kind, share) in self.kinds_without(one, Some(class)).iter().enumerate() {
            let [a, b] = self.right[kind][class];
            mean += share * a / (a + b);
            square += share * a * (a + 1.0) / ((a + b) * (a + b + 1.0));
        }
        let all = (mean * (1.0 - mean) / (square - mean * mean).max(1e-9) - 1.0).max(1e-2);
        [mean * all, (1.0 - mean) * all]
    }
}

/// Goes on from three values, one after the other, along the curve through them, by as much as all of them together
/// say.
fn leap(points: &[[f64; 3]], longest: f64) -> Option<Vec<f64>> {
    let curve = |[first, second, now]: &[f64; 3]| (second - first, now - 2.0 * second + first);
    let speed: f64 = points.iter().map(|point| curve(point).0.powi(2)).sum();
    let bend: f64 = points.iter().map(|point| curve(point).1.powi(2)).sum();
    let length = (speed / bend).sqrt().clamp(1.0, longest);
    let there = |point: &[f64; 3]| point[0] + 2.0 * length * curve(point).0 + length * length * curve(point).1;
    (bend > 0.0).then(|| points.iter().map(there).collect())
}

impl Shared {
    /// Two steps and a leap, of logarithms and each distribution by itself.
    fn learn(&mut self, people: &[&Person]) {
        let first = self.clone();
        self.step(people);
        let second = self.clone();
        self.step(people);
        let logs = |a: f64, b: f64, c: f64| [a.ln(), b.ln(), c.ln()];
        for kind in 0..KINDS {
            for class in 0..self.instead.len() {
                let [a, b, c] = [&first, &second, &*self].map(|shared| shared.right[kind][class]);
                if let Some(there) = leap(&[logs(a[0], b[0], c[0]), logs(a[1], b[1], c[1])], 8.0) {
                    self.right[kind][class] = [there[0], there[1]].map(|log| log.exp().clamp(1e-3, 1e4));
                }
            }
        }
        for class in 0..self.instead.len() {
            for label in (0..self.instead.len()).filter(|label| *label != class) {
                let [a, b, c] = [&first, &second, &*self].map(|shared| shared.instead[class][label]);
                if let Some(there) = leap(&[logs(a, b, c)], 8.0) {
                    self.instead[class][label] = there[0].exp().clamp(1e-3, 1e4);
                }
            }
        }
    }
}

/// What an answer says of a class, of whose tasks `echo` is this one.
fn says(one: &Person, instead: &[f64], class: usize, label: usize, echo: f64) -> f64 {
    let [right_prior, wrong_prior] = one.prior[class];
    let in_all = (one.tasks(class) - echo).max(0.0) + right_prior + wrong_prior;
    let own = (one.counts[class][label] - echo).max(0.0);
    if label == class {
        return ((own + right_prior) / in_all).ln();
    }
    let wrong = (one.wrong(class) - echo).max(0.0);
    let this_wrong = (own + instead[label]) / (wrong + instead.iter().sum::<f64>());
    ((wrong + wrong_prior) / in_all * this_wrong).ln()
}

/// The whole fit. `line` says whether the logarithm of an answer is read off the line through both its ends, as the
/// fast one does.
fn plain(answers: &Answers, gold: &[Gold], groups: &Groups, settings: &Settings, line: bool) -> Vec<Vec<f64>> {
    let (k, tasks) = (answers.labels(), answers.tasks());
    let known = |task: usize| gold.iter().find(|one| one.task as usize == task).map(|one| usize::from(one.label));
    let mut belief: Vec<Vec<f64>> = (0..tasks)
        .map(|task| {
            let said: Vec<u16> = answers.of_task(task).map(|(_, label)| label).collect();
            let each = 1.0 / (said.len() as f64 + 1.0);
            let share = |class: usize| {
                let votes = said.iter().filter(|label| usize::from(**label) == class).count() as f64;
                each * (votes + 1.0 / k as f64)
            };
            match known(task) {
                Some(label) => (0..k).map(|class| f64::from(u8::from(class == label))).collect(),
                None => (0..k).map(share).collect(),
            }
        })
        .collect();
    let nobody =
        |worker| Person { group: groups.of_worker(worker), counts: vec![vec![0.0; k]; k], prior: vec![[0.0; 2]; k] };
    let mut people: Vec<Person> = (0..answers.workers()).map(nobody).collect();
    count(answers, &belief, &mut people);
    let mut shared = vec![Shared::new(&people, k); groups.worker_groups()];
    let (mut first, mut second) = (belief.clone(), belief.clone());
    let mut stays = false;
    for round in 0..settings.most_rounds {
        let learns = !stays && (round < 3 || round % 3 == 0);
        if learns {
            for (group, shared) in shared.iter_mut().enumerate() {
                let own: Vec<&Person> = people.iter().filter(|one| one.group == group).collect();
                (0..2).for_each(|_| shared.learn(&own));
            }
            for one in &mut people {
                one.prior = (0..k).map(|class| shared[one.group].expects(class, one)).collect();
            }
        }
        if round >= 3 && round % 3 == 0 {
            first.clone_from(&belief);
        } else if round >= 3 && round % 3 == 1 {
            second.clone_from(&belief);
        }
        let mut new = belief.clone();
        for task in (0..tasks).filter(|task| known(*task).is_none()) {
            let group = groups.of_task(task);
            let own_group = || (0..tasks).filter(|other| groups.of_task(*other) == group);
            let common = |class: usize| 1.0 + own_group().map(|other| belief[other][class]).sum::<f64>();
            let log = |class: usize| {
                let echo = belief[task][class];
                let said = answers.of_task(task).map(|(worker, label)| {
                    let (one, label) = (&people[worker as usize], usize::from(label));
                    let at = |echo: f64| says(one, &shared[one.group].instead[class], class, label, echo);
                    if !line {
                        return at(echo);
                    }
                    let most = one.counts[class][label].clamp(1e-3, 1.0);
                    at(0.0) + echo * (at(most) - at(0.0)) / most
                });
                common(class).ln() + said.sum::<f64>()
            };
            new[task] = shares(&(0..k).map(log).collect::<Vec<f64>>());
        }
        let pairs = belief.iter().flatten().zip(new.iter().flatten());
        let moved = pairs.map(|(old, new)| (old - new).abs()).sum::<f64>() / tasks as f64;
        belief = new;
        stays |= learns && (moved <= 0.01 || round >= 60);
        if stays && moved <= settings.tolerance {
            break;
        }
        if round >= 3 && round % 3 == 1 {
            let unknown = || {
                (0..tasks).filter(|task| known(*task).is_none()).flat_map(|task| (0..k).map(move |class| (task, class)))
            };
            let all = unknown().map(|(task, class)| [first[task][class], second[task][class], belief[task][class]]);
            if let Some(there) = leap(&all.collect::<Vec<_>>(), 32.0) {
                for ((task, class), there) in unknown().zip(there) {
                    if there > 0.0 && there < 1.0 {
                        belief[task][class] = there;
                    }
                }
                for own in &mut belief {
                    let all: f64 = own.iter().sum();
                    own.iter_mut().for_each(|share| *share /= all);
                }
            }
        }
        count(answers, &belief, &mut people);
    }
    belief
}

/// What each worker is expected to have done.
fn count(answers: &Answers, belief: &[Vec<f64>], people: &mut [Person]) {
    people.iter_mut().for_each(|one| one.counts.iter_mut().for_each(|row| row.fill(0.0)));
    for (task, own) in belief.iter().enumerate() {
        for (worker, label) in answers.of_task(task) {
            for (class, belief) in own.iter().enumerate() {
                people[worker as usize].counts[class][usize::from(label)] += belief;
            }
        }
    }
}

#[test]
fn the_fast_default_believes_what_plain_loops_believe() {
    for (tasks, workers, each, labels, seed, grouped) in [
        (120, 12, 4, 2, 51, false),
        (120, 12, 4, 3, 52, false),
        (150, 20, 5, 4, 53, true),
        (90, 10, 6, 7, 54, false),
        (40, 6, 3, 3, 55, true),
    ] {
        let World { answers, truth } = world(tasks, workers, each, labels, seed);
        let answers = Answers::new(&answers, tasks, workers, usize::from(labels)).expect("one answer each");
        let groups = if grouped {
            let half = |count: usize| (0..count as u32).map(|number| number % 2).collect();
            Groups::new(half(workers), half(tasks))
        } else {
            Groups::default()
        };
        let gold: Vec<Gold> =
            if grouped { (0..10).map(|task| Gold { task, label: truth[task as usize] }).collect() } else { Vec::new() };
        // While what workers share is still learnt, single precision is the only difference. It may decide when that
        // ends, and so move the end a little; lines in place of logarithms move it as much.
        let (whole, begun) = (Settings::default(), Settings { most_rounds: 6, ..Settings::default() });
        for (settings, line, most) in [(begun, true, 1e-3), (whole, true, 0.02), (whole, false, 0.02)] {
            let ours = infer(&answers, &gold, &groups, &settings).expect("sound answers");
            let theirs = plain(&answers, &gold, &groups, &settings, line);
            let apart = |task: usize| {
                let pairs = ours.belief(task).iter().zip(&theirs[task]);
                pairs.map(|(ours, theirs)| (f64::from(*ours) - theirs).abs()).sum::<f64>()
            };
            let mean = (0..tasks).map(apart).sum::<f64>() / tasks as f64;
            let rounds = settings.most_rounds;
            assert!(mean < most, "{tasks} tasks of {labels} labels, {rounds} rounds, line {line}: {mean} apart");
        }
    }
}
