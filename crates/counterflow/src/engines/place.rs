//! `counterflow place`: who goes where under one budget, from a folder of plain files.

use super::input::{Input, Others, Wanted, column, cut, maybe};
use super::names::Names;
use super::output::Columns;
use super::{Common, Run};
use crate::terminal::WrongInput;
use decide::placement::{Against, Choice, Placement, PlacementError, PlacementSettings, Problem, place, why_not};
use model::Value;
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How the command is called.
#[derive(Debug, clap::Args)]
#[command(mut_arg("columns", |columns| columns.hide(true)))]
pub(crate) struct Arguments {
    /// Folder of clients.csv (client), facilities.csv (facility,capacity), options.csv (client,facility,utility,cost) and budget.csv
    /// (budget); and where wanted together.csv (set,client), apart.csv (client,other), fixed.csv (client,facility)
    folder: PathBuf,
    /// Column of clients.csv that names the budget of each client; budget.csv then has group,budget
    #[arg(long)]
    budget_group: Option<String>,
    /// Column of clients.csv that names groups whose mean utility must not fall behind
    #[arg(long, requires = "fairness")]
    fairness_group: Option<String>,
    /// Share of the mean utility of all that each group's mean must reach, 0 to 1
    #[arg(long, value_parser = super::number, requires = "fairness_group")]
    fairness: Option<f64>,
    /// Share of the value within which the answer counts as proven best, and the work ends
    #[arg(long, value_parser = super::number, default_value_t = PlacementSettings::default().enough)]
    enough: f64,
    /// Times that the worth of money is tried at most
    #[arg(long, value_parser = super::count::<usize>, default_value_t = PlacementSettings::default().most_rounds)]
    most_rounds: usize,
    /// Leave clients without a place out of the result
    #[arg(long)]
    only_placed: bool,
    /// Where to write what one more place in each facility would bring
    #[arg(long)]
    places: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// What the folder holds, as numbers.
#[derive(Default)]
struct Held {
    clients: Names,
    facilities: Names,
    groups: Names,
    fairness_groups: Names,
    capacities: Vec<u32>,
    choices: Vec<Choice>,
    /// Line of each choice.
    lines: Vec<u64>,
    budgets: Vec<f64>,
    budget_of: Vec<u32>,
    fairness_of: Vec<u32>,
    together: Vec<Vec<u32>>,
    apart: Vec<(u32, u32)>,
    fixed: Vec<u32>,
    /// Lines of together.csv, set by set, of apart.csv and of fixed.csv.
    together_lines: Vec<Vec<u64>>,
    apart_lines: Vec<u64>,
    fixed_lines: Vec<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    if let Some(columns) = arguments.common.columns.first() {
        return Err(WrongInput(format!(
            "`--columns {columns}`: the files of a folder have fixed columns; write their names into the headers, as `counterflow \
             place --help` lists them"
        ))
        .into());
    }
    let output = run.output(&arguments.common.output)?;
    let places_to = run.maybe_output(arguments.places.as_deref())?;
    if !arguments.folder.is_dir() {
        let folder = arguments.folder.display();
        return Err(WrongInput(format!(
            "`{folder}`: there is no such folder; name one with clients.csv and options.csv"
        ))
        .into());
    }
    let mut held = Held::default();
    let others = held.read(arguments, &run)?;
    let problem = Problem {
        clients: held.clients.len(),
        capacities: &held.capacities,
        choices: &held.choices,
        budgets: &held.budgets,
        budget_of: &held.budget_of,
        fairness_of: &held.fairness_of,
        fairness: arguments.fairness.unwrap_or(0.0),
        together: &held.together,
        apart: &held.apart,
        fixed: &held.fixed,
    };
    let settings = PlacementSettings { enough: arguments.enough, most_rounds: arguments.most_rounds.max(1) };
    let found = run.work(|| place(&problem, &settings)).map_err(|error| held.refused(&arguments.folder, &error))?;
    let table = held.with_groups(arguments, placements(&held, &problem, &found))?;
    let mut table = others.beside(&run.another(&arguments.folder.join("clients.csv")), table)?;
    if arguments.only_placed {
        let placed: Vec<usize> = (0..table.len()).filter(|client| found.choice[*client].is_some()).collect();
        table = table.take(&placed);
    }
    output.write(table)?;
    if let Some(to) = places_to {
        let mut table = Columns::of(&["facility"], &["one_more_place_brings"], &[], &["capacity"]);
        for (facility, worth) in found.worth_of_place.iter().enumerate() {
            let capacity = i64::from(held.capacities[facility]);
            table.row([held.facilities.get(facility as u32).into(), (*worth).into(), capacity.into()]);
        }
        to.write(table.0)?;
    }
    let money: HashMap<&str, serde_json::Value> = found
        .worth_of_budget
        .iter()
        .zip(&found.spent)
        .zip(&held.budgets)
        .enumerate()
        .map(|(group, ((worth, spent), budget))| {
            let name = if held.groups.len() == 0 { "all" } else { held.groups.get(group as u32) };
            (name, json!({"budget": budget, "spent": spent, "one_more_unit_brings": worth}))
        })
        .collect();
    let floors: HashMap<&str, serde_json::Value> = (0u32..)
        .zip(&found.worth_of_floor)
        .map(|(group, worth)| (held.fairness_groups.get(group), json!({"one_unit_less_brings": worth})))
        .collect();
    let read = json!({
        "clients": held.clients.len(), "facilities": held.facilities.len(), "options": held.choices.len(),
        "together": held.together.len(), "apart": held.apart.len(), "fixed": held.fixed.len(),
    });
    let result = json!({
        "value": found.value, "bound": found.bound, "gap": found.gap(), "placed": found.placed(), "rounds": found.rounds,
        "budgets": money, "floors": floors,
    });
    let parameters = json!({
        "enough": settings.enough, "most_rounds": settings.most_rounds, "fairness": problem.fairness,
        "budget_group": arguments.budget_group, "fairness_group": arguments.fairness_group,
        "only_placed": arguments.only_placed,
    });
    let summary = format!(
        "{} of {} clients placed, worth {}; no answer is worth more than {:.1} ({:.4} % more); {}",
        found.placed(),
        held.clients.len(),
        found.value,
        found.bound,
        100.0 * found.gap(),
        held.money_in_words(&found)
    );
    run.end_with(&read, &result, &parameters, &summary, &["value", "bound", "gap", "placed"]);
    Ok(())
}

/// One line for each client: where it goes, and why not where it would like to.
fn placements(held: &Held, problem: &Problem<'_>, found: &Placement) -> model::Table {
    let numbers = ["utility", "cost", "better_by", "place_is_worth", "money_is_worth", "floor_is_worth"];
    let mut table = Columns::of(&["client", "facility"], &numbers, &["liked_better", "why_not"], &[]);
    let whys = why_not(problem, found);
    for client in 0..problem.clients as u32 {
        let choice = found.choice[client as usize].map(|number| problem.choices[number as usize]);
        let number = |value: Option<f64>| value.map_or(Value::Null, Value::from);
        let why = whys[client as usize].as_ref();
        let name = |facility: u32| Value::from(held.facilities.get(facility));
        let reason =
            why.map(|why| why.against.iter().map(|against| in_words(*against)).collect::<Vec<_>>().join(", and "));
        table.row([
            held.clients.get(client).into(),
            choice.map_or(Value::Null, |choice| name(choice.facility)),
            number(choice.map(|choice| choice.utility)),
            number(choice.map(|choice| choice.cost)),
            number(why.map(|why| why.better_by)),
            number(why.map(|why| why.place_is_worth)),
            number(why.map(|why| why.money_is_worth)),
            number(why.map(|why| why.floor_is_worth)),
            why.map_or(Value::Null, |why| name(problem.choices[why.liked as usize].facility)),
            reason.map_or(Value::Null, Value::from),
        ]);
    }
    table.0
}

/// What stands against a choice, for people.
fn in_words(against: Against) -> &'static str {
    match against {
        Against::Fixed => "where it goes was fixed before",
        Against::NoPlaces => "the facility has no places",
        Against::Together => "it must be with others, who cannot all go there or would lose more",
        Against::Apart => "somebody is there whom it must be apart from",
        Against::PlaceWorthMore => "others gain more from the place",
        Against::PlacesTaken => "its places are taken",
        Against::MoneyWorthMore => "the money brings more elsewhere",
        Against::MoneyShort => "what is left of the budget is too little",
        Against::FloorOfOthers => "other groups need it more to reach their floors",
        Against::Floor => "a group would fall under its floor",
        Against::NearEnough => "the answer is near enough to the best without it",
    }
}

