//! The words of posts: a small grammar of English as relatives write it.
//!
//! Holds templates and how they are filled. `{a|b}` is one of the alternatives, `@` the mention of the home. It must never
//! decide how good anything is: the tone is handed in.

use crate::chance::Chance;

/// What people write about.
pub(crate) const ASPECTS: [&str; 6] = ["food", "staff", "cleanliness", "activities", "safety", "communication"];

/// How something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Bad,
    Mixed,
    Good,
}

impl Tone {
    /// The tone of an experience of so many stars, with some room for mood.
    pub(crate) fn of(stars: f64, chance: &mut Chance) -> Self {
        match stars + chance.normal(0.0, 0.35) {
            felt if felt < 2.6 => Self::Bad,
            felt if felt < 3.5 => Self::Mixed,
            _ => Self::Good,
        }
    }
}

const WHO: &str = "{my mum|mum|my dad|dad|my nan|my grandfather|my aunt|my uncle|my mother in law|our father|my wife|my husband|a close friend|my neighbour|Grandma|Pop|my sister|my stepfather}";
const SPAN: &str = "{three weeks|six weeks|two months|half a year|eight months|a year|nearly two years|three years|a good while|all winter}";

const GOOD: [&[&str]; 6] = [
    &[
        "The food is {lovely|really good|better than expected|home cooked and fresh}{| and there is always a choice|, even the soft meals}.",
        "{Lunch|Dinner|Breakfast} is {generous|tasty|warm and on time}, and they {remember what she likes|ask what he wants|cater for diabetics}.",
        "{The cook|The kitchen} {goes out of the way|makes a real effort} to {please everyone|cook what residents ask for}.",
        "Meals look {appetising|like proper meals}, {fresh fruit every day|plenty of vegetables|seconds if you like}.",
    ],
    &[
        "The {staff|carers|nurses} are {kind|patient|gentle|wonderful|so caring}{| and know everybody by name| and never rush}.",
        "{The night nurse|The lady at the front desk|One of the carers} {sat with us for an hour|stayed late to help|went above and beyond}.",
        "You can {tell|see} that the {carers|team} {like their work|care about residents}{|, they laugh with them}.",
        "{Staff come quickly|Someone comes within minutes} when {the bell rings|help is needed}.",
    ],
    &[
        "{Rooms|The rooms and halls} are {spotless|clean and bright|kept very clean}{|, and it smells fresh}.",
        "The {laundry comes back folded|bathroom is cleaned every day|bed linen is always fresh}{| and nothing gets lost|}.",
        "It is {clean|well kept} {everywhere you look|down to the garden|without smelling like a hospital}.",
    ],
    &[
        "There is {something on every day|a lot to do}: {music|bingo|gardening|a choir|craft|bus trips} and {more|a men's shed|visits from the school}.",
        "{The activities officer|The lifestyle team} {gets everyone involved|is full of ideas}{|, even those in wheelchairs}.",
        "{She|He} has {taken up painting|joined the choir|made friends at cards}{ again| since moving in|}.",
    ],
    &[
        "We feel {she|he} is safe there, {doors are watched|there is always somebody near|falls are taken seriously}.",
        "After {one fall|a small fall} they {put rails in|changed the room round|had the physio in} {the same day|at once|within a day}.",
        "Medicines are {checked twice|always on time|handled with great care}.",
    ],
    &[
        "They {ring|call|write to} us {whenever something changes|about every little thing|before changing anything}.",
        "The manager {listens|answers emails the same day|has an open door}{| and follows up}.",
        "Families are {kept in the loop|told everything|asked for their view} {at monthly meetings|by phone|every time}.",
    ],
];
const MIXED: [&[&str]; 6] = [
    &[
        "Food is {okay|so so|hit and miss|average}{|, better at lunch than at night|, the menu repeats}.",
        "Meals are {fine|edible} but {bland|often lukewarm|a bit small}.",
        "{Some days|On weekdays} the food is {good|fine}, {other days|on weekends} {not so much|it is sandwiches again}.",
    ],
    &[
        "{Most|Some} of the staff are {great|kind}, {others|a few} {seem rushed|are short with people|could not care less}.",
        "The carers {try|do what they can} but there are {not enough of them|too few on weekends|many new faces}.",
        "It {depends on who is on|varies with the shift}{|, agency staff do not know residents}.",
    ],
    &[
        "{Clean enough|Fairly clean}{|, a bit tired in places|, could do with new carpet}.",
        "The {rooms|common areas} are {clean|fine}, the {bathrooms|corners} {less so|could be better}.",
    ],
    &[
        "There are {some activities|a few things on}, {mostly in the mornings|though the same every week}.",
        "Activities are {fine|alright} if you {like bingo|can walk there yourself}.",
    ],
    &[
        "{Mostly|On the whole} safe, {though the bell can take a while|with one fall so far}.",
        "{One medicine was late|A walker went missing} but they {sorted it|said sorry}.",
    ],
    &[
        "{Sometimes|Now and then} they {ring|tell us things}, {sometimes you have to ask|sometimes we hear it from mum}.",
        "The office is {friendly|polite} but {slow|hard to reach after four}.",
    ],
];
const BAD: [&[&str]; 6] = [
    &[
        "The food is {awful|cold most days|a disgrace|the worst part}{|, party pies for dinner|, she has lost weight}.",
        "{Dinner|Lunch} was {cold|mush|late again}, and nobody {helps those who cannot feed themselves|asks what they like}.",
        "They {serve|dish up} {the same soup|frozen meals|toast for tea} {night after night|all week}.",
        "{She|He} {goes hungry|lives on biscuits} because {meals are inedible|nobody cuts up the food}.",
    ],
    &[
        "{Staff|Carers} are {rude|never there|run off their feet|on their phones}{| and residents wait for everything}.",
        "{Waited|We waited} {forty minutes|over an hour|half the night} for {somebody to come|help to the toilet|a nurse}.",
        "{Good people left|The good carers have gone}, now it is {agency staff|a different face every day}.",
        "{Nobody|No one} {knows her name|reads the care plan|has time to talk}.",
    ],
    &[
        "{It smells|The place stinks} of {urine|old food|wet carpet} {as soon as you walk in|in every hall}.",
        "The {bathroom was filthy|sheets were not changed|floor was sticky} {for days|when we visited|again}.",
        "{Clothes go missing|Laundry gets lost} and {rooms are dusty|bins overflow}.",
    ],
    &[
        "There is {nothing to do|no activity at all}, they {sit in front of the telly|stare at the wall} {all day|from breakfast to bed}.",
        "{Outings were cancelled|The activities officer left} and {nobody took over|that was that}.",
    ],
    &[
        "{She|He} fell {twice|three times} and {nobody noticed|we found out days later|no one wrote it down}.",
        "{Wrong medicine|Tablets missed}, {more than once|twice in a week}{|, it is frightening}.",
        "I do {not feel she is safe|worry every night}{|, doors stand open}.",
    ],
    &[
        "They {never ring back|tell us nothing|ignore emails}{|, we had to find out ourselves}.",
        "{Complaints|Questions} {go nowhere|get brushed off}, {three managers in a year|the manager is never in}.",
        "We were {not told about the fall|promised a meeting that never came|told three different stories}.",
    ],
];
const OPENINGS: &[&str] = &[
    "#WHO {has been|was|has lived} at @ for #SPAN.",
    "We {moved|brought} #WHO to @ {last year|in spring|a few months ago|after a stroke|when home care was not enough}.",
    "#WHO {lives|stayed|is} at @{| now| for respite}.",
    "{Visited|Went to see} #WHO at @ {yesterday|last week|on Sunday|again}.",
    "{Our experience|My experience|My honest view} of @ {so far|after #SPAN|}:",
    "{About|Regarding|Re} @.",
    "@ {is where #WHO spent the last years|was our second choice|came recommended by the hospital}.",
    "{Looked at|Toured} @ for #WHO{| and ended up staying| before deciding}.",
];
const PLAIN_OPENINGS: &[&str] = &[
    "#WHO {has been|has lived} there for #SPAN.",
    "{Visited|Went to see} #WHO {yesterday|last week|on Sunday}.",
    "{Our experience|My honest view} after #SPAN:",
    "",
    "",
];
const CLOSINGS: [&[&str]; 3] = [
    &[
        "{Avoid|Stay away|Would not send my dog there}.",
        "{We are looking for another place|Moving her out next month}.",
        "{Very disappointed|Not good enough}.",
        "",
        "",
    ],
    &["{All in all okay|Could be worse}.", "{Room for improvement|Have a look for yourself}.", "", "", ""],
    &[
        "{Highly recommended|Would recommend}.",
        "{We are very grateful|Thank you all|A real home}.",
        "{Could not ask for more|Five stars from us}.",
        "",
        "",
    ],
];
const TITLES: [&[&str]; 3] = [
    &[
        "{Disappointed|Not happy|Think twice|Poor care|Very sad|What happened here|Let down}",
        "{Bad|Poor} {food|staffing|experience}",
        "{Not|Never} again",
    ],
    &[
        "{Mixed feelings|Okay|Average|Some good some bad|Alright|Not sure}",
        "{Good and bad|Ups and downs}",
        "{Fair|So so}",
    ],
    &[
        "{Great place|Lovely home|Very happy|Wonderful|Thank you|Could not be happier|Well looked after}",
        "{Good|Lovely|Great} {people|food|care|team}",
        "{Happy|Grateful} {family|daughter|son}",
    ],
];
const NO_HOME: &[&str] = &[
    "Does anybody know how {long|many months} the assessment takes {in the country|these days}? {Waiting since March|Nobody tells us}.",
    "{Aged care|The whole system} is {so confusing|a maze}. {Which forms come first|Who helps with the money side|Where do you start}?",
    "We are still {looking|searching} for a place for #WHO, {any tips|what should we ask|how did you choose}?",
    "{Fees|Prices} went up {again|twice this year}. {Anyone else|Same with you}?",
    "{Happy|Best} {holidays|wishes} to all carers {out there|in this forum}!",
];
const NO_HOME_TITLES: &[&str] = &[
    "{Question|A question} about {fees|forms|waiting}",
    "{Where to start|Help please|Advice wanted}",
    "{Just|A} {rant|thank you|thought}",
];

