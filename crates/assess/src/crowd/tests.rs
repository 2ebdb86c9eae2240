use super::*;
use proptest::prelude::*;
use simulate::Chance;

/// A world of workers with skills, and what it makes of true labels.
pub(super) struct World {
    pub(super) answers: Vec<Answer>,
    pub(super) truth: Vec<u16>,
}

/// Tasks with `each` answers from workers of whom a fifth answers at random.
pub(super) fn world(tasks: usize, workers: usize, each: usize, labels: u16, seed: u64) -> World {
    let mut chance = Chance::stream(seed, "crowd");
    let skills: Vec<f64> = (0..workers)
        .map(|worker| if worker % 5 == 0 { 1.0 / f64::from(labels) } else { 0.5 + 0.45 * chance.unit() })
        .collect();
    let (mut answers, mut truth) = (Vec::new(), Vec::new());
    for task in 0..tasks {
        let class = (chance.unit() * f64::from(labels)) as u16;
        truth.push(class);
        let mut own: Vec<usize> = Vec::new();
        while own.len() < each {
            let worker = (chance.unit().powi(2) * workers as f64) as usize;
            if !own.contains(&worker) {
                own.push(worker);
            }
        }
        for worker in own {
            let right = chance.unit() < skills[worker];
            let other = 1 + (chance.unit() * f64::from(labels - 1)) as u16;
            let label = if right { class } else { (class + other) % labels };
            answers.push(Answer { task: task as u32, worker: worker as u32, label });
        }
    }
    World { answers, truth }
}

fn inferred(answers: &Answers, method: Method) -> Inference {
    infer(answers, &[], &Groups::default(), &Settings { method, ..Settings::default() }).expect("sound answers")
}

fn accuracy(inference: &Inference, answers: &Answers, truth: &[u16]) -> f64 {
    let right = |(task, class): &(usize, &u16)| inference.label(answers, *task).label == Some(**class);
    truth.iter().enumerate().filter(right).count() as f64 / truth.len() as f64
}

#[test]
fn the_default_is_at_least_as_good_as_the_plain_methods_and_better_where_answers_are_few() {
    for (each, seed) in [(3, 1), (5, 2), (12, 3)] {
        let world = world(3_000, 150, each, 4, seed);
        let answers = Answers::new(&world.answers, 3_000, 150, 4).expect("one answer each");
        let of = |method| accuracy(&inferred(&answers, method), &answers, &world.truth);
        let ours = of(Method::Hierarchical);
        for other in [Method::DawidSkene, Method::Majority, Method::Wawa] {
            assert!(ours >= of(other) - 0.003, "{each} answers: ours {ours}, {} {}", other.word(), of(other));
        }
    }
    // 600 workers of 10 answers each: matrices of their own say nothing.
    let world = world(2_000, 600, 3, 4, 4);
    let answers = Answers::new(&world.answers, 2_000, 600, 4).expect("one answer each");
    let of = |method| accuracy(&inferred(&answers, method), &answers, &world.truth);
    assert!(of(Method::Hierarchical) > of(Method::DawidSkene) + 0.02);
}

/// A handful of answers is no crowd to learn from: what counts is what was said.
#[test]
fn few_answers_are_taken_as_they_were_given() {
    let answer = |(task, worker, label)| Answer { task, worker, label };
    for (list, expected) in [
        (&[(0, 0, 0), (0, 1, 1), (0, 2, 0)][..], &[0][..]),
        (&[(0, 0, 0), (1, 1, 0), (1, 2, 1), (1, 3, 1)], &[0, 1]),
        (&[(0, 0, 2), (1, 1, 2)], &[2, 2]),
        (&[(0, 0, 3), (0, 1, 3)], &[3]),
    ] {
        for labels in 4..7 {
            let list: Vec<Answer> = list.iter().copied().map(answer).collect();
            let answers = Answers::new(&list, expected.len(), 4, labels).expect("one answer each");
            let found = inferred(&answers, Method::Hierarchical);
            for (task, label) in expected.iter().enumerate() {
                assert_eq!(found.label(&answers, task).label, Some(*label), "{list:?} of {labels} labels");
            }
        }
    }
    for (tasks, least) in [(1, 0.0), (4, 0.01), (10, 0.02), (40, 0.02)] {
        let (mut own, mut most, mut of_nobody) = (0.0, 0.0, 0);
        for seed in 0..400 {
            let world = world(tasks, 6, 1 + seed as usize % 5, 2 + seed as u16 % 3, seed);
            let answers = Answers::new(&world.answers, tasks, 6, 2 + seed as usize % 3).expect("one answer each");
            let found = inferred(&answers, Method::Hierarchical);
            own += accuracy(&found, &answers, &world.truth) / 400.0;
            most += accuracy(&inferred(&answers, Method::Majority), &answers, &world.truth) / 400.0;
            of_nobody += (0..tasks)
                .filter(|task| {
                    let said = &answers.label[answers.of(*task)];
                    found.label(&answers, *task).label.is_some_and(|label| !said.contains(&label))
                })
                .count();
        }
        assert!(own >= most - least, "{tasks} tasks: {own:.3} right, {most:.3} by what most say");
        assert!(of_nobody <= tasks * 400 / 50, "{of_nobody} of {tasks} times 400 labels were given by nobody");
    }
}