impl Held {
    /// The columns of clients.csv that name groups, after the columns of the result.
    fn with_groups(&self, arguments: &Arguments, mut table: model::Table) -> anyhow::Result<model::Table> {
        let named = [
            (&arguments.budget_group, &self.groups, &self.budget_of),
            (&arguments.fairness_group, &self.fairness_groups, &self.fairness_of),
        ];
        for (name, names, of) in named {
            let Some(name) = name else { continue };
            if name == "client" || arguments.budget_group == arguments.fairness_group && table.column(name).is_some() {
                continue;
            }
            let mut column = model::Column::new(name, model::ColumnType::Text);
            for group in of {
                column.push(names.get(*group).into()).expect("a name is text");
            }
            if table.column(name).is_some() {
                let said = format!("clients.csv: column `{name}` is what the result adds; rename it");
                return Err(WrongInput(said).into());
            }
            table.add_column(column)?;
        }
        Ok(table)
    }

    /// What one more unit of each budget would bring, for people.
    fn money_in_words(&self, found: &Placement) -> String {
        /// Budgets that are told; the JSON has all.
        const TOLD: usize = 5;
        let of = |(group, worth): (usize, &f64)| {
            let name = if self.groups.len() == 0 {
                "budget".to_owned()
            } else {
                format!("budget of `{}`", cut(self.groups.get(group as u32)))
            };
            match *worth > 0.0 {
                true => format!("one more unit of {name} would bring about {worth:.3}"),
                false => format!("more {name} would bring nothing"),
            }
        };
        let mut told: Vec<String> = found.worth_of_budget.iter().enumerate().take(TOLD).map(of).collect();
        if found.worth_of_budget.len() > TOLD {
            told.push(format!("{} more budgets: see --json", found.worth_of_budget.len() - TOLD));
        }
        told.join(", ")
    }

