//! Entities: what positive Judgements connect, unless negative ones hold it apart.
//!
//! Holds the computation of clusters from Judgements. Nobody edits a cluster. Must never remember an earlier result: the same
//! Judgements give the same clusters in whatever order they came, so that withdrawing one leaves no trace.

use model::{Verdict, content_id};
use std::collections::{BTreeMap, BTreeSet};

/// What a cluster is made from: two members and what was said about them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bond<'a> {
    /// One member.
    pub left: &'a str,
    /// The other.
    pub right: &'a str,
    /// What was said. Unsure counts as nothing.
    pub verdict: Verdict,
    /// How heavily (log2). Heavier ones are followed first, so that where something is held apart the lightest tie breaks.
    pub weight: f64,
    /// True where a person said it: followed before all that a scorer said.
    pub by_person: bool,
}

/// Members that mean one thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cluster {
    /// Identifier of the Entity: made from the smallest member's, so that it stays while that member stays.
    pub id: String,
    /// Identifiers of the members, sorted.
    pub members: Vec<String>,
}

/// The identifier of the Entity whose smallest member this is.
pub fn entity_id(smallest_member: &str) -> String {
    content_id(["entity", smallest_member])
}

/// Clusters of the given members and of all that bonds name, sorted by their smallest member. A member without bonds stands alone.
///
/// Where two that are held apart (Different) are connected over others, the lightest of the connecting ties is not followed.
/// A person's Same outweighs every scorer's Different, and a person's Different every Same; of two persons' words about one
/// pair, Different holds until it is withdrawn.
pub fn cluster<'a>(members: impl IntoIterator<Item = &'a str>, bonds: &[Bond<'a>]) -> Vec<Cluster> {
    let names: BTreeSet<&str> =
        members.into_iter().chain(bonds.iter().flat_map(|bond| [bond.left, bond.right])).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let number = |name: &str| names.binary_search(&name).expect("every name of a bond was taken in");
    let mut forest = Forest::new(names.len());
    for bond in bonds.iter().filter(|bond| bond.verdict == Verdict::Different && bond.by_person) {
        forest.hold_apart(number(bond.left), number(bond.right));
    }
    for bond in ordered(bonds, true) {
        forest.unite(number(bond.left), number(bond.right));
    }
    for bond in bonds.iter().filter(|bond| bond.verdict == Verdict::Different && !bond.by_person) {
        forest.hold_apart(number(bond.left), number(bond.right));
    }
    for bond in ordered(bonds, false) {
        forest.unite(number(bond.left), number(bond.right));
    }
    let mut clusters: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        clusters.entry(forest.root(at)).or_default().push((*name).to_owned());
    }
    let mut clusters: Vec<Cluster> =
        clusters.into_values().map(|members| Cluster { id: entity_id(&members[0]), members }).collect();
    clusters.sort_unstable_by(|one, other| one.members.cmp(&other.members));
    clusters
}