/// Title and text of a post; `mention` is how the home is written, `experienced` the stars felt on each aspect.
pub(crate) fn review(mention: &str, stars: f64, experienced: &[f64; 6], chance: &mut Chance) -> (String, String) {
    let tone = Tone::of(stars, chance);
    let title = fill(chance.pick(TITLES[tone as usize]), "", chance);
    let in_title = chance.happens(0.45);
    // Without words below, the home must be named above.
    if chance.happens(0.1) {
        let title = if chance.happens(0.5) { mention.to_owned() } else { named(mention, &title, chance) };
        return (title, String::new());
    }
    let mut parts = Vec::new();
    let openings = if in_title && chance.happens(0.8) { PLAIN_OPENINGS } else { OPENINGS };
    parts.push(fill(chance.pick(openings), mention, chance));
    let mut aspects = [0, 1, 2, 3, 4, 5];
    chance.shuffle(&mut aspects);
    for aspect in &aspects[..chance.between(1, 4)] {
        let felt = Tone::of(0.5 * experienced[*aspect] + 0.5 * stars, chance);
        let templates = [BAD, MIXED, GOOD][felt as usize][*aspect];
        parts.push(fill(chance.pick(templates), mention, chance));
    }
    parts.push(fill(chance.pick(CLOSINGS[tone as usize]), mention, chance));
    parts.retain(|part| !part.is_empty());
    let title = match (in_title, chance.happens(0.25)) {
        (true, _) => named(mention, &title, chance),
        (false, true) => String::new(),
        (false, false) => title,
    };
    (title, parts.join(" "))
}

