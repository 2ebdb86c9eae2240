//! Vertices that move to the community where they gain most.
//!
//! Holds the first phase of the method. It must never end on moves without a gain, so that it comes to an end, nor let
//! the number of threads show.
//!
//! Vertices wait in a queue. Many at a time are asked where they gain most, by all threads and as things stand; then
//! they move one after the other, so that the result is the same on any number of threads. What one could not know of
//! the others is mended when its neighbours are asked again. The last few, and all of a small graph, are asked one at a
//! time. In a large graph a vertex is asked again when some share of its edges leads elsewhere than when it was asked: a hub of
//! thousands would else be asked whenever any of them has moved.

use super::super::Chance;
use super::Terms;
use super::smaller::Level;
use rayon::prelude::*;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Gain, as a share of the strength of a vertex, below which a move is taken for a loss of digits.
const LEAST: f64 = 1e-10;
/// Vertices asked at once: this share of all, between these bounds.
const SHARE: usize = 64;
const FEW: usize = 1024;
const MANY: usize = 8192;
/// Vertices that a thread takes at once.
const CHUNK: usize = 32;
/// Times that a vertex is asked on average before all are asked one at a time, which must come to an end.
const TIMES: usize = 8;

/// The share of its strength that must lead elsewhere before a vertex of a large graph is asked again.
const ELSEWHERE: f64 = 0.01;

/// To a community of its own.
const ALONE: u32 = u32::MAX;

/// Where a vertex wants to go, and how much more weight of edges it has there than where it is.
type Wish = (u32, f64);

/// Communities while vertices move.
pub(super) struct Communing {
    of: Vec<u32>,
    /// Strength and number of vertices of each community; numbers of communities are below that of vertices.
    strengths: Vec<f64>,
    members: Vec<u32>,
    /// Numbers of communities without vertices.
    empty: Vec<u32>,
}

/// How a vertex waits to be asked.
#[derive(Clone, Copy)]
struct Waiting {
    /// The turn in which it was last asked.
    turn: u32,
    /// How much of its strength leads elsewhere since then; infinite while it stands in the queue.
    moved: f32,
}

/// What one thread needs to ask vertices.
struct Room {
    /// Weight of the edges of a vertex to each community, and, at its front, a list of those to which it has any.
    weight_to: Vec<f64>,
    near: Vec<u32>,
    /// Places in the queue, and where the vertices there want to go.
    wishes: Vec<(u32, Wish)>,
}

impl Communing {
    pub(super) fn new(level: &Level, of: &[u32]) -> Self {
        let vertices = level.vertices();
        let (mut strengths, mut members) = (vec![0.0; vertices], vec![0; vertices]);
        for (community, strength) in of.iter().zip(&level.strengths) {
            strengths[*community as usize] += strength;
            members[*community as usize] += 1;
        }
        let empty = (0..vertices as u32).rev().filter(|community| members[*community as usize] == 0).collect();
        Self { of: of.to_vec(), strengths, members, empty }
    }

    /// Moves vertices, in an order by chance at first, and again those whose neighbours have left, until none gains, or
    /// until each has been asked `sweeps` times on average. Gives what was gained, in weight of edges.
    pub(super) fn improve(&mut self, level: &Level, terms: &Terms, sweeps: usize, seed: u64, depth: u64) -> f64 {
        let vertices = level.vertices();
        let mut order: Vec<u32> = (0..vertices as u32).collect();
        Chance::new(seed, 2 * depth).shuffle(&mut order);
        let mut queue = VecDeque::from(order);
        let mut waiting = vec![Waiting { turn: 0, moved: f32::INFINITY }; vertices];
        let many = (vertices / SHARE).clamp(FEW, MANY);
        let threads = if vertices > FEW { rayon::current_num_threads() } else { 1 };
        let mut rooms: Vec<Room> = (0..threads).map(|_| Room::new(vertices)).collect();
        let (mut some, mut wishes): (Vec<u32>, Vec<Option<Wish>>) = (Vec::new(), Vec::new());
        // Turns, vertices asked in all, and what their moves gained.
        let (mut turn, mut asked, mut gained) = (0, 0, 0.0);
        let elsewhere = if terms.large { ELSEWHERE } else { 0.0 };
        while !queue.is_empty() && asked < vertices.saturating_mul(sweeps) {
            let alone = queue.len() <= FEW || asked > TIMES * vertices;
            some.clear();
            some.extend(queue.drain(..if alone { 1 } else { many.min(queue.len()) }));
            asked += some.len();
            turn += 1;
            for vertex in &some {
                waiting[*vertex as usize] = Waiting { turn, moved: 0.0 };
            }
            self.ask(level, terms, &some, &mut rooms, &mut wishes);
            for (vertex, wish) in some.iter().zip(&wishes) {
                let Some(wish) = *wish else { continue };
                let Some(gain) = self.put(level, *vertex as usize, wish, terms) else {
                    // Alone, it was told no for a loss of digits, which it would be again.
                    let own = &mut waiting[*vertex as usize];
                    if !alone && own.moved.is_finite() {
                        own.moved = f32::INFINITY;
                        queue.push_back(*vertex);
                    }
                    continue;
                };
                gained += gain;
                let (of, own) = (&self.of, self.of[*vertex as usize]);
                level.each(*vertex as usize, |end, weight| {
                    let other = &mut waiting[end as usize];
                    if other.moved == f32::INFINITY {
                        return;
                    }
                    // One that was asked in the same turn did not know of this move.
                    if of[end as usize] != own || other.turn == turn {
                        other.moved += weight as f32;
                        if f64::from(other.moved) >= elsewhere * level.strengths[end as usize] {
                            other.moved = f32::INFINITY;
                            queue.push_back(end);
                        }
                    }
                });
            }
        }
        gained
    }