#[test]
fn as_a_dense_crowd_grows_the_default_and_the_published_method_meet() {
    let world = world(1_500, 12, 10, 3, 5);
    let answers = Answers::new(&world.answers, 1_500, 12, 3).expect("one answer each");
    let (ours, plain) = (inferred(&answers, Method::Hierarchical), inferred(&answers, Method::DawidSkene));
    let apart: f64 =
        ours.belief.iter().zip(&plain.belief).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / 1_500.0;
    assert!(apart < 0.01, "beliefs lie {apart} apart");
    for class in 0..3 {
        for label in 0..3 {
            let of = |inference: &Inference| inference.chance(3, class, label);
            assert!((of(&ours) - of(&plain)).abs() < 0.05, "{} {}", of(&ours), of(&plain));
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_result() {
    let world = world(40_000, 300, 4, 4, 6);
    let answers = Answers::new(&world.answers, 40_000, 300, 4).expect("one answer each");
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| inferred(&answers, Method::Hierarchical))
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn known_labels_hold_and_teach() {
    let world = world(400, 40, 3, 3, 7);
    let answers = Answers::new(&world.answers, 400, 40, 3).expect("one answer each");
    let gold: Vec<Gold> = (0..100).map(|task| Gold { task, label: world.truth[task as usize] }).collect();
    let with = infer(&answers, &gold, &Groups::default(), &Settings::default()).expect("sound");
    for one in &gold {
        let label = with.label(&answers, one.task as usize);
        assert_eq!((label.label, label.confidence), (Some(one.label), 1.0));
    }
    let without = inferred(&answers, Method::Hierarchical);
    let rest = |inference: &Inference| {
        (100..400).filter(|task| inference.label(&answers, *task).label == Some(world.truth[*task])).count()
    };
    assert!(rest(&with) >= rest(&without), "{} with, {} without", rest(&with), rest(&without));
    let twice = [gold[0], Gold { label: (gold[0].label + 1) % 3, ..gold[0] }];
    assert!(infer(&answers, &twice, &Groups::default(), &Settings::default()).is_err());
}

#[test]
fn odd_workers_are_flagged_and_others_are_not() {
    let mut world = world(1_200, 30, 5, 3, 8);
    world.answers.retain(|answer| answer.worker != 29 && answer.worker != 28 && answer.worker != 27);
    let said: std::collections::HashMap<u32, u16> =
        world.answers.iter().filter(|answer| answer.worker == 1).map(|answer| (answer.task, answer.label)).collect();
    let mut chance = Chance::stream(9, "odd");
    for task in 0..1_200u32 {
        if let Some(label) = said.get(&task) {
            world.answers.push(Answer { task, worker: 29, label: *label });
        }
        if task % 3 == 0 {
            world.answers.push(Answer { task, worker: 28, label: 2 });
            world.answers.push(Answer { task, worker: 27, label: (chance.unit() * 3.0) as u16 });
        }
    }
    let answers = Answers::new(&world.answers, 1_200, 30, 3).expect("one answer each");
    let inference = inferred(&answers, Method::Hierarchical);
    let workers = inference.workers(&answers);
    assert_eq!((workers[29].copies, workers[1].copies), (Some(1), Some(29)));
    assert_eq!(workers[28].flags, [Flag::AlwaysTheSame]);
    assert!(workers[27].flags.contains(&Flag::Spammer), "{:?}", workers[27]);
    let copied = workers.iter().filter(|worker| worker.flags.contains(&Flag::Copies)).count();
    assert_eq!(copied, 2, "nobody else copies");
    let skilled = (0..27).filter(|worker| worker % 5 != 0);
    let wrong = skilled.filter(|worker| workers[*worker].flags.contains(&Flag::Spammer)).count();
    assert_eq!(wrong, 0, "who is right more often than not is no spammer");
}

#[test]
fn one_answer_is_folded_in_as_a_new_run_would() {
    let world = world(2_000, 60, 5, 3, 10);
    let (late, early): (Vec<Answer>, Vec<Answer>) =
        world.answers.iter().partition(|answer| answer.task < 40 && answer.worker % 3 == 0);
    let answers = Answers::new(&early, 2_000, 60, 3).expect("one answer each");
    let mut folding = Folding::new(inferred(&answers, Method::Hierarchical), &answers);
    let mut last = std::collections::HashMap::new();
    for answer in &late {
        let label = folding.fold(answer.task as usize, answer.worker, answer.label).expect("it is known");
        last.insert(answer.task, label);
    }
    let whole = Answers::new(&world.answers, 2_000, 60, 3).expect("one answer each");
    let again = inferred(&whole, Method::Hierarchical);
    let same = last.iter().filter(|(task, label)| again.label(&whole, **task as usize).label == label.label).count();
    assert!(same as f64 >= 0.95 * last.len() as f64, "{same} of {} are the same", last.len());
    for (task, label) in &last {
        assert_eq!(label.answers, whole.of(*task as usize).len());
    }
    assert_eq!(folding.fold(5_000, 0, 0), None);
}

#[test]
fn a_known_label_stays_whatever_is_folded_in() {
    let world = world(300, 20, 4, 3, 13);
    let answers = Answers::new(&world.answers, 300, 20, 3).expect("one answer each");
    let gold: Vec<Gold> = (0..50).map(|task| Gold { task, label: world.truth[task as usize] }).collect();
    for method in Method::ALL {
        let settings = Settings { method, ..Settings::default() };
        let inference = infer(&answers, &gold, &Groups::default(), &settings).expect("sound");
        let liar = inference.chance(3, 0, 0);
        let mut folding = Folding::new(inference, &answers);
        for one in &gold {
            // Everybody says another label, and says it again.
            for worker in 0..20 {
                let label = folding.fold(one.task as usize, worker, (one.label + 1) % 3).expect("it is known");
                assert_eq!((label.label, label.confidence), (Some(one.label), 1.0), "{}", method.word());
            }
        }
        if matches!(method, Method::Hierarchical | Method::DawidSkene) {
            let now = folding.inference().chance(3, 0, 0);
            assert!(now < liar, "what is known still tells about workers: {now} and {liar}");
        }
    }
}

#[test]
fn new_tasks_and_new_workers_are_folded_in() {
    let world = world(2_000, 60, 5, 3, 14);
    let early: Vec<Answer> = world.answers.iter().copied().filter(|one| one.task < 1_900 && one.worker < 50).collect();
    let late: Vec<Answer> = world.answers.iter().copied().filter(|one| one.task >= 1_900 || one.worker >= 50).collect();
    for method in Method::ALL {
        let answers = Answers::new(&early, 1_900, 50, 3).expect("one answer each");
        let mut folding = Folding::new(inferred(&answers, method), &answers);
        // Who is not there yet gets the number that is next.
        let mut numbers: std::collections::HashMap<u32, u32> = (0..50).map(|worker| (worker, worker)).collect();
        let mut last = std::collections::BTreeMap::new();
        for one in &late {
            let next = numbers.len() as u32;
            let worker = *numbers.entry(one.worker).or_insert(next);
            let label = folding.fold(one.task as usize, worker, one.label).expect("it is taken");
            last.insert(one.task, label);
        }
        let new: Vec<(&u32, &Label)> = last.range(1_900..).collect();
        assert!(new.iter().all(|(_, label)| label.answers == 5));
        let right = |of: &dyn Fn(u32) -> Option<u16>| {
            (1_900..2_000u32).filter(|task| of(*task) == Some(world.truth[*task as usize])).count()
        };
        let whole = Answers::new(&world.answers, 2_000, 60, 3).expect("one answer each");
        let again = inferred(&whole, method);
        let (ours, anew) = (right(&|task| last[&task].label), right(&|task| again.label(&whole, task as usize).label));
        assert!(ours + 4 >= anew, "{}: {ours} of 100 new tasks are right, {anew} in a new run", method.word());
        // Beyond the next, or of an unknown label: that takes a new run.
        let next = folding.add_worker(0).expect("a group");
        assert_eq!(
            (folding.fold(2_001, 0, 0), folding.fold(0, next + 2, 0), folding.fold(0, 0, 3)),
            (None, None, None)
        );
        assert_eq!((folding.add_task(1), folding.add_worker(1)), (None, None));
    }
}

#[test]
fn a_new_worker_is_taken_for_one_of_their_group() {
    // Workers of the second group answer anything.
    let mut world = world(1_500, 40, 6, 3, 15);
    let mut chance = Chance::stream(15, "groups");
    for one in world.answers.iter_mut().filter(|one| one.worker % 2 == 1) {
        one.label = (chance.unit() * 3.0) as u16;
    }
    let groups = Groups::new((0..40).map(|worker| worker % 2).collect(), (0..1_500).map(|task| task % 2).collect());
    let answers = Answers::new(&world.answers, 1_500, 40, 3).expect("one answer each");
    let inference = infer(&answers, &[], &groups, &Settings::default()).expect("sound");
    let mut folding = Folding::new(inference, &answers);
    let (good, bad) = (folding.add_worker(0).expect("a group"), folding.add_worker(1).expect("a group"));
    let right = |folding: &Folding<'_>, worker: u32| folding.inference().chance(worker as usize, 1, 1);
    assert!(
        right(&folding, good) > 0.55 && right(&folding, bad) < 0.45,
        "{} {}",
        right(&folding, good),
        right(&folding, bad)
    );
    let task = folding.add_task(1).expect("a group");
    let of_bad = folding.fold(task, bad, 2).expect("it is taken");
    let of_both = folding.fold(task, good, 1).expect("it is taken");
    assert_eq!((of_both.label, of_both.answers), (Some(1), 2));
    assert!(of_bad.confidence < 0.5, "one who answers anything says nothing: {}", of_bad.confidence);
}

/// Of what is told with .85 to .95, 88 to 92 of 100 are right.
#[test]
fn told_confidence_holds_in_crowds_of_several_kinds() {
    let mut all = Vec::new();
    for (tasks, workers, each, labels) in
        [(6_000, 150, 5, 4), (6_000, 300, 4, 3), (4_000, 80, 7, 5), (8_000, 400, 3, 2), (6_000, 600, 5, 4)]
    {
        let mut of_kind = Vec::new();
        for seed in 61..66 {
            let world = world(tasks, workers, each, labels, seed);
            let answers = Answers::new(&world.answers, tasks, workers, usize::from(labels)).expect("one answer each");
            let inference = inferred(&answers, Method::Hierarchical);
            of_kind.extend(world.truth.iter().enumerate().map(|(task, class)| {
                let label = inference.label(&answers, task);
                (label.confidence, label.label == Some(*class))
            }));
        }
        let found = calibration(of_kind.iter().copied());
        let part = found.table.iter().find(|part| part.from == 0.85).expect("labels told with nine in ten");
        assert!(part.number > 1_000 && (0.88..=0.92).contains(&part.right), "{each} answers each: {part:?}");
        all.extend(of_kind);
    }
    for part in calibration(all).table {
        assert!(part.number < 1_000 || (part.told - part.right).abs() < 0.03, "{part:?}");
    }
}

#[test]
fn one_answer_is_folded_in_within_a_millisecond() {
    let world = world(20_000, 400, 6, 4, 17);
    let (early, late) = world.answers.split_at(110_000);
    // Most of the tasks that are still to come are new ones.
    let answers = Answers::new(early, 18_334, 400, 4).expect("one answer each");
    let mut folding = Folding::new(inferred(&answers, Method::Hierarchical), &answers);
    let mut times: Vec<std::time::Duration> = late
        .iter()
        .map(|answer| {
            let begin = std::time::Instant::now();
            folding.fold(answer.task as usize, answer.worker, answer.label).expect("it is known");
            begin.elapsed()
        })
        .collect();
    times.sort();
    let slow = times[times.len() * 99 / 100];
    assert!(slow < std::time::Duration::from_millis(1), "99 of 100 within {slow:?}");
}

/// Priors of large crowds are learnt from some of the workers; which ones they are must not matter, nor may a small group be left out.
#[test]
fn a_large_crowd_is_known_from_a_part_of_it_and_a_small_group_from_all() {
    let world = world(12_000, 9_000, 5, 4, 23);
    let answers = Answers::new(&world.answers, 12_000, 9_000, 4).expect("one answer each");
    let few = (0..9_000).map(|worker| u32::from(worker % 100 == 7)).collect();
    let groups = Groups::new(few, Vec::new());
    let sample = common::sample(&answers, &groups);
    let of_group = |group| sample.iter().filter(|worker| groups.of_worker(**worker as usize) == group).count();
    assert_eq!((of_group(0), of_group(1)), (2_970, 90), "every third of 8,910, and all of 90");

    let ours = accuracy(&inferred(&answers, Method::Hierarchical), &answers, &world.truth);
    // The same workers under other numbers: other ones of equal activity are asked.
    let turned: Vec<Answer> =
        world.answers.iter().map(|answer| Answer { worker: 8_999 - answer.worker, ..*answer }).collect();
    let turned = Answers::new(&turned, 12_000, 9_000, 4).expect("one answer each");
    let again = accuracy(&inferred(&turned, Method::Hierarchical), &turned, &world.truth);
    assert!((ours - again).abs() < 0.003, "{ours} and {again}");
    assert!(ours >= accuracy(&inferred(&answers, Method::Majority), &answers, &world.truth) + 0.01, "{ours}");
}

#[test]
fn a_label_explains_itself_by_its_votes() {
    let world = world(300, 20, 5, 3, 11);
    let answers = Answers::new(&world.answers, 300, 20, 3).expect("one answer each");
    let inference = inferred(&answers, Method::Hierarchical);
    for task in 0..300 {
        let because = inference.explain(&answers, task).because;
        assert_eq!(because.contributions.len(), 5);
        let reasons = inference.reasons(&answers, task);
        let mut workers: Vec<u32> = reasons.iter().map(|reason| reason.worker).collect();
        for (reason, one) in reasons.iter().zip(&because.contributions) {
            assert_eq!(one.label, format!("worker {}", reason.worker));
            assert_eq!((one.value, one.weight), (f64::from(reason.label), reason.weight));
            assert!(answers.of_task(task).any(|said| said == (reason.worker, reason.label)));
        }
        workers.sort_unstable();
        assert_eq!(workers, answers.of_task(task).map(|(worker, _)| worker).collect::<Vec<_>>());
        assert!((because.contributions.iter().map(|one| one.weight).sum::<f64>() - 1.0).abs() < 1e-9);
        let odds: f64 = because.figures.iter().map(|(_, value)| value).sum();
        assert!(odds > -0.7, "what speaks for the label outweighs what speaks against it: {odds}");
    }
}

#[test]
fn tags_become_votes_of_everybody_who_tagged() {
    let tag = |task, worker, tag| TagVote { task, worker, tag };
    let given = [tag(0, 0, 7), tag(0, 1, 7), tag(0, 1, 9), tag(0, 1, 9), tag(3, 2, 7)];
    let VotesOfTags { answers, pairs, gold, .. } = votes_of_tags(&given, &[], 3);
    assert!(gold.is_empty());
    assert_eq!(pairs, [(0, 7), (0, 9), (3, 7)]);
    let votes = |task| answers.of_task(task).collect::<Vec<_>>();
    assert_eq!((votes(0), votes(1), votes(2)), (vec![(0, 1), (1, 1)], vec![(0, 0), (1, 1)], vec![(2, 1)]));
}

/// Known tags of a task settle all that was said of it, also what nobody said.
#[test]
fn known_tags_hold_and_teach() {
    let tag = |task, worker, tag| TagVote { task, worker, tag };
    let given = [tag(0, 0, 7), tag(0, 1, 9), tag(3, 2, 7), tag(3, 0, 9)];
    let VotesOfTags { answers, pairs, gold, .. } = votes_of_tags(&given, &[(0, 9), (0, 8), (0, 8)], 3);
    assert_eq!(pairs, [(0, 7), (0, 8), (0, 9), (3, 7), (3, 9)]);
    assert_eq!(gold.iter().map(|one| (one.task, one.label)).collect::<Vec<_>>(), [(0, 0), (1, 1), (2, 1)]);
    let votes = |task| answers.of_task(task).collect::<Vec<_>>();
    assert_eq!((votes(1), votes(2)), (vec![(0, 0), (1, 0)], vec![(0, 0), (1, 1)]));

    // Three who invent tags against two who know: what is known of some tasks decides of the others.
    let mut given = Vec::new();
    for task in 0..80u32 {
        given.extend([tag(task, 0, task % 4), tag(task, 1, task % 4)]);
        given.extend([tag(task, 2, 4 + task % 3), tag(task, 3, 4 + task % 3), tag(task, 4, 4 + task % 3)]);
    }
    let known: Vec<(u32, u32)> = (0..20).map(|task| (task, task % 4)).collect();
    let VotesOfTags { answers, pairs, gold, .. } = votes_of_tags(&given, &known, 5);
    let inference = infer(&answers, &gold, &Groups::default(), &Settings::default()).expect("sound");
    for (pair, (task, tag)) in pairs.iter().enumerate() {
        let label = inference.label(&answers, pair);
        assert_eq!(label.label, Some(u16::from(*tag < 4)), "task {task}, tag {tag}: {label:?}");
        assert!(*task >= 20 || label.confidence == 1.0);
    }
    let of_pairs = Groups::new(Vec::new(), vec![0, 2, 1]).of_tasks([2, 2, 0, 1]);
    assert_eq!(of_pairs, Groups { task_groups: 3, ..Groups::new(Vec::new(), vec![1, 1, 0, 2]) });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_and_double_votes_change_nothing(seed in 0u64..1_000, cut in 1usize..50) {
        let world = world(60, 12, 4, 3, seed);
        let answers = Answers::new(&world.answers, 60, 12, 3).expect("one answer each");
        let mut shuffled = world.answers.clone();
        shuffled.rotate_left(cut);
        shuffled.reverse();
        shuffled.extend_from_slice(&world.answers[..cut]);
        let again = Answers::new(&shuffled, 60, 12, 3).expect("doubles are one vote");
        prop_assert_eq!(again.doubles(), cut);
        for method in Method::ALL {
            prop_assert_eq!(&inferred(&answers, method), &inferred(&again, method));
        }
    }

    #[test]
    fn beliefs_are_shares_whatever_is_answered(
        said in prop::collection::vec((0u32..9, 0u32..5, 0u16..4), 1..80),
    ) {
        let mut once = std::collections::BTreeMap::new();
        for (task, worker, label) in said {
            once.insert((task, worker), label);
        }
        let votes: Vec<Answer> =
            once.into_iter().map(|((task, worker), label)| Answer { task, worker, label }).collect();
        let answers = Answers::new(&votes, 9, 5, 4).expect("one answer each");
        for method in Method::ALL {
            let found = inferred(&answers, method);
            for task in 0..9 {
                let sum: f32 = found.belief(task).iter().sum();
                prop_assert!((sum - 1.0).abs() < 1e-4 && found.belief(task).iter().all(|share| (0.0..=1.0).contains(share)));
                prop_assert_eq!(found.label(&answers, task).label.is_some(), !answers.of(task).is_empty());
            }
            found.workers(&answers);
        }
    }

    #[test]
    fn two_different_answers_of_one_worker_are_refused_with_their_places(place in 0usize..20) {
        let mut votes: Vec<Answer> = (0..20).map(|task| Answer { task, worker: 1, label: 0 }).collect();
        votes.push(Answer { task: place as u32, worker: 1, label: 1 });
        prop_assert_eq!(Answers::new(&votes, 20, 2, 2), Err(TwoAnswers { first: place, second: 20 }));
    }
}