/// The members that any chain of Same connects with one of `start`: all whose clusters a change there can touch. Clustering
/// these alone gives what clustering everything would give for them.
pub fn reach<'a>(start: &[&'a str], bonds: &[Bond<'a>]) -> BTreeSet<&'a str> {
    let mut neighbours: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for bond in bonds.iter().filter(|bond| bond.verdict == Verdict::Same) {
        neighbours.entry(bond.left).or_default().push(bond.right);
        neighbours.entry(bond.right).or_default().push(bond.left);
    }
    let mut found: BTreeSet<&str> = start.iter().copied().collect();
    let mut open: Vec<&str> = start.to_vec();
    while let Some(member) = open.pop() {
        for &next in neighbours.get(member).into_iter().flatten() {
            if found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}

/// The Sames of persons or of scorers, heaviest first; equal ones by their members.
fn ordered<'b, 'a>(bonds: &'b [Bond<'a>], by_person: bool) -> Vec<&'b Bond<'a>> {
    let ends = |bond: &Bond<'a>| (bond.left.min(bond.right), bond.left.max(bond.right));
    let mut same: Vec<&Bond<'_>> =
        bonds.iter().filter(|bond| bond.verdict == Verdict::Same && bond.by_person == by_person).collect();
    same.sort_by(|one, other| other.weight.total_cmp(&one.weight).then_with(|| ends(one).cmp(&ends(other))));
    same
}

/// Disjoint sets, some of which must not be united.
struct Forest {
    parent: Vec<usize>,
    /// For each root, the roots it must not be united with.
    apart: Vec<BTreeSet<usize>>,
}

impl Forest {
    fn new(length: usize) -> Self {
        Self { parent: (0..length).collect(), apart: vec![BTreeSet::new(); length] }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    /// Holds two sets apart. What is one set already stays one: whoever united it went before.
    fn hold_apart(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            self.apart[one].insert(other);
            self.apart[other].insert(one);
        }
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if one == other || self.apart[one].contains(&other) {
            return;
        }
        let (kept, taken) = if self.apart[one].len() >= self.apart[other].len() { (one, other) } else { (other, one) };
        self.parent[taken] = kept;
        for distant in std::mem::take(&mut self.apart[taken]) {
            self.apart[distant].remove(&taken);
            self.apart[distant].insert(kept);
            self.apart[kept].insert(distant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

    fn same(left: &'static str, right: &'static str, weight: f64) -> Bond<'static> {
        Bond { left, right, verdict: Verdict::Same, weight, by_person: false }
    }

    fn check(bonds: &[Bond<'_>], expected: &[&str]) {
        let found: Vec<String> = cluster([], bonds).iter().map(|cluster| cluster.members.concat()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_lightest_tie_breaks_where_a_person_holds_apart() {
        let apart = Bond { verdict: Verdict::Different, by_person: true, ..same("a", "d", 0.0) };
        let chain = [same("a", "b", 9.0), same("b", "c", 4.0), same("c", "d", 8.0)];
        check(&chain, &["abcd"]);
        check(&[&chain[..], &[apart]].concat(), &["ab", "cd"]);
        let person = Bond { by_person: true, ..same("b", "c", 0.0) };
        check(&[&chain[..], &[apart, person]].concat(), &["abc", "d"]);
        let scorer = Bond { by_person: false, ..apart };
        let says = Bond { by_person: true, ..same("a", "d", 0.0) };
        check(&[&chain[..], &[scorer, says]].concat(), &["abcd"]);
    }

    fn bonds() -> impl Strategy<Value = Vec<Bond<'static>>> {
        let bond = (0..8_usize, 0..8_usize, 0..4_u8, 0..5_u8, any::<bool>()).prop_map(
            |(left, right, verdict, weight, by_person)| {
                let verdict = if verdict == 0 { Verdict::Different } else { Verdict::Same };
                Bond { left: NAMES[left], right: NAMES[right], verdict, weight: f64::from(weight), by_person }
            },
        );
        proptest::collection::vec(bond, 0..16)
    }

    proptest! {
        /// The order in which Judgements came, and Judgements that were withdrawn, leave no trace.
        #[test]
        fn a_withdrawn_judgement_never_was((all, kept) in bonds().prop_flat_map(|all| {
            let length = all.len();
            (Just(all.clone()), subsequence(all, 0..=length).prop_shuffle())
        })) {
            // The log as it stood: everything, then the withdrawals, told one by one.
            let mut standing = all;
            let mut wanted = kept.clone();
            standing.retain(|bond| wanted.iter().position(|other| other == bond).is_some_and(|at| { wanted.remove(at); true }));
            prop_assert_eq!(cluster(NAMES, &standing), cluster(NAMES, &kept));
        }

        #[test]
        fn nothing_held_apart_by_a_person_is_together(all in bonds()) {
            let clusters = cluster(NAMES, &all);
            for bond in all.iter().filter(|bond| bond.verdict == Verdict::Different && bond.by_person && bond.left != bond.right) {
                let of = |name: &str| clusters.iter().position(|cluster| cluster.members.iter().any(|member| member == name));
                prop_assert_ne!(of(bond.left), of(bond.right));
            }
        }

        /// Clustering only what a change can reach gives what clustering everything gives.
        #[test]
        fn what_a_change_reaches_is_enough(all in bonds(), start in 0..8_usize) {
            let reached = reach(&[NAMES[start]], &all);
            let near: Vec<Bond<'_>> = all.iter().copied().filter(|b| reached.contains(b.left) && reached.contains(b.right)).collect();
            let whole: Vec<Cluster> =
                cluster(NAMES, &all).into_iter().filter(|cluster| reached.contains(cluster.members[0].as_str())).collect();
            prop_assert_eq!(cluster(reached.iter().copied(), &near), whole);
        }
    }
}
