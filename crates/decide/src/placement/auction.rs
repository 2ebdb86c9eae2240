//! Clients bid for places at given prices of money: the relaxed problem without budgets.
//!
//! Holds Bertsekas's auction (D. P. Bertsekas, "The auction algorithm: a distributed relaxation method for the assignment
//! problem", Annals of Operations Research 14, 1988) for facilities of several places, where a client may stay out. It must never
//! know a budget: those come in as what a choice is worth.
//!
//! Prices begin at 0 and only rise, and rise only where all places are taken, so that a free place costs nothing at the end. Every
//! client then has, within `step`, the best it could have at these prices, which proves how far any other answer can be better.

use super::problem::Layout;

/// No client, no choice.
pub(super) const NONE: u32 = u32::MAX;

/// What an auction ends with.
#[derive(Clone, Debug)]
pub(super) struct Auctioned {
    /// The choice of each client, as a place in the layout; [`NONE`] where it stays out.
    pub(super) taken: Vec<u32>,
    /// The price of a place in each facility.
    pub(super) price: Vec<f64>,
}

/// Lets clients bid until each has what it wants. `worth` is what each choice is worth, in the order of the layout;
/// `places` the free places of each facility; `out` tells the clients who do not bid.
pub(super) fn auction(layout: &Layout, worth: &[f64], places: &[u32], out: &[bool], step: f64) -> Auctioned {
    let mut state = State {
        taken: vec![NONE; layout.clients()],
        price: vec![0.0; places.len()],
        bids: places.iter().map(|places| Vec::with_capacity(*places as usize)).collect(),
    };
    let mut waiting: Vec<u32> = (0..layout.clients() as u32).rev().filter(|client| !out[*client as usize]).collect();
    while let Some(client) = waiting.pop() {
        let (mut best, mut choice, mut second) = (0.0, NONE, 0.0);
        for place in layout.of(client as usize) {
            let facility = layout.facility[place] as usize;
            if places[facility] == 0 {
                continue;
            }
            let gain = worth[place] - state.price[facility];
            if gain > best {
                second = best;
                best = gain;
                choice = place as u32;
            } else if gain > second {
                second = gain;
            }
        }
        // Prices only rise: who gains nothing now never will.
        if choice == NONE {
            continue;
        }
        let facility = layout.facility[choice as usize] as usize;
        let bid = state.price[facility] + (best - second) + step;
        state.taken[client as usize] = choice;
        if let Some(outbid) = state.take(facility, bid, client, places[facility] as usize) {
            state.taken[outbid as usize] = NONE;
            waiting.push(outbid);
        }
    }
    Auctioned { taken: state.taken, price: state.price }
}

struct State {
    taken: Vec<u32>,
    price: Vec<f64>,
    /// Bids that hold in each facility, as a heap with the lowest on top.
    bids: Vec<Vec<(f64, u32)>>,
}

impl State {
    /// Takes a bid; gives the client who loses its place, if one does.
    fn take(&mut self, facility: usize, bid: f64, client: u32, places: usize) -> Option<u32> {
        let bids = &mut self.bids[facility];
        let mut lost = None;
        if bids.len() == places {
            lost = Some(bids[0].1);
            bids[0] = (bid, client);
            sink(bids);
        } else {
            bids.push((bid, client));
            rise(bids);
        }
        if bids.len() == places {
            self.price[facility] = bids[0].0;
        }
        lost
    }
}

fn sink(heap: &mut [(f64, u32)]) {
    let mut at = 0;
    loop {
        let (left, right) = (2 * at + 1, 2 * at + 2);
        let mut least = at;
        if left < heap.len() && heap[left].0 < heap[least].0 {
            least = left;
        }
        if right < heap.len() && heap[right].0 < heap[least].0 {
            least = right;
        }
        if least == at {
            return;
        }
        heap.swap(at, least);
        at = least;
    }
}

fn rise(heap: &mut [(f64, u32)]) {
    let mut at = heap.len() - 1;
    while at > 0 {
        let above = (at - 1) / 2;
        if heap[above].0 <= heap[at].0 {
            return;
        }
        heap.swap(at, above);
        at = above;
    }
}

/// What no answer of the relaxed problem can pass at these prices: every client's best gain, and all places paid for.
pub(super) fn bound(layout: &Layout, worth: &[f64], places: &[u32], out: &[bool], price: &[f64]) -> f64 {
    let gains = (0..layout.clients()).filter(|client| !out[*client]).map(|client| {
        let gain = |place: usize| {
            let facility = layout.facility[place] as usize;
            if places[facility] == 0 { 0.0 } else { worth[place] - price[facility] }
        };
        layout.of(client).map(gain).fold(0.0, f64::max)
    });
    let paid = places.iter().zip(price).map(|(places, price)| f64::from(*places) * price);
    gains.sum::<f64>() + paid.sum::<f64>()
}

/// The lowest prices at which nobody would change: lowered, round by round, to what the keenest client who is elsewhere would pay.
pub(super) fn lowest_prices(
    layout: &Layout,
    worth: &[f64],
    taken: &[u32],
    places: &[u32],
    out: &[bool],
    price: &[f64],
) -> Vec<f64> {
    /// Rounds at most; chains of clients who would follow one another are rarely longer.
    const MOST_ROUNDS: usize = 200;
    let mut price = price.to_vec();
    let mut left: Vec<u32> = places.to_vec();
    for place in taken.iter().filter(|place| **place != NONE) {
        left[layout.facility[*place as usize] as usize] -= 1;
    }
    for _ in 0..MOST_ROUNDS {
        let mut wanted = vec![0.0f64; price.len()];
        for client in (0..layout.clients()).filter(|client| !out[*client]) {
            let (gain, at) = match taken[client] {
                NONE => (0.0, NONE),
                place => {
                    let facility = layout.facility[place as usize];
                    (worth[place as usize] - price[facility as usize], facility)
                }
            };
            for place in layout.of(client).filter(|place| layout.facility[*place] != at) {
                let facility = layout.facility[place] as usize;
                wanted[facility] = wanted[facility].max(worth[place] - gain.max(0.0));
            }
        }
        let mut moved = false;
        for (facility, wanted) in wanted.into_iter().enumerate() {
            // Nobody bids where there is no place at all: what the keenest client would pay is what a first one brings.
            let lower = match (left[facility], places[facility]) {
                (_, 0) => wanted,
                (0, _) => wanted.min(price[facility]),
                _ => 0.0,
            };
            moved |= (lower - price[facility]).abs() > 1e-9;
            price[facility] = lower;
        }
        if !moved {
            break;
        }
    }
    price
}
