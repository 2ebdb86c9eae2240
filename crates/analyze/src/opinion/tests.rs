use super::groups::{group, silhouette};
use super::statements::two_shares;
use super::table::Table;
use super::*;
use crate::distribution::{binomial_tail, two_sided};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn vote(voter: u32, comment: u32, vote: i8) -> Vote {
    Vote { voter, comment, vote, time: 0 }
}

/// Two camps that vote along their line but for at most one comment each, and agree on the last two.
fn camps(sizes: [u32; 2], comments: u32, strays: &[u32]) -> Vec<Vote> {
    let mut votes = Vec::new();
    for voter in 0..sizes[0] + sizes[1] {
        let camp = u32::from(voter >= sizes[0]);
        let stray = strays[voter as usize % strays.len()] % comments;
        for comment in 0..comments {
            let line: i8 = if (comment + camp) % 2 == 0 { 1 } else { -1 };
            votes.push(vote(voter, comment, if comment == stray { 0 } else { line }));
        }
        votes.push(vote(voter, comments, 1));
        votes.push(vote(voter, comments + 1, 1));
    }
    votes
}

/// Any votes of a few voters on a few comments, with times.
fn any_votes() -> impl Strategy<Value = Vec<Vote>> {
    let one = (0_u32..25, 0_u32..14, -1_i8..=1, 0_i64..4);
    prop::collection::vec(one.prop_map(|(voter, comment, vote, time)| Vote { voter, comment, vote, time }), 1..320)
}

/// As `any_votes`, one vote of a voter on a comment.
fn once_each() -> impl Strategy<Value = Vec<Vote>> {
    any_votes().prop_map(|votes| {
        let each: BTreeMap<(u32, u32), Vote> =
            votes.into_iter().map(|vote| ((vote.voter, vote.comment), vote)).collect();
        each.into_values().collect()
    })
}

/// Lets one vote in three count at most, so that nearly all small inputs place somebody.
fn settings() -> OpinionSettings {
    OpinionSettings { least_votes: 3, ..OpinionSettings::default() }
}

fn found(votes: &[Vote]) -> Opinions {
    opinions(votes, &settings()).expect("the votes are valid")
}

#[test]
fn two_camps_are_found_with_what_divides_and_bridges_them() {
    let found = opinions(&camps([14, 9], 12, &[0, 5, 7]), &OpinionSettings::default()).expect("valid");
    assert_eq!(found.sizes, [14, 9]);
    assert!((0..14).all(|voter| found.group[voter] == Some(0)));
    assert!((14..23).all(|voter| found.group[voter] == Some(1)));
    assert_eq!(found.bridges.iter().map(|bridge| bridge.comment).collect::<Vec<_>>(), [12, 13]);
    assert!(found.bridges.iter().all(|bridge| bridge.side == Side::Agree && bridge.least_share == 1.0));
    let mut divides: Vec<u32> = found.divides.iter().map(|divide| divide.comment).collect();
    divides.sort_unstable();
    assert_eq!(divides, (0..12).collect::<Vec<_>>());
    let stand =
        found.stands.iter().find(|stand| stand.group == 1 && stand.comment == 1).expect("camp 1 agrees with it");
    assert_eq!((stand.side, stand.share_inside, stand.share_outside), (Side::Agree, 1.0, 0.0));
    assert_eq!(found.counts(1)[1], Counts { agree: 9, disagree: 0, pass: 0 });
    assert!(found.trials[0].chosen && found.trials[0].groups == 2);
}

#[test]
fn the_last_vote_counts_by_time_then_by_order() {
    let timed = |value, time| Vote { voter: 1, comment: 1, vote: value, time };
    let counted = |votes: &[Vote]| Table::of(votes).expect("valid").row(0).to_vec();
    assert_eq!(counted(&[timed(1, 5), timed(-1, 3)]), [(0, 1)]);
    assert_eq!(counted(&[timed(1, 3), timed(-1, 3)]), [(0, -1)]);
    assert_eq!(counted(&[timed(-1, i64::MIN), timed(0, i64::MAX), timed(1, 0)]), [(0, 0)]);
}

#[test]
fn what_is_wrong_is_said() {
    assert_eq!(opinions(&[], &settings()), Err(OpinionError::NoVotes));
    let wrong = opinions(&[vote(0, 0, 1), vote(0, 1, 2)], &settings());
    assert_eq!(wrong, Err(OpinionError::Vote { row: 1, found: 2 }));
    let bad = [
        OpinionSettings { damping: f64::NAN, ..settings() },
        OpinionSettings { damping: f64::INFINITY, ..settings() },
        OpinionSettings { damping: -0.1, ..settings() },
        OpinionSettings { false_share: f64::NAN, ..settings() },
        OpinionSettings { false_share: 1.0, ..settings() },
        OpinionSettings { groups: Some(1), ..settings() },
        OpinionSettings { most_groups: 1, ..settings() },
        OpinionSettings { starts: 0, ..settings() },
    ];
    for settings in bad {
        assert!(matches!(opinions(&[vote(0, 0, 1)], &settings), Err(OpinionError::Setting { .. })));
    }
    assert_eq!(found(&[vote(3, 0, 1)]).explain(4), Err(OpinionError::NoVoter { voter: 4 }));
}