/// Title and text of a post that speaks of no home.
pub(crate) fn about_nothing(chance: &mut Chance) -> (String, String) {
    (fill(chance.pick(NO_HOME_TITLES), "", chance), fill(chance.pick(NO_HOME), "", chance))
}

/// A text somebody passes on, said in other words: some words replaced, a sentence left out, the order changed.
pub(crate) fn reworded(text: &str, chance: &mut Chance) -> String {
    const OTHER: &[(&str, &str)] = &[
        ("lovely", "beautiful"),
        ("wonderful", "amazing"),
        ("kind", "caring"),
        ("patient", "gentle"),
        ("clean", "tidy"),
        ("awful", "terrible"),
        ("rude", "unfriendly"),
        ("never", "hardly ever"),
        ("always", "every time"),
        ("very", "really"),
        ("place", "home"),
        ("carers", "staff"),
        ("because", "as"),
        ("everybody", "everyone"),
        ("nobody", "no one"),
        ("great", "excellent"),
        ("bad", "poor"),
        ("recommended", "recommend it"),
        ("tell", "see"),
        ("ring", "call"),
    ];
    let mut sentences: Vec<&str> = text.split_inclusive(". ").map(str::trim).collect();
    if sentences.len() > 2 && chance.happens(0.4) {
        sentences.remove(chance.below(sentences.len()));
    }
    if sentences.len() > 2 && chance.happens(0.3) {
        let first = chance.below(sentences.len() - 1);
        sentences.swap(first, first + 1);
    }
    let joined = sentences.join(" ");
    let word = |word: &str, chance: &mut Chance| match OTHER.iter().find(|(from, _)| *from == word) {
        Some((_, to)) if chance.happens(0.6) => (*to).to_owned(),
        _ => word.to_owned(),
    };
    joined.split(' ').map(|one| word(one, chance)).collect::<Vec<_>>().join(" ")
}

