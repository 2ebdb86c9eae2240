use super::*;

const HOMES: [Named<'static>; 8] = [
    home(
        "moree",
        &["Whiddon Moree Nursing Home", "The Whiddon Group - Moree"],
        "Moree",
        "NSW",
        "The Frank Whiddon Masonic Homes of New South Wales",
    ),
    home("casino", &["Whiddon Casino"], "Casino", "NSW", "The Frank Whiddon Masonic Homes of New South Wales"),
    home("donvale", &["Bupa Donvale"], "Donvale", "VIC", "Bupa Aged Care Australia Pty Ltd"),
    home("annes_hill", &["St Anne's Nursing Home"], "Broken Hill", "NSW", "Southern Cross Care"),
    home(
        "annes_hunters",
        &["Catholic Healthcare St Anne's Aged Care"],
        "Hunters Hill",
        "NSW",
        "Catholic Healthcare Limited",
    ),
    home("montclaire", &["Bolton Clarke Montclaire", "Montclaire"], "Brighton", "VIC", "RSL Care RDNS Limited"),
    home("harbour", &["Harbour View Lodge Pty Ltd"], "Kiama", "NSW", "Harbour View Pty Ltd"),
    home("garden", &["Garden View"], "Kew", "VIC", "Garden View Aged Care Pty Ltd"),
];

const fn home(
    id: &'static str,
    names: &'static [&'static str],
    place: &'static str,
    region: &'static str,
    provider: &'static str,
) -> Named<'static> {
    Named { id, names, place: Some(place), region: Some(region), provider: Some(provider) }
}

fn check(text: &str, expected: &[(&str, &str)]) {
    let found = MentionIndex::new(&HOMES).find(text, None);
    let told: Vec<(&str, &str)> =
        found.iter().map(|mention| (mention.entity.as_str(), &text[mention.start..mention.end])).collect();
    assert_eq!(told, expected, "{text}\n{found:#?}");
    for mention in &found {
        let sum: f64 = mention.because.iter().map(|reason| reason.weight).sum();
        assert!((sum - mention.weight).abs() < 1e-9, "reasons add up to {sum}, the weight is {}", mention.weight);
    }
}

#[test]
fn names_are_found_as_people_write_them() {
    check("Mum loves whiddon moree!", &[("moree", "whiddon moree")]);
    check("the Montclare in Brighton is a disgrace", &[("montclaire", "Montclare")]);
    check(
        "We moved Dad from Bupa Donvale to HarbourView Lodge.",
        &[("donvale", "Bupa Donvale"), ("harbour", "HarbourView Lodge")],
    );
    check("Saint Annes in Hunters Hill: kind staff", &[("annes_hunters", "Saint Annes")]);
    check("St Anne's, Broken Hill", &[("annes_hill", "St Anne's")]);
}

#[test]
fn nothing_named_gives_nothing() {
    check("Mum has been in a nursing home for two years, the garden and the view are lovely", &[]);
    check("Does anyone know a good home in Brighton?", &[]);
    check("", &[]);
}

#[test]
fn context_tells_homes_of_one_name_apart() {
    let index = MentionIndex::new(&HOMES);
    let text = "St Anne's was good to us";
    let open = index.find(text, None);
    assert!(open.iter().all(|mention| mention.rival.is_some()));
    let context = Surroundings { place: Some("HUNTERS HILL"), region: Some("NSW") };
    let found = index.find(text, Some(&context));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].entity, "annes_hunters");
    assert!(found[0].probability > 0.9, "{found:#?}");
}

#[test]
fn an_index_changed_in_place_is_like_a_new_one() {
    let mut index = MentionIndex::new(&HOMES);
    assert!(index.remove("donvale"));
    assert!(!index.remove("donvale"));
    index.insert(&HOMES[0]);
    let fresh = MentionIndex::new(&HOMES.iter().filter(|home| home.id != "donvale").copied().collect::<Vec<_>>());
    for text in ["Bupa Donvale", "whiddon moree", "Whiddon", "Montclare Brighton"] {
        assert_eq!(index.find(text, None), fresh.find(text, None), "{text}");
    }
}
