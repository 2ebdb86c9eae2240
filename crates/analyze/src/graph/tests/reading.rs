//! The graph in memory and what it is read from.

use super::*;

proptest! {
    #[test]
    fn a_graph_holds_its_edges(case in cases(), directed in any::<bool>(), weighted in any::<bool>()) {
        let (graph, square) = (case.graph(directed, weighted), case.square(directed, weighted));
        for (row, values) in square.iter().enumerate() {
            let ends: Vec<u32> = (0..case.vertices as u32).filter(|end| values[*end as usize] > 0.0).collect();
            prop_assert_eq!(graph.neighbours(row as u32), &ends[..]);
            let sources: Vec<u32> = (0..case.vertices as u32).filter(|from| square[*from as usize][row] > 0.0).collect();
            prop_assert_eq!(graph.sources(row as u32), &sources[..]);
            for end in 0..case.vertices as u32 {
                let weight = values[end as usize];
                prop_assert_eq!(graph.weight(row as u32, end), (weight > 0.0).then_some(weight));
            }
        }
        let listed: Vec<(u32, u32, f64)> = graph.list().collect();
        prop_assert_eq!(listed.len(), graph.edges());
        let both: Vec<(u32, u32)> = listed.iter().map(|(a, b, _)| (*a, *b)).collect();
        let weights: Vec<f64> = listed.iter().map(|(_, _, weight)| *weight).collect();
        let given = graph.is_weighted().then_some(weights.as_slice());
        prop_assert_eq!(&Graph::new(case.vertices, &both, given, &settings(directed)).expect("sound"), &graph);
    }

    #[test]
    fn without_directions_edges_to_and_fro_are_one(case in cases(), weighted in any::<bool>()) {
        prop_assert_eq!(case.graph(true, weighted).undirected(), case.graph(false, weighted));
    }

    #[test]
    fn repeats_are_counted_or_the_last_counts(case in cases()) {
        let counted = Graph::new(case.vertices, &case.pairs, None, &settings(true)).expect("sound");
        for (source, target, weight) in counted.list() {
            let count = case.pairs.iter().filter(|pair| **pair == (source, target)).count();
            prop_assert_eq!(weight, count as f64);
        }
        let last = GraphSettings { directed: true, drop_loops: true, repeats: Repeats::Last };
        let last = Graph::new(case.vertices, &case.pairs, Some(&case.weights), &last).expect("sound");
        prop_assert_eq!(last.loops(), 0);
        for (source, target, weight) in last.list() {
            let place = case.pairs.iter().rposition(|pair| *pair == (source, target)).expect("an edge was given");
            prop_assert_eq!(weight, case.weights[place]);
        }
    }

    #[test]
    fn what_is_written_is_read(
        pairs in proptest::collection::vec((0..u32::MAX, 0..u32::MAX), 0..50),
        separator in prop::sample::select(vec![",", ";", "\t", " ", ", ", " \t"]),
        end in prop::sample::select(vec!["\n", "\r\n", "\n\n", " \n", "\n# a note\n"]),
        header in prop::sample::select(vec!["", "src,dst\n", "\u{feff}\"a\";\"b\"\r\n", "# list\nFrom To\n"]),
        closed in any::<bool>(),
    ) {
        let lines: Vec<String> = pairs.iter().map(|(a, b)| format!("{a}{separator}{b}")).collect();
        let text = format!("{header}{}{}", lines.join(end), if closed { end } else { "" });
        prop_assert_eq!(parse_pairs(text.as_bytes()), Ok(pairs));
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = parse_pairs(&bytes) {
            let line = matches!(&error, GraphError::Line { line, .. } if *line >= 1);
            prop_assert!(line, "{}", error);
        }
    }

    #[test]
    fn numbers_stand_for_ids(ids in proptest::collection::vec(0_u32..30, 0..40), far in any::<bool>()) {
        let far = if far { 1 << 26 } else { 1 };
        let ids: Vec<u32> = ids.iter().map(|id| id * far).collect();
        let (numbers, known) = number(&ids).expect("few");
        let back: Vec<u32> = numbers.iter().map(|number| known[*number as usize]).collect();
        prop_assert_eq!(&back, &ids);
        let given: Vec<(u32, u32)> = ids.iter().zip(ids.iter().rev()).map(|(a, b)| (*a, *b)).collect();
        let mut pairs = given.clone();
        let known = dense(&mut pairs);
        prop_assert!(known.is_sorted_by(|a, b| a < b));
        let back: Vec<(u32, u32)> = pairs.iter().map(|(a, b)| (known[*a as usize], known[*b as usize])).collect();
        prop_assert_eq!(back, given);
    }
}

