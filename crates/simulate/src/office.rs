//! What the office itself holds beside the world: agreed prices, free places, budget lines, persons waiting. All invented.
//!
//! Holds the making of four tables. Persons are called by number; it must never hold a name that could be somebody's.

use crate::chance::Chance;
use crate::homes::Home;
use crate::sheet::to_csv;
use crate::truth::push;
use model::time::{date_from_days, days_since_epoch};
use model::{ColumnType, Date, Table, Value};

/// The simulated tables of an office.
#[derive(Clone, Debug, PartialEq)]
pub struct Office {
    /// home_name, home_suburb, home_state, room, weekly_price (Australian dollars), valid_from.
    pub agreed_prices: Table,
    /// home_name, home_suburb, home_state, kind_of_care, places, as_of.
    pub free_places: Table,
    /// line, title, weekly_ceiling (Australian dollars), places_funded.
    pub budget_lines: Table,
    /// person, display_name, birth_year, kind_of_care, locality, state, weekly_budget, budget_line, max_distance_km,
    /// wishes, needed_by.
    pub persons_waiting: Table,
}

impl Office {
    /// The tables as CSV files: name and bytes.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        [
            ("simulated_agreed_prices.csv", &self.agreed_prices),
            ("simulated_free_places.csv", &self.free_places),
            ("simulated_budget_lines.csv", &self.budget_lines),
            ("simulated_persons_waiting.csv", &self.persons_waiting),
        ]
        .map(|(name, table)| (name.to_owned(), to_csv(table)))
        .to_vec()
    }
}

/// Kinds of care with the share of homes that have free places of the kind, and of persons who need it.
const KINDS: [(&str, f64, f64); 3] = [("permanent", 0.55, 0.6), ("respite", 0.35, 0.22), ("dementia", 0.3, 0.18)];
/// Budget lines: code, title, weekly ceiling, places funded.
const LINES: [(&str, &str, f64, i64); 6] = [
    ("RES-BASIC", "Residential care, basic subsidy", 1_350.0, 60),
    ("RES-HIGH", "Residential care, high needs", 1_750.0, 40),
    ("RES-REMOTE", "Residential care in remote places", 1_950.0, 12),
    ("DEM-SPEC", "Dementia specific care", 1_900.0, 25),
    ("RESP-SHORT", "Respite, up to nine weeks", 1_500.0, 30),
    ("RESP-URGENT", "Respite, urgent", 1_800.0, 8),
];
/// Middle of each capital, where places cost more.
const CAPITALS: [(f64, f64); 8] = [
    (-33.87, 151.21),
    (-37.81, 144.96),
    (-27.47, 153.03),
    (-31.95, 115.86),
    (-34.93, 138.60),
    (-35.28, 149.13),
    (-12.46, 130.84),
    (-42.88, 147.33),
];

/// Makes the tables of an office for these homes, as they stand on a day, with so many persons waiting.
pub fn office(homes: &[Home], seed: u64, as_of: Date, persons: usize) -> Office {
    Office {
        agreed_prices: agreed_prices(homes, seed, as_of),
        free_places: free_places(homes, seed, as_of),
        budget_lines: budget_lines(),
        persons_waiting: persons_waiting(homes, seed, as_of, persons),
    }
}

fn agreed_prices(homes: &[Home], seed: u64, as_of: Date) -> Table {
    let mut table = Table::with_columns(&[
        ("home_name", ColumnType::Text),
        ("home_suburb", ColumnType::Text),
        ("home_state", ColumnType::Text),
        ("room", ColumnType::Text),
        ("weekly_price", ColumnType::Number),
        ("valid_from", ColumnType::Date),
    ]);
    let mut chance = Chance::stream(seed, "prices");
    for home in homes {
        let agreed = chance.happens(0.85);
        let valid_from = before(as_of, chance.between(30, 360));
        let single = price(home, &mut chance);
        let shared = chance.happens(0.6).then(|| dollars(single * (0.82 + 0.06 * chance.unit())));
        if !agreed {
            continue;
        }
        for (room, price) in [("single", Some(single)), ("shared", shared)] {
            if let Some(price) = price {
                push(&mut table, row(home, [room.into(), price.into(), valid_from.into()]));
            }
        }
    }
    table
}

fn price(home: &Home, chance: &mut Chance) -> f64 {
    let purpose = match home.purpose.to_lowercase().replace('-', " ").as_str() {
        "government" => -120.0,
        "for profit" => 110.0,
        _ => 0.0,
    };
    let size = match home.size.to_lowercase().as_str() {
        "small" => 60.0,
        "large" => -30.0,
        _ => 0.0,
    };
    // Remote places cost more to run; the land of big cities too.
    let far = kilometres_to_capital(home);
    let place = if far < 30.0 { 140.0 } else { (far / 100.0).min(4.0) * 35.0 };
    dollars(chance.normal(1_230.0 + purpose + size + place, 95.0).max(800.0))
}

fn kilometres_to_capital(home: &Home) -> f64 {
    let narrow = home.latitude.to_radians().cos();
    let distance = |(latitude, longitude): &(f64, f64)| {
        111.2 * ((home.latitude - latitude).powi(2) + ((home.longitude - longitude) * narrow).powi(2)).sqrt()
    };
    CAPITALS.iter().map(distance).fold(f64::INFINITY, f64::min)
}