#[test]
fn one_voter_and_voters_alike_are_one_group() {
    let one = found(&[vote(7, 9, 1)]);
    assert_eq!((one.voters.as_slice(), one.comments.as_slice(), one.sizes.as_slice()), (&[7][..], &[9][..], &[1][..]));
    assert_eq!(one.place, [Some([0.0, 0.0])]);
    let alike: Vec<Vote> = (0..30).map(|place| vote(place / 5, place % 5, 1)).collect();
    let alike = found(&alike);
    assert_eq!((alike.sizes.as_slice(), alike.trials.len(), alike.bridges.len()), (&[6][..], 0, 0));
}

#[test]
fn extreme_numbers_are_names_like_others() {
    let far = found(&[vote(u32::MAX, u32::MAX, 1), vote(0, u32::MAX, -1), vote(u32::MAX, 0, 0)]);
    assert_eq!((far.voters, far.comments), (vec![0, u32::MAX], vec![0, u32::MAX]));
}

#[test]
fn few_votes_are_not_placed_but_explained() {
    let mut votes = camps([10, 10], 12, &[3]);
    votes.extend((0..6).map(|comment| vote(99, comment, 1)));
    let found = opinions(&votes, &OpinionSettings::default()).expect("valid");
    assert_eq!((found.placed(), found.place[20], found.group[20]), (20, None, None));
    assert_eq!(found.explain(99).expect("it voted").len(), 6);
    assert!(found.explain(99).expect("it voted").iter().all(|pull| pull.towards_own == 0.0));
}

#[test]
fn a_group_that_is_silent_is_no_part_of_a_bridge() {
    let mut votes = camps([12, 12], 12, &[0]);
    votes.extend((0..12).map(|voter| vote(voter, 50, 1)));
    let found = opinions(&votes, &OpinionSettings::default()).expect("valid");
    assert!(found.bridges.iter().all(|bridge| bridge.comment != 50));
    assert!(found.bridges.iter().any(|bridge| bridge.comment == 12));
}

#[test]
fn tests_have_the_values_of_the_tables() {
    for (z, p) in [
        (0.0, 1.0),
        (1.0, 0.317_310_507_862_914),
        (1.959_963_984_540_054, 0.05),
        (3.0, 0.002_699_796_063_260),
        (6.0, 1.973_175_290_075e-9),
    ] {
        assert!((two_sided(z) - p).abs() <= 1e-12 + 1e-9 * p, "{z}: {}", two_sided(z));
        assert_eq!(two_sided(z), two_sided(-z));
    }
    assert!((binomial_tail(8, 10) - 56.0 / 1024.0).abs() < 1e-12);
    assert!((binomial_tail(0, 10) - 1.0).abs() < 1e-12);
    assert!((binomial_tail(0, 0) - 1.0).abs() < 1e-12);
    assert!(binomial_tail(60_000, 100_000) < 1e-200);
    assert!((binomial_tail(50_000, 100_000) - 0.501_261_563_107_098_4).abs() < 1e-9);
    // 45 of 100 against 30 of 100: pooled share .375.
    assert!((two_shares(45, 100, 30, 100) - 0.15 / (0.375_f64 * 0.625 * 0.02).sqrt()).abs() < 1e-12);
    assert_eq!((two_shares(5, 5, 3, 3), two_shares(0, 5, 0, 3)), (0.0, 0.0));
}