#[test]
fn a_faulty_line_is_shown_with_its_number() {
    let faulty = |text: &str| parse_pairs(text.as_bytes()).expect_err("the text is faulty").to_string();
    let write =
        "write two whole numbers below 4294967295, with no zeros before them and a comma, tab or space between them";
    let cases = [
        ("1,2\n3\n", 2, "3"),
        ("a,b\n\n1,x\n", 3, "1,x"),
        ("1,2,3\n", 1, "1,2,3"),
        ("1,2\n-1,3\n", 2, "-1,3"),
        ("# note\n1,4294967295\n", 2, "1,4294967295"),
        ("1,2\nsrc,dst\n", 2, "src,dst"),
        ("1.5,2\n", 1, "1.5,2"),
        (",2\n", 1, ",2"),
        ("1,,2", 1, "1,,2"),
        ("0,1\n01,2\n", 2, "01,2"),
        ("0,1\n12345678,00000001\n", 2, "12345678,00000001"),
    ];
    for (text, line, found) in cases {
        assert_eq!(faulty(text), format!("line {line}: found `{found}`; {write}"));
    }
    // Past the first piece, whose lines are counted too.
    let many = "12345,67890\n".repeat(100_000);
    assert!(faulty(&format!("{many}oops\n{many}")).starts_with("line 100001: found `oops`"));
    assert!(faulty(&format!("source,target\n{many}oops")).starts_with("line 100002: found `oops`"));
}

#[test]
fn a_list_in_parts_is_read_as_in_one() {
    let lines: Vec<String> = (0..500_u32).map(|line| format!("{},{}\n", line.pow(3), line % 7)).collect();
    let texts = [
        lines.concat(),
        format!("# list\n\nsource,target\n{}# end\n12345678,7", lines.concat()),
        format!("\u{feff}{}1,oops\n{}", lines.concat(), lines.concat()),
        // A header may stand at the front only, not at the front of a later part.
        format!("1,2\nsource,target\n{}", lines.concat()),
    ];
    for text in texts {
        for lines_of_part in [1, 2, 3, 100] {
            let mut reader = PairReader::default();
            let parts: Vec<&str> = text.split_inclusive('\n').collect();
            let read = parts.chunks(lines_of_part).try_for_each(|part| {
                reader.take(part.concat().as_bytes())?;
                // Room for fewer than there will be, and none that ends sooner than what is there.
                reader.expect(200);
                Ok(())
            });
            assert_eq!(
                read.map(|()| reader.into_pairs()),
                parse_pairs(text.as_bytes()),
                "{lines_of_part} lines at a time"
            );
        }
    }
}

#[test]
fn a_large_list_makes_the_same_graph_as_a_square() {
    let (vertices, pairs) = (3000, large(3000, 150_000, 4));
    let graph = Graph::new(vertices, &pairs, None, &settings(true)).expect("sound");
    let mut counts = vec![0.0; vertices * vertices];
    pairs.iter().for_each(|(a, b)| counts[*a as usize * vertices + *b as usize] += 1.0);
    let expected: Vec<(u32, u32, f64)> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0.0)
        .map(|(place, count)| ((place / vertices) as u32, (place % vertices) as u32, *count))
        .collect();
    assert_eq!(graph.list().collect::<Vec<_>>(), expected);
    let turned: Vec<u32> = (0..vertices as u32).flat_map(|vertex| graph.sources(vertex).to_vec()).collect();
    assert_eq!(turned.len(), expected.len());
}