    /// Asks vertices where they want to go.
    fn ask(&self, level: &Level, terms: &Terms, some: &[u32], rooms: &mut [Room], wishes: &mut Vec<Option<Wish>>) {
        wishes.clear();
        wishes.resize(some.len(), None);
        if let ([vertex], [room, ..]) = (some, &mut *rooms) {
            wishes[0] = self.wish(level, *vertex as usize, terms, room);
            return;
        }
        let next = AtomicUsize::new(0);
        rooms.par_iter_mut().with_max_len(1).for_each(|room| {
            room.wishes.clear();
            loop {
                let from = next.fetch_add(CHUNK, Relaxed);
                if from >= some.len() {
                    return;
                }
                for (place, vertex) in some.iter().enumerate().take(from + CHUNK).skip(from) {
                    if let Some(wish) = self.wish(level, *vertex as usize, terms, room) {
                        room.wishes.push((place as u32, wish));
                    }
                }
            }
        });
        rooms.iter().flat_map(|room| &room.wishes).for_each(|(place, wish)| wishes[*place as usize] = Some(*wish));
    }

    /// The community where a vertex gains most, if it is not its own.
    fn wish(&self, level: &Level, vertex: usize, terms: &Terms, room: &mut Room) -> Option<Wish> {
        let (of, weight_to, near) = (&self.of, &mut room.weight_to, &mut room.near);
        // Every community is written down and counts where it is new: a branch could not be foreseen, and costs more.
        let mut count = 0;
        level.each(vertex, |end, weight| {
            let community = of[end as usize];
            let sum = &mut weight_to[community as usize];
            near[count] = community;
            count += usize::from(*sum == 0.0);
            *sum += weight;
        });
        let own = of[vertex];
        let strength = level.strengths[vertex];
        let pull = terms.pull * strength;
        let weight_here = weight_to[own as usize];
        let here = weight_here - pull * (self.strengths[own as usize] - strength);
        let (mut best, mut wish) = (here + LEAST * strength, None);
        for &community in &near[..count] {
            let weight = std::mem::take(&mut weight_to[community as usize]);
            let gain = weight - pull * self.strengths[community as usize];
            if gain > best && community != own {
                (best, wish) = (gain, Some((community, weight - weight_here)));
            }
        }
        if best < 0.0 && self.members[own as usize] > 1 { Some((ALONE, -weight_here)) } else { wish }
    }

    /// Moves a vertex where it wants to go and tells the gain; unless what others did meanwhile has made that a loss.
    fn put(&mut self, level: &Level, vertex: usize, (wish, weight): Wish, terms: &Terms) -> Option<f64> {
        let from = self.of[vertex] as usize;
        let strength = level.strengths[vertex];
        let there = if wish == ALONE { 0.0 } else { self.strengths[wish as usize] };
        let here = self.strengths[from] - strength;
        let gain = weight - terms.pull * strength * (there - here);
        if gain <= LEAST * strength || (self.members[from] == 1 && wish == ALONE) {
            return None;
        }
        let to = if wish == ALONE {
            self.empty.pop()? as usize
        } else if self.members[wish as usize] > 0 {
            wish as usize
        } else {
            return None;
        };
        self.members[from] -= 1;
        self.members[to] += 1;
        self.strengths[to] += strength;
        self.strengths[from] -= strength;
        if self.members[from] == 0 {
            self.strengths[from] = 0.0;
            self.empty.push(from as u32);
        }
        self.of[vertex] = to as u32;
        Some(gain)
    }

    /// Communities numbered from 0 without gaps, and their number.
    pub(super) fn numbered(&self) -> (Vec<u32>, usize) {
        let mut numbers = vec![0; self.members.len()];
        let mut count = 0;
        for (number, members) in numbers.iter_mut().zip(&self.members) {
            *number = count;
            count += u32::from(*members > 0);
        }
        (self.of.iter().map(|community| numbers[*community as usize]).collect(), count as usize)
    }
}

impl Room {
    fn new(vertices: usize) -> Self {
        Self { weight_to: vec![0.0; vertices], near: vec![0; vertices + 1], wishes: Vec::new() }
    }
}