/// Own values of the covariance by the method of Jacobi on the whole matrix: the plain slow way.
fn slow_variances(table: &Table) -> Vec<f64> {
    let size = table.comments.len();
    let mut held = vec![vec![0.0; size]; size];
    for voter in 0..table.voters.len() {
        for one in table.row(voter) {
            for other in table.row(voter) {
                let off = |cell: &(u32, i8)| f64::from(cell.1) - table.mean[cell.0 as usize];
                held[one.0 as usize][other.0 as usize] += off(one) * off(other);
            }
        }
    }
    for _ in 0..100 {
        for one in 0..size {
            for other in one + 1..size {
                let angle = 0.5 * (2.0 * held[one][other]).atan2(held[other][other] - held[one][one]);
                let (sine, cosine) = angle.sin_cos();
                for row in &mut held {
                    (row[one], row[other]) =
                        (cosine * row[one] - sine * row[other], sine * row[one] + cosine * row[other]);
                }
                let (first, second) = held.split_at_mut(other);
                for (a, b) in first[one].iter_mut().zip(&mut second[0]) {
                    (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
                }
            }
        }
    }
    let mut values: Vec<f64> = (0..size).map(|place| held[place][place]).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// Least weighted spread of any way to cut points into two groups, by trying every way.
fn slow_two(points: &[[f64; 2]], weights: &[f64]) -> f64 {
    let spread = |within: &dyn Fn(usize) -> bool| {
        let own: Vec<usize> = (0..points.len()).filter(|place| within(*place)).collect();
        let all: f64 = own.iter().map(|place| weights[*place]).sum();
        let middle =
            [0, 1].map(|axis| own.iter().map(|place| weights[*place] * points[*place][axis]).sum::<f64>() / all);
        own.iter().map(|place| weights[*place] * groups::apart(&points[*place], &middle)).sum::<f64>()
    };
    (1..1_u32 << (points.len() - 1))
        .map(|mask| spread(&|place| mask >> place & 1 == 1) + spread(&|place| mask >> place & 1 == 0))
        .fold(f64::INFINITY, f64::min)
}

fn spread_of(points: &[[f64; 2]], weights: &[f64], grouped: &groups::Grouped) -> f64 {
    let own = |(label, point): (&u32, &[f64; 2])| groups::apart(point, &grouped.centres[*label as usize]);
    grouped.label.iter().zip(points).zip(weights).map(|(one, weight)| weight * own(one)).sum()
}

proptest! {
    #[test]
    fn the_order_of_votes_changes_nothing(votes in once_each(), turn in 0_usize..300) {
        let mut other = votes.clone();
        other.reverse();
        let turn = turn % other.len();
        other.rotate_left(turn);
        prop_assert_eq!(found(&votes), found(&other));
    }

    #[test]
    fn other_signs_change_no_group(votes in any_votes()) {
        let other: Vec<Vote> = votes.iter().map(|own| Vote { vote: -own.vote, ..*own }).collect();
        let (one, other) = (found(&votes), found(&other));
        prop_assert_eq!(&one.group, &other.group);
        prop_assert_eq!(&one.trials, &other.trials);
        for (one, other) in one.place.iter().zip(&other.place) {
            prop_assert_eq!(one.map(|place| place.map(|along| -along)), *other);
        }
    }

    #[test]
    fn the_same_vote_again_changes_nothing(votes in any_votes(), which in 0_usize..300) {
        let one = found(&votes);
        let own = votes[which % votes.len()];
        let same = votes.iter().filter(|vote| (vote.voter, vote.comment) == (own.voter, own.comment));
        let last = *same.max_by_key(|vote| vote.time).expect("it is among them");
        let mut again = votes.clone();
        again.push(last);
        let mut other = found(&again);
        other.votes_given -= 1;
        prop_assert_eq!(one, other);
    }

    #[test]
    fn other_numbers_of_voters_and_comments_change_no_group(
        first in 6_u32..20, second in 6_u32..20, comments in 10_u32..16,
        strays in prop::collection::vec(0_u32..100, 1..9), shift in 1_u32..1000,
    ) {
        let votes = camps([first, second], comments, &strays);
        let settings = OpinionSettings { groups: Some(2), ..OpinionSettings::default() };
        let one = opinions(&votes, &settings).expect("valid");
        // Multiplying by an odd number keeps all numbers apart and shuffles their order.
        let name = |number: u32| number.wrapping_add(shift).wrapping_mul(2_654_435_761);
        let renamed: Vec<Vote> = votes.iter().map(|own| vote(name(own.voter), name(own.comment), own.vote)).collect();
        let other = opinions(&renamed, &settings).expect("valid");
        let of = |opinions: &Opinions, voter: u32| {
            opinions.voters.binary_search(&voter).ok().and_then(|place| opinions.group[place])
        };
        for a in 0..first + second {
            for b in 0..a {
                let together = (a < first) == (b < first);
                prop_assert_eq!(of(&one, a) == of(&one, b), together);
                prop_assert_eq!(of(&other, name(a)) == of(&other, name(b)), together);
            }
        }
        prop_assert_eq!(one.bridges.len(), other.bridges.len());
        prop_assert_eq!(one.divides.len(), other.divides.len());
    }

    #[test]
    fn one_thread_or_several_give_the_same(votes in any_votes()) {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be made");
            pool.install(|| found(&votes))
        };
        prop_assert_eq!(run(1), run(3));
    }

    #[test]
    fn counts_and_moves_add_up(votes in any_votes()) {
        let found = found(&votes);
        prop_assert_eq!(found.sizes.iter().sum::<usize>(), found.placed());
        prop_assert_eq!(found.votes_of.iter().sum::<u32>() as usize, found.votes_counted());
        prop_assert!(found.share.iter().sum::<f64>() <= 1.0 + 1e-9);
        let mut placed_votes = 0;
        for (row, voter) in found.voters.iter().enumerate() {
            let pulls = found.explain(*voter).expect("it voted");
            prop_assert_eq!(pulls.len(), found.votes_of[row] as usize);
            let Some(place) = found.place[row] else { continue };
            placed_votes += pulls.len();
            for (axis, along) in place.iter().enumerate() {
                let sum: f64 = pulls.iter().map(|pull| pull.moves[axis]).sum();
                prop_assert!((sum - along).abs() < 1e-9);
            }
        }
        let told: u32 = found.comments.iter().flat_map(|comment| found.counts(*comment)).map(Counts::votes).sum();
        prop_assert_eq!(told as usize, placed_votes);
        for stand in &found.stands {
            prop_assert!(stand.share_inside > stand.share_outside && stand.q_value >= stand.p_value);
        }
    }

    #[test]
    fn variances_are_those_of_the_whole_matrix(votes in any_votes()) {
        let table = Table::of(&votes).expect("valid");
        let slow = slow_variances(&table);
        let total: f64 = slow.iter().sum();
        let axes = Axes::of(&table);
        for axis in 0..slow.len().min(2) {
            let whole = if total > 1e-9 { slow[axis] / total } else { 0.0 };
            prop_assert!((axes.share[axis] - whole).abs() < 1e-6, "{:?} {:?}", axes.share, slow);
        }
    }

    #[test]
    fn no_point_is_nearer_to_another_centre(
        points in prop::collection::vec((-3.0_f64..3.0, -3.0_f64..3.0, 1.0_f64..5.0), 3..10), groups in 2_usize..4,
    ) {
        let weights: Vec<f64> = points.iter().map(|point| point.2).collect();
        let points: Vec<[f64; 2]> = points.iter().map(|point| [point.0, point.1]).collect();
        let settings = OpinionSettings { groups: Some(groups), ..OpinionSettings::default() };
        let grouped = group(&points, &weights, &settings);
        for (point, label) in points.iter().zip(&grouped.label) {
            let own = groups::apart(point, &grouped.centres[*label as usize]);
            prop_assert!(grouped.centres.iter().all(|centre| groups::apart(point, centre) >= own - 1e-9));
        }
        if groups == 2 {
            prop_assert!(spread_of(&points, &weights, &grouped) >= slow_two(&points, &weights) * (1.0 - 1e-9));
        }
    }

    #[test]
    fn two_heaps_apart_are_cut_as_well_as_can_be(
        heap in prop::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0, 1.0_f64..5.0), 4..10), cut in 1_usize..3,
        away in 12.0_f64..50.0,
    ) {
        let weights: Vec<f64> = heap.iter().map(|point| point.2).collect();
        let shift = |place: usize| if place < cut { away } else { 0.0 };
        let points: Vec<[f64; 2]> =
            heap.iter().enumerate().map(|(place, point)| [point.0 + shift(place), point.1 - shift(place)]).collect();
        let grouped = group(&points, &weights, &OpinionSettings { groups: Some(2), ..OpinionSettings::default() });
        let (own, best) = (spread_of(&points, &weights, &grouped), slow_two(&points, &weights));
        prop_assert!((own - best).abs() <= 1e-9 * best, "{own} {best}");
    }

    #[test]
    fn the_silhouette_lies_between_its_ends(
        points in prop::collection::vec((-3.0_f64..3.0, -3.0_f64..3.0, 0_u32..3), 1..30),
    ) {
        let label: Vec<u32> = points.iter().map(|point| point.2).collect();
        let points: Vec<[f64; 2]> = points.iter().map(|point| [point.0, point.1]).collect();
        let all: Vec<u32> = (0..points.len() as u32).collect();
        let (mean, error) = silhouette(&points, &label, 3, &all);
        prop_assert!((-1.0..=1.0).contains(&mean) && (0.0..=1.0).contains(&error));
        // With all points in one place of two, far apart, it is nearly 1.
        let far: Vec<[f64; 2]> = label.iter().map(|label| [f64::from(*label) * 100.0, 0.0]).collect();
        let alone = (0..3).filter(|group| label.iter().filter(|label| *label == group).count() == 1).count();
        let held = (0..3).filter(|group| label.contains(group)).count();
        if held > 1 {
            let expected = (label.len() - alone) as f64 / label.len() as f64;
            prop_assert!((silhouette(&far, &label, 3, &all).0 - expected).abs() < 1e-9);
        }
    }
}
