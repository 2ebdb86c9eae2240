//! Communities taken apart and put together anew, so that each part is well connected.
//!
//! Holds the second phase of the method. It must never join vertices of different communities, nor a part to one that
//! it has no edge to.

use super::super::Chance;
use super::Terms;
use super::smaller::{Level, grouped};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Parts of communities, numbered from 0.
pub(super) struct Parts {
    pub(super) of: Vec<u32>,
    pub(super) count: usize,
}

/// Room for one community after the other, by vertex.
struct Room {
    /// Part of each vertex of the community, named by one of its vertices.
    part: Vec<u32>,
    /// Weight from each vertex to the rest of the community.
    inside: Vec<f64>,
    /// Of each part: strength, weight to the rest of the community, number of vertices.
    strength: Vec<f64>,
    open: Vec<f64>,
    members: Vec<u32>,
    /// Weight of the edges of one vertex to each part, and to which it is not 0.
    weight_to: Vec<f64>,
    near: Vec<u32>,
    choices: Vec<(u32, f64)>,
}

impl Room {
    fn new(vertices: usize) -> Self {
        Self {
            part: vec![0; vertices],
            inside: vec![0.0; vertices],
            strength: vec![0.0; vertices],
            open: vec![0.0; vertices],
            members: vec![0; vertices],
            weight_to: vec![0.0; vertices],
            near: Vec::new(),
            choices: Vec::new(),
        }
    }
}

/// What one community is refined with.
struct Refining<'a> {
    level: &'a Level,
    communities: &'a [u32],
    terms: &'a Terms,
    seed: u64,
    depth: u64,
}

/// Refines every community, each by chance of its own, so that threads may take them in any order.
pub(super) fn refined(level: &Level, communities: &[u32], count: usize, terms: &Terms, seed: u64, depth: u64) -> Parts {
    let vertices = level.vertices();
    let (first, members) = grouped(communities, count);
    let refining = Refining { level, communities, terms, seed, depth };
    // The largest come first, so that none is left alone for the end.
    let mut order: Vec<usize> = (0..count).filter(|community| first[community + 1] > first[*community]).collect();
    order.par_sort_by_key(|community| std::cmp::Reverse(first[community + 1] - first[*community]));
    let next = AtomicUsize::new(0);
    let named: Vec<Vec<(u32, u32)>> = (0..rayon::current_num_threads())
        .into_par_iter()
        .with_max_len(1)
        .map(|_| {
            let (mut room, mut named) = (Room::new(vertices), Vec::new());
            while let Some(community) = order.get(next.fetch_add(1, Relaxed)) {
                let own = &members[first[*community]..first[community + 1]];
                refining.refine(own, &mut room);
                named.extend(own.iter().map(|vertex| (*vertex, room.part[*vertex as usize])));
            }
            named
        })
        .collect();
    let mut of = vec![0; vertices];
    named.iter().flatten().for_each(|(vertex, part)| of[*vertex as usize] = *part);
    let mut used = vec![0_u32; vertices];
    of.iter().for_each(|part| used[*part as usize] = 1);
    let mut count = 0;
    for number in &mut used {
        let is_used = std::mem::replace(number, count);
        count += is_used;
    }
    of.iter_mut().for_each(|part| *part = used[*part as usize]);
    Parts { of, count: count as usize }
}

impl Refining<'_> {
    fn refine(&self, own: &[u32], room: &mut Room) {
        if let [vertex] = own {
            room.part[*vertex as usize] = *vertex;
            return;
        }
        let mut total = 0.0;
        for vertex in own {
            let at = *vertex as usize;
            let mut inside = 0.0;
            self.level.each(at, |end, weight| {
                inside += if self.communities[end as usize] == self.communities[at] { weight } else { 0.0 };
            });
            room.part[at] = *vertex;
            room.inside[at] = inside;
            room.open[at] = inside;
            room.strength[at] = self.level.strengths[at];
            room.members[at] = 1;
            total += self.level.strengths[at];
        }
        let mut order = own.to_vec();
        let mut chance = Chance::new(self.seed ^ u64::from(own[0]), 2 * self.depth + 1);
        chance.shuffle(&mut order);
        for vertex in order {
            self.join(vertex, total, room, &mut chance);
        }
    }

    /// Lets a vertex that is alone join a part, by chance the more likely the more it gains; both must be well
    /// connected to the rest.
    fn join(&self, vertex: u32, total: f64, room: &mut Room, chance: &mut Chance) {
        let at = vertex as usize;
        let strength = self.level.strengths[at];
        let pull = self.terms.pull;
        let enough = |open: f64, strength: f64| open >= pull * strength * (total - strength);
        if room.members[at] != 1 || room.part[at] != vertex || !enough(room.inside[at], strength) {
            return;
        }
        let (part, weight_to, near) = (&room.part, &mut room.weight_to, &mut room.near);
        let own = self.communities[at];
        self.level.each(at, |end, weight| {
            if self.communities[end as usize] == own && weight > 0.0 {
                let other = part[end as usize];
                let sum = &mut weight_to[other as usize];
                if *sum == 0.0 {
                    near.push(other);
                }
                *sum += weight;
            }
        });
        // To stay alone gains nothing and is always a choice.
        room.choices.clear();
        room.choices.push((vertex, 0.0));
        let mut most = 0.0_f64;
        for other in room.near.iter().map(|other| *other as usize) {
            let gain = room.weight_to[other] - pull * strength * room.strength[other];
            if gain >= 0.0 && enough(room.open[other], room.strength[other]) {
                room.choices.push((other as u32, gain));
                most = most.max(gain);
            }
        }
        let mut sum = 0.0;
        for (_, gain) in &mut room.choices {
            sum += ((*gain - most) / self.terms.heat).exp();
            *gain = sum;
        }
        let drawn = chance.share() * sum;
        let chosen = room.choices.iter().find(|(_, until)| drawn < *until).map_or(vertex, |(other, _)| *other);
        if chosen != vertex {
            let to = chosen as usize;
            room.open[to] += room.inside[at] - 2.0 * room.weight_to[to];
            room.strength[to] += strength;
            room.members[to] += 1;
            room.members[at] = 0;
            room.part[at] = chosen;
        }
        room.near.drain(..).for_each(|other| room.weight_to[other as usize] = 0.0);
    }
}