fn free_places(homes: &[Home], seed: u64, as_of: Date) -> Table {
    let mut table = Table::with_columns(&[
        ("home_name", ColumnType::Text),
        ("home_suburb", ColumnType::Text),
        ("home_state", ColumnType::Text),
        ("kind_of_care", ColumnType::Text),
        ("places", ColumnType::Integer),
        ("as_of", ColumnType::Date),
    ]);
    let mut chance = Chance::stream(seed, "places");
    for home in homes {
        for (kind, share, _) in KINDS {
            let most = if home.size.eq_ignore_ascii_case("large") { 6 } else { 3 };
            let (told, places) = (chance.happens(share), chance.between(0, most));
            let told_on = before(as_of, chance.below(14));
            if told {
                push(&mut table, row(home, [kind.into(), (places as i64).into(), told_on.into()]));
            }
        }
    }
    table
}

fn budget_lines() -> Table {
    let mut table = Table::with_columns(&[
        ("line", ColumnType::Text),
        ("title", ColumnType::Text),
        ("weekly_ceiling", ColumnType::Number),
        ("places_funded", ColumnType::Integer),
    ]);
    for (line, title, ceiling, places) in LINES {
        push(&mut table, vec![line.into(), title.into(), ceiling.into(), places.into()]);
    }
    table
}

fn persons_waiting(homes: &[Home], seed: u64, as_of: Date, persons: usize) -> Table {
    let mut table = Table::with_columns(&[
        ("person", ColumnType::Text),
        ("display_name", ColumnType::Text),
        ("birth_year", ColumnType::Integer),
        ("kind_of_care", ColumnType::Text),
        ("locality", ColumnType::Text),
        ("state", ColumnType::Text),
        ("weekly_budget", ColumnType::Number),
        ("budget_line", ColumnType::Text),
        ("max_distance_km", ColumnType::Integer),
        ("wishes", ColumnType::Text),
        ("needed_by", ColumnType::Date),
    ]);
    // A person lives, and wishes to be near, where the register of localities knows a place; distances need one.
    let homes: Vec<&Home> = homes.iter().filter(|home| home.placed).collect();
    let mut chance = Chance::stream(seed, "persons");
    for number in 1..=persons {
        if homes.is_empty() {
            break;
        }
        let home = homes[chance.below(homes.len())];
        let kind = kind_needed(chance.unit());
        let far = kilometres_to_capital(home);
        let line = line_for(kind, far, &mut chance);
        let budget = dollars(line.2 - 50.0 * chance.below(6) as f64);
        let distance: i64 = if far > 150.0 { chance.pick(&[60, 100, 200]) } else { chance.pick(&[10, 20, 30, 50]) };
        let wishes = wishes(home, &homes, &mut chance);
        let year = i64::from(as_of.year()) - chance.between(66, 97) as i64;
        let needed_by = date_from_days(days_since_epoch(as_of) + chance.between(7, 120) as i32).unwrap_or(as_of);
        push(
            &mut table,
            vec![
                format!("P-{number:04}").into(),
                format!("Person {number}").into(),
                year.into(),
                kind.into(),
                home.suburb.as_str().into(),
                home.state.as_str().into(),
                budget.into(),
                line.0.into(),
                distance.into(),
                wishes.into(),
                needed_by.into(),
            ],
        );
    }
    table
}

fn kind_needed(draw: f64) -> &'static str {
    let mut sum = 0.0;
    for (kind, _, share) in KINDS {
        sum += share;
        if draw < sum {
            return kind;
        }
    }
    KINDS[0].0
}

fn line_for(kind: &str, far: f64, chance: &mut Chance) -> &'static (&'static str, &'static str, f64, i64) {
    match kind {
        "dementia" => &LINES[3],
        "respite" => &LINES[if chance.happens(0.2) { 5 } else { 4 }],
        _ if far > 250.0 => &LINES[2],
        _ => &LINES[usize::from(chance.happens(0.35))],
    }
}

/// Wishes as `key:value`, `;` between them; empty where there are none.
fn wishes(home: &Home, homes: &[&Home], chance: &mut Chance) -> String {
    let mut wishes = Vec::new();
    if chance.happens(0.4) {
        let neighbour =
            homes.iter().copied().filter(|other| other.state == home.state && other.suburb != home.suburb).min_by(
                |a, b| {
                    let far = |other: &Home| {
                        (other.latitude - home.latitude).powi(2) + (other.longitude - home.longitude).powi(2)
                    };
                    far(a).total_cmp(&far(b))
                },
            );
        wishes.push(format!("near:{}", neighbour.unwrap_or(home).suburb));
    }
    if chance.happens(0.25) {
        wishes.push(format!("owner:{}", chance.pick(&["government", "not_for_profit", "for_profit"])));
    }
    if chance.happens(0.25) {
        wishes.push(format!("size:{}", chance.pick(&["small", "medium", "large"])));
    }
    wishes.join(";")
}

fn row(home: &Home, rest: [Value; 3]) -> Vec<Value> {
    let mut row: Vec<Value> = vec![home.name.as_str().into(), home.suburb.as_str().into(), home.state.as_str().into()];
    row.extend(rest);
    row
}

fn before(day: Date, days: usize) -> Date {
    date_from_days(days_since_epoch(day) - days as i32).unwrap_or(day)
}

/// Whole dollars.
fn dollars(price: f64) -> f64 {
    price.round()
}