    /// What is read and not used comes back: the other columns of clients.csv.
    fn read(&mut self, arguments: &Arguments, run: &Run) -> Result<Others, WrongInput> {
        let folder = arguments.folder.as_path();
        let others = self.read_clients(arguments, run)?;
        let once = |names: &mut Names, part: &super::input::Part<'_>, row| {
            let name = part.filled(0, row)?;
            let before = names.len();
            let number = names.number(&name);
            if names.len() == before {
                return Err(part.wrong(0, row, "it is listed twice; keep one line"));
            }
            Ok(number)
        };
        file(run, folder, "facilities.csv").each(&[column("facility"), column("capacity")], &run.bar, |part| {
            for row in 0..part.len() {
                once(&mut self.facilities, part, row)?;
                let places = part.number(1, row)?;
                if !(0.0..=f64::from(u32::MAX)).contains(&places) || places.fract() != 0.0 {
                    return Err(part.wrong(1, row, "write a whole number of places, 0 or more"));
                }
                self.capacities.push(places as u32);
            }
            Ok(())
        })?;
        let wanted = [column("client"), column("facility"), column("utility"), column("cost")];
        file(run, folder, "options.csv").each(&wanted, &run.bar, |part| {
            for row in 0..part.len() {
                let (client, facility) = (self.client(part, 0, row)?, self.facility(part, 1, row)?);
                let (utility, cost) = (part.number(2, row)?, part.number(3, row)?);
                if utility <= 0.0 {
                    return Err(part.wrong(2, row, "write a number above 0, or leave the line out"));
                }
                if cost < 0.0 {
                    return Err(part.wrong(3, row, "write 0 or more"));
                }
                self.choices.push(Choice { client, facility, utility, cost });
                self.lines.push(part.line(row));
            }
            Ok(())
        })?;
        self.read_budget(arguments, run)?;
        self.read_wishes(folder, run)?;
        Ok(others)
    }

    fn client(&self, part: &super::input::Part<'_>, column: usize, row: usize) -> Result<u32, WrongInput> {
        let name = part.filled(column, row)?;
        self.clients.find(&name).ok_or_else(|| part.wrong(column, row, "clients.csv has no such client; add it there"))
    }

    fn facility(&self, part: &super::input::Part<'_>, column: usize, row: usize) -> Result<u32, WrongInput> {
        let name = part.filled(column, row)?;
        let found = self.facilities.find(&name);
        found.ok_or_else(|| part.wrong(column, row, "facilities.csv has no such facility; add it there"))
    }

    fn read_clients(&mut self, arguments: &Arguments, run: &Run) -> Result<Others, WrongInput> {
        let renamed = |wanted: &str, given: &Option<String>| given.as_ref().map(|given| format!("{wanted}={given}"));
        let columns: Vec<String> =
            [renamed("budget group", &arguments.budget_group), renamed("fairness group", &arguments.fairness_group)]
                .into_iter()
                .flatten()
                .collect();
        let wanted = [column("client"), maybe("budget group"), maybe("fairness group")];
        let input = run.input(&arguments.folder.join("clients.csv"), &columns)?;
        let mut others = Others::default();
        input.each(&wanted, &run.bar, |part| {
            others.take(part)?;
            for row in 0..part.len() {
                let before = self.clients.len();
                self.clients.number(&part.filled(0, row)?);
                if self.clients.len() == before {
                    return Err(part.wrong(0, row, "it is listed twice; keep one line"));
                }
                if arguments.budget_group.is_some() {
                    self.budget_of.push(self.groups.number(&part.filled(1, row)?));
                }
                if arguments.fairness_group.is_some() {
                    self.fairness_of.push(self.fairness_groups.number(&part.filled(2, row)?));
                }
            }
            Ok(())
        })?;
        Ok(others)
    }

    fn read_budget(&mut self, arguments: &Arguments, run: &Run) -> Result<(), WrongInput> {
        let by_group = arguments.budget_group.is_some();
        let wanted: &[Wanted] = if by_group { &[column("budget"), column("group")] } else { &[column("budget")] };
        let mut budgets: Vec<Option<f64>> = vec![None; if by_group { self.groups.len() } else { 1 }];
        let input = file(run, &arguments.folder, "budget.csv");
        input.each(wanted, &run.bar, |part| {
            for row in 0..part.len() {
                let budget = part.number(0, row)?;
                if budget < 0.0 {
                    return Err(part.wrong(0, row, "write 0 or more"));
                }
                let group = if by_group {
                    let name = part.filled(1, row)?;
                    // A budget that nobody draws on changes nothing.
                    match self.groups.find(&name) {
                        Some(group) => group as usize,
                        None => continue,
                    }
                } else {
                    0
                };
                if budgets[group].replace(budget).is_some() {
                    let column = usize::from(by_group);
                    return Err(part.wrong(
                        column,
                        row,
                        "there are two budgets; keep one, or say `--budget-group COLUMN`",
                    ));
                }
            }
            Ok(())
        })?;
        for (group, budget) in budgets.into_iter().enumerate() {
            let missing = || {
                let (file, group) = (input.name(), cut(self.groups.get(group as u32)));
                WrongInput(format!("{file}: there is no budget for group `{group}`; add a line for it"))
            };
            self.budgets.push(budget.ok_or_else(missing)?);
        }
        Ok(())
    }

    fn read_wishes(&mut self, folder: &Path, run: &Run) -> Result<(), WrongInput> {
        let there = |name: &str| folder.join(name).is_file();
        if there("together.csv") {
            let mut sets = Names::default();
            let (mut together, mut lines): (Vec<Vec<u32>>, Vec<Vec<u64>>) = (Vec::new(), Vec::new());
            file(run, folder, "together.csv").each(&[column("set"), column("client")], &run.bar, |part| {
                for row in 0..part.len() {
                    let set = sets.number(&part.filled(0, row)?) as usize;
                    together.resize(together.len().max(set + 1), Vec::new());
                    together[set].push(self.client(part, 1, row)?);
                    lines.resize(lines.len().max(set + 1), Vec::new());
                    lines[set].push(part.line(row));
                }
                Ok(())
            })?;
            (self.together, self.together_lines) = (together, lines);
        }
        if there("apart.csv") {
            let (mut apart, mut lines) = (Vec::new(), Vec::new());
            file(run, folder, "apart.csv").each(&[column("client"), column("other")], &run.bar, |part| {
                for row in 0..part.len() {
                    apart.push((self.client(part, 0, row)?, self.client(part, 1, row)?));
                    lines.push(part.line(row));
                }
                Ok(())
            })?;
            (self.apart, self.apart_lines) = (apart, lines);
        }
        if there("fixed.csv") {
            let position: HashMap<(u32, u32), u32> = self
                .choices
                .iter()
                .enumerate()
                .map(|(number, choice)| ((choice.client, choice.facility), number as u32))
                .collect();
            let (mut fixed, mut lines) = (Vec::new(), Vec::new());
            file(run, folder, "fixed.csv").each(&[column("client"), column("facility")], &run.bar, |part| {
                for row in 0..part.len() {
                    let pair = (self.client(part, 0, row)?, self.facility(part, 1, row)?);
                    let known = position.get(&pair);
                    let none =
                        || part.wrong(1, row, "options.csv does not allow it; add the option, or leave the line out");
                    fixed.push(*known.ok_or_else(none)?);
                    lines.push(part.line(row));
                }
                Ok(())
            })?;
            (self.fixed, self.fixed_lines) = (fixed, lines);
        }
        Ok(())
    }

    /// Why there is no answer: the input is wrong, unless one was only not found.
    fn refused(&self, folder: &Path, error: &PlacementError) -> anyhow::Error {
        let told = self.named(folder, error);
        match error {
            PlacementError::Floor { proven: false, .. } => anyhow::anyhow!("{told}"),
            _ => told.into(),
        }
    }

    /// The lines of fixed.csv that fix a client.
    fn lines_that_fix(&self, client: u32) -> Vec<u64> {
        let own = self.fixed.iter().zip(&self.fixed_lines);
        own.filter(|(number, _)| self.choices[**number as usize].client == client).map(|(_, line)| *line).collect()
    }

    /// The file and line of a wish that cannot be kept.
    fn line_of_wish(&self, folder: &Path, one: u32, other: u32, wanted: &str) -> String {
        let at = |name: &str, line: Option<u64>| {
            let line = line.map(|line| format!(" line {line}:")).unwrap_or_default();
            format!("{}:{line} ", folder.join(name).display())
        };
        if wanted == "apart" {
            let pair = self.apart.iter().position(|pair| *pair == (one, other));
            return at("apart.csv", pair.map(|pair| self.apart_lines[pair]));
        }
        let mut members = self.together.iter().zip(&self.together_lines).flat_map(|(set, lines)| set.iter().zip(lines));
        at("together.csv", members.find(|(client, _)| **client == other).map(|(_, line)| *line))
    }

    /// What is wrong with the problem, with the names of the files.
    fn named(&self, folder: &Path, error: &PlacementError) -> WrongInput {
        let (client, facility) = (|n: &u32| cut(self.clients.get(*n)), |n: &u32| cut(self.facilities.get(*n)));
        let at = |name: &str| folder.join(name).display().to_string();
        WrongInput(match error {
            PlacementError::Twice { first, second } => {
                let choice = &self.choices[*second];
                format!(
                    "{}: line {}: client `{}` and facility `{}` stand in line {} already; keep one",
                    at("options.csv"),
                    self.lines[*second],
                    client(&choice.client),
                    facility(&choice.facility),
                    self.lines[*first]
                )
            }
            PlacementError::FixedPlaces { facility: place, places, fixed } => format!(
                "{}: facility `{}` has {places} places and {fixed} clients are fixed in it: {} too many; fix fewer or add places",
                at("fixed.csv"),
                facility(place),
                fixed - places
            ),
            PlacementError::FixedBudget { group, cost, budget } => {
                let of = if self.groups.len() == 0 {
                    String::new()
                } else {
                    format!(" of group `{}`", self.groups.get(*group as u32))
                };
                format!(
                    "{}: what is fixed costs {cost}, the budget{of} is {budget}: {} too much",
                    at("fixed.csv"),
                    cost - budget
                )
            }
            PlacementError::FixedTwice { client: who, first, second } => {
                let lines = self.lines_that_fix(*who);
                let at = at("fixed.csv");
                let who = client(who);
                match lines[..] {
                    [one, other, ..] if first == second => format!(
                        "{at}: line {other}: client `{who}` and facility `{}` stand in line {one} already; keep one",
                        facility(first)
                    ),
                    [one, other, ..] => format!(
                        "{at}: line {other}: client `{who}` is fixed in two facilities, `{}` (line {one}) and `{}`; keep one",
                        facility(first),
                        facility(second)
                    ),
                    _ => format!(
                        "{at}: client `{who}` is fixed in two facilities, `{}` and `{}`; keep one",
                        facility(first),
                        facility(second)
                    ),
                }
            }
            PlacementError::Floor { group, missing, groups, proven } => {
                let more = match groups {
                    1 => String::new(),
                    _ => format!(", and {} more groups under theirs", groups - 1),
                };
                let known = match proven {
                    true => "no answer reaches all floors; fix fewer, or lower `--fairness`",
                    false => {
                        "none that reaches all floors was found, which does not prove that there is none; fix fewer, or lower `--fairness`"
                    }
                };
                format!(
                    "{}: what is fixed leaves group `{}` with {missing:.4} of mean utility too little for its floor{more}: {known}",
                    at("fixed.csv"),
                    cut(self.fairness_groups.get(*group))
                )
            }
            PlacementError::Setting { what, found, write } if matches!(what.as_str(), "enough" | "fairness") => {
                format!("`--{what} {found}`: write {write}")
            }
            PlacementError::Contradiction { one, other, wanted, instead, facilities } => {
                let named: Vec<String> = facilities.iter().map(|place| format!(" `{}`", facility(place))).collect();
                let place = self.line_of_wish(folder, *one, *other, wanted);
                let (one, other, named) = (client(one), client(other), named.join(" and"));
                format!("{place}clients `{one}` and `{other}` must be {wanted}, but {instead}{named}")
            }
            other => other.to_string(),
        })
    }
}

fn file(run: &Run, folder: &Path, name: &str) -> Input {
    run.another(&folder.join(name))
}