fn named(mention: &str, title: &str, chance: &mut Chance) -> String {
    match chance.below(4) {
        0 => format!("{mention} - {title}"),
        1 => format!("{title}: {mention}"),
        2 => format!("{mention}: {}", title.to_lowercase()),
        _ => mention.to_owned(),
    }
}

/// One of the texts that a template stands for, with a capital at its start.
pub(crate) fn fill(template: &str, mention: &str, chance: &mut Chance) -> String {
    let template = template.replace("#WHO", WHO).replace("#SPAN", SPAN);
    let mut out = String::new();
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((choices, after)) = split_choices(after) else { break };
        let choice = chance.pick(&choices);
        out.push_str(&fill_inner(choice, chance));
        rest = after;
    }
    out.push_str(rest);
    // The home comes last: what stands in its name must not be read as part of a template.
    let mut letters = out.trim().chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}", letters.as_str()).replace('@', mention)
}

fn fill_inner(choice: &str, chance: &mut Chance) -> String {
    let Some((before, after)) = choice.split_once('{') else { return choice.to_owned() };
    let Some((choices, after)) = split_choices(after) else { return choice.to_owned() };
    let inner = chance.pick(&choices);
    format!("{before}{inner}{}", fill_inner(after, chance))
}

/// The alternatives up to the closing bracket, and what stands behind it.
fn split_choices(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut depth, mut start, mut choices) = (0_usize, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                choices.push(&text[start..at]);
                return Some((choices, &text[at + 1..]));
            }
            '}' => depth -= 1,
            '|' if depth == 0 => {
                choices.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_fills_without_leftovers() {
        let mut chance = Chance::stream(3, "templates");
        let lists = GOOD.iter().chain(&MIXED).chain(&BAD).chain(&CLOSINGS).chain(&TITLES).copied();
        for list in lists.chain([OPENINGS, PLAIN_OPENINGS, NO_HOME, NO_HOME_TITLES]) {
            for template in list {
                for _ in 0..50 {
                    let filled =
                        fill(template, "Home of {Braces|Bars}", &mut chance).replace("Home of {Braces|Bars}", "");
                    assert!(!filled.contains(['{', '}', '|', '#', '@']), "`{template}` gave `{filled}`");
                }
            }
        }
    }

    #[test]
    fn texts_are_varied() {
        let mut chance = Chance::stream(4, "variety");
        let texts: std::collections::BTreeSet<String> = (0..2_000)
            .map(|_| review("Karinya", 4.0, &[4.0; 6], &mut chance).1)
            .filter(|text| !text.is_empty())
            .collect();
        assert!(texts.len() > 1_700, "{} different texts", texts.len());
    }
}
