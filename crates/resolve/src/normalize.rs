//! Spelling differences that mean nothing, taken away: case, accents, punctuation, abbreviations, legal forms, variants of
//! Chinese characters.
//!
//! Holds pure functions over tables. Must never hold anything that knows a data set, a language model or a file. A rule for a
//! further language is a further line in a table.

use unicode_normalization::UnicodeNormalization;

/// Where in a name a short form means its long form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Anywhere,
    NotLast,
    Last,
}

/// Short forms, their long form, and where they mean it. The first line that fits wins.
const SHORT_FORMS: &[(&str, &str, Position)] = &[
    ("st", "saint", Position::NotLast),
    ("st", "street", Position::Last),
    ("sts", "saints", Position::NotLast),
    ("dr", "doctor", Position::NotLast),
    ("dr", "drive", Position::Last),
    ("mt", "mount", Position::NotLast),
    ("nth", "north", Position::Anywhere),
    ("sth", "south", Position::Anywhere),
    ("rd", "road", Position::Last),
    ("ave", "avenue", Position::Last),
    ("av", "avenue", Position::Last),
    ("ct", "court", Position::Last),
    ("cres", "crescent", Position::Last),
    ("pde", "parade", Position::Last),
    ("hwy", "highway", Position::Last),
    ("pl", "place", Position::Last),
    ("ln", "lane", Position::Last),
    ("tce", "terrace", Position::Last),
    ("blvd", "boulevard", Position::Last),
    ("gdns", "gardens", Position::Anywhere),
    ("hts", "heights", Position::Anywhere),
    ("hse", "house", Position::Anywhere),
    ("pk", "park", Position::Anywhere),
    ("hosp", "hospital", Position::Anywhere),
    ("ctr", "centre", Position::Anywhere),
    ("center", "centre", Position::Anywhere),
    ("assoc", "association", Position::Anywhere),
    ("govt", "government", Position::Anywhere),
    ("svcs", "services", Position::Anywhere),
    ("dept", "department", Position::Anywhere),
    ("univ", "university", Position::Anywhere),
    ("intl", "international", Position::Anywhere),
    ("natl", "national", Position::Anywhere),
    ("mem", "memorial", Position::Anywhere),
    ("med", "medical", Position::NotLast),
    ("resi", "residential", Position::Anywhere),
    ("comm", "community", Position::Anywhere),
    ("nh", "nursing home", Position::Anywhere),
    ("ac", "aged care", Position::Last),
    ("acf", "aged care facility", Position::Anywhere),
    ("rac", "residential aged care", Position::Anywhere),
    ("racf", "residential aged care facility", Position::Anywhere),
    ("racs", "residential aged care service", Position::Anywhere),
    ("mps", "multi purpose service", Position::Anywhere),
    ("limited", "ltd", Position::Anywhere),
    ("proprietary", "pty", Position::Last),
    ("incorporated", "inc", Position::Anywhere),
    ("corporation", "corp", Position::Anywhere),
    ("company", "co", Position::Anywhere),
];

/// Short forms of what kind of street it is, and the long form: behind a house number and the street's name, wherever that stands.
const STREETS: &[(&str, &str)] = &[
    ("st", "street"),
    ("str", "street"),
    ("rd", "road"),
    ("ave", "avenue"),
    ("av", "avenue"),
    ("dr", "drive"),
    ("ct", "court"),
    ("pl", "place"),
    ("cres", "crescent"),
    ("hwy", "highway"),
    ("pde", "parade"),
    ("ln", "lane"),
    ("tce", "terrace"),
    ("blvd", "boulevard"),
];

/// Names behind which `st` before them is a saint, also in an address.
const SAINTS: &[&str] = &[
    "albans",
    "andrew",
    "andrews",
    "ann",
    "anne",
    "annes",
    "anns",
    "anthony",
    "anthonys",
    "augustine",
    "basil",
    "basils",
    "catherine",
    "catherines",
    "clair",
    "columba",
    "columbas",
    "david",
    "davids",
    "francis",
    "george",
    "georges",
    "helens",
    "ives",
    "james",
    "john",
    "johns",
    "joseph",
    "josephs",
    "kilda",
    "leonards",
    "louis",
    "lucia",
    "luke",
    "lukes",
    "margaret",
    "margarets",
    "mark",
    "marks",
    "martin",
    "martins",
    "mary",
    "marys",
    "matthew",
    "matthews",
    "michael",
    "michaels",
    "monica",
    "monicas",
    "nicholas",
    "patrick",
    "patricks",
    "paul",
    "pauls",
    "peter",
    "peters",
    "stephen",
    "stephens",
    "theresa",
    "therese",
    "thomas",
    "vincent",
    "vincents",
];

/// Words (already in their [`SHORT_FORMS`] form) that only say what kind of legal person bears the name. They count as such at
/// the end of a name.
const LEGAL_FORMS: &[&str] = &[
    "ltd", "pty", "inc", "corp", "co", "llc", "llp", "lp", "plc", "cic", "cio", "gmbh", "ggmbh", "mbh", "ag", "kg",
    "ev", "sa", "sarl", "sas", "srl", "spa", "bv", "nv", "oy", "ab", "aps", "as", "bhd", "sdn", "pte", "kk",
];

/// What ends the part of a Chinese name that only says which legal person runs the place ("... juridical person").
const LEGAL_PERSON: &str = "法人";

/// What begins a note on who runs a place on the owner's behalf ("commissioned ...").
const COMMISSIONED: &str = "委託";

/// Letters that do not come apart into a plain letter and a mark.
const PLAIN_LETTERS: &[(char, &str)] = &[
    ('ß', "ss"),
    ('ø', "o"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ı', "i"),
    ('ħ', "h"),
    ('ς', "σ"),
];

/// Variants and simplified forms of Chinese characters that names mix, and the form they are read as. Sorted by the first.
const CHINESE_VARIANTS: &[(char, char)] = &[
    ('东', '東'),
    ('为', '為'),
    ('义', '義'),
    ('产', '產'),
    ('众', '眾'),
    ('会', '會'),
    ('传', '傳'),
    ('体', '體'),
    ('关', '關'),
    ('兴', '興'),
    ('内', '內'),
    ('医', '醫'),
    ('华', '華'),
    ('协', '協'),
    ('卫', '衛'),
    ('县', '縣'),
    ('双', '雙'),
    ('台', '臺'),
    ('团', '團'),
    ('国', '國'),
    ('圣', '聖'),
    ('学', '學'),
    ('宁', '寧'),
    ('実', '實'),
    ('宫', '宮'),
    ('岛', '島'),
    ('广', '廣'),
    ('庄', '莊'),
    ('庆', '慶'),
    ('总', '總'),
    ('户', '戶'),
    ('桥', '橋'),
    ('湾', '灣'),
    ('爱', '愛'),
    ('环', '環'),
    ('疗', '療'),
    ('纪', '紀'),
    ('综', '綜'),
    ('联', '聯'),
    ('荣', '榮'),
    ('财', '財'),
    ('长', '長'),
    ('门', '門'),
    ('阳', '陽'),
    ('龙', '龍'),
];

/// A text with everything taken off that only belongs to its spelling: words in lower case, one space between them.
///
/// Compatibility forms are resolved (Unicode NFKC), accents dropped, variants of Chinese characters united, apostrophes
/// dropped, `&` and `@` written out, dots inside initials dropped, other punctuation turned into spaces.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        fold_characters(text.chars(), &mut out);
    } else {
        // Only the marks of Latin, Greek and Cyrillic are spelling; in other scripts a mark makes another letter.
        let plain: String = text.nfkd().filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}')).collect();
        fold_characters(plain.nfc(), &mut out);
        // Marks that a dropped sign stood between have met: they too stand in the one order that Unicode gives them.
        out = out.nfc().collect();
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// The words of a folded text. A run of Chinese, Japanese or Korean characters is one word.
pub fn words(folded: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in folded.split(' ').filter(|piece| !piece.is_empty()) {
        let mut start = 0;
        let mut previous: Option<bool> = None;
        for (at, letter) in piece.char_indices() {
            let unspaced = is_unspaced(letter);
            if previous.is_some_and(|before| before != unspaced) {
                found.push(&piece[start..at]);
                start = at;
            }
            previous = Some(unspaced);
        }
        found.push(&piece[start..]);
    }
    found
}

/// A name in words: short forms written out, the legal form set apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The words that name it, in order.
    pub words: Vec<String>,
    /// The legal form, and what only says who runs it.
    pub legal: Vec<String>,
}

/// Takes a name apart. Never leaves `words` empty where the text has any word.
pub fn name(text: &str) -> Name {
    let folded = fold(text);
    let pieces = words(&folded);
    let last = pieces.len().saturating_sub(1);
    let street = street(&pieces);
    let mut name = Name::default();
    for (index, piece) in pieces.iter().enumerate() {
        if piece.chars().next().is_some_and(is_unspaced) {
            if name_in_chinese(piece, &mut name) {
                // What follows a note on who runs the place belongs to the note.
                name.legal.extend(pieces[index + 1..].iter().map(|&word| word.to_owned()));
                break;
            }
        } else {
            let long = street.filter(|(at, _)| *at == index).map(|(_, long)| long);
            let long = long.unwrap_or_else(|| long_form(piece, index == last));
            name.words.extend(long.split(' ').map(str::to_owned));
        }
    }
    let mut kept = name.words.len();
    while kept > 1 && LEGAL_FORMS.contains(&name.words[kept - 1].as_str()) {
        kept -= 1;
    }
    let cut = name.words.split_off(kept);
    name.legal.extend(cut);
    if name.words.is_empty() {
        name.words = std::mem::take(&mut name.legal);
    }
    name
}

/// A text of which only letters and digits are left, in lower case: what stands between the parts of an identifier is spelling.
pub fn identifier(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|letter| letter != ' ');
    folded
}

/// Where an address says in short what kind of street it is, and the long form: `st` in `12 High St Sydney`. Nothing where no house
/// number stands before it, or where the kind is written out already: `12 High Street St Kilda`.
fn street(pieces: &[&str]) -> Option<(usize, &'static str)> {
    let short = |piece: &str| STREETS.iter().find(|(short, _)| *short == piece).map(|(_, long)| *long);
    let says_kind = |piece: &&str| STREETS.iter().any(|(short, long)| short == piece || long == piece);
    let number = pieces.iter().position(|piece| is_house_number(piece))?;
    let numbers = pieces[number..].iter().take_while(|piece| is_house_number(piece)).count();
    // The first word behind the numbers belongs to the street's name, as in `12 St Kilda Rd`.
    for (at, piece) in pieces.iter().enumerate().skip(number + numbers + 1) {
        let next = pieces.get(at + 1..).unwrap_or_default();
        match short(piece) {
            // `12 Upper St Johns Rd`, `12 Old Dr Smith Rd`: the kind comes later.
            Some(_) if matches!(*piece, "st" | "dr") && next.iter().skip(1).take(2).any(says_kind) => {}
            Some(_) if *piece == "st" && next.first().is_some_and(|name| SAINTS.contains(name)) => {}
            Some(long) => return Some((at, long)),
            None if says_kind(piece) => return None,
            None => {}
        }
    }
    None
}

/// Digits, and at most one letter behind them.
fn is_house_number(piece: &str) -> bool {
    let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &piece.as_bytes()[digits..];
    (1..=5).contains(&digits) && (rest.is_empty() || rest.len() == 1 && rest[0].is_ascii_lowercase())
}

/// The words of a name as units to compare: a run of characters written without spaces comes apart into its pairs of
/// neighbours, every other word stays whole.
pub fn units(words: &[String]) -> Vec<String> {
    let mut units = Vec::with_capacity(words.len());
    for word in words {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() > 2 && is_unspaced(letters[0]) {
            units.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else {
            units.push(word.clone());
        }
    }
    units
}

/// True for a word that only names a legal form, in any of its spellings.
pub fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(&long_form(word, true))
}

/// The long form of a word that stands last in its name, or not; it may be several words.
pub fn long_form(word: &str, last: bool) -> &str {
    SHORT_FORMS
        .iter()
        .find(|(short, _, position)| {
            *short == word
                && match position {
                    Position::Anywhere => true,
                    Position::NotLast => !last,
                    Position::Last => last,
                }
        })
        .map_or(word, |(_, long, _)| long)
}

/// True for characters of scripts that write no spaces between words.
pub fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Takes one run of Chinese characters into the name; true where it ended in a note on who runs the place.
fn name_in_chinese(run: &str, name: &mut Name) -> bool {
    let (own, note) = match run.find(COMMISSIONED) {
        Some(0) if !name.words.is_empty() => ("", Some(run)),
        Some(at) if at > 0 => (&run[..at], Some(&run[at..])),
        _ => (run, None),
    };
    let (person, own) = match own.rfind(LEGAL_PERSON) {
        Some(at) if at + LEGAL_PERSON.len() < own.len() => own.split_at(at + LEGAL_PERSON.len()),
        _ => ("", own),
    };
    if !person.is_empty() {
        name.legal.push(person.to_owned());
    }
    if !own.is_empty() {
        name.words.push(own.to_owned());
    }
    name.legal.extend(note.map(str::to_owned));
    note.is_some()
}

fn fold_characters(letters: impl Iterator<Item = char>, out: &mut String) {
    let mut letters = letters.peekable();
    // Length in letters of the word being written: a dot after a single letter belongs to initials.
    let mut length = 0_usize;
    while let Some(letter) = letters.next() {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            'A'..='Z' => out.push(letter.to_ascii_lowercase()),
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '\u{200b}' | '\u{feff}' => continue,
            '.' if length == 1 && letters.peek().is_some_and(|next| next.is_alphabetic()) => {
                length = 0;
                continue;
            }
            '&' => spaced(out, "and"),
            '@' => spaced(out, "at"),
            _ if letter.is_alphanumeric() => push_letter(letter, out),
            // Marks of scripts where they make the letter.
            _ if !letter.is_ascii() && unicode_normalization::char::is_combining_mark(letter) => out.push(letter),
            _ => {
                space(out);
                length = 0;
                continue;
            }
        }
        length = if matches!(letter, '&' | '@') { 0 } else { length + 1 };
    }
}

fn push_letter(letter: char, out: &mut String) {
    for lower in letter.to_lowercase() {
        if let Some((_, plain)) = PLAIN_LETTERS.iter().find(|(from, _)| *from == lower) {
            out.push_str(plain);
        } else if let Ok(at) = CHINESE_VARIANTS.binary_search_by_key(&lower, |(from, _)| *from) {
            out.push(CHINESE_VARIANTS[at].1);
        } else if !matches!(lower, '\u{300}'..='\u{36f}') {
            out.push(lower);
        }
    }
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

fn spaced(out: &mut String, word: &str) {
    space(out);
    out.push_str(word);
    out.push(' ');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(name(text).words.join(" "), expected, "{text}");
    }

    #[test]
    fn names_lose_what_is_only_spelling() {
        check("St. Basil's Homes", "saint basils homes");
        check("St Kilda St", "saint kilda street");
        check("Health Partners @ Violet Melchett", "health partners at violet melchett");
        check("Keith & District Hospital Inc", "keith and district hospital");
        check("KEITH AND DISTRICT HOSPITAL INCORPORATED", "keith and district hospital");
        check("Thompson Health Care Pty. Limited", "thompson health care");
        check("R.S.L. LifeCare", "rsl lifecare");
        check("Résidence L’Église Nth", "residence leglise north");
        check("Ｆｕｌｌ　ｗｉｄｔｈ", "full width");
        check("Straße Łódź", "strasse lodz");
        check("Ltd", "ltd");
        check("Mt Clear — Aged-Care", "mount clear aged care");
        check("", "");
    }

    #[test]
    fn the_kind_of_street_is_written_out_and_saints_stay() {
        check("12 High St Sydney", "12 high street sydney");
        check("12a High St., Sydney NSW 2000", "12a high street sydney nsw 2000");
        check("12-14 Old Mill Rd Sydney", "12 14 old mill road sydney");
        check("Unit 3, 5 Lake Cres Perth", "unit 3 5 lake crescent perth");
        check("7 Palm Dr Cairns", "7 palm drive cairns");
        check("9 Harbour Tce Perth", "9 harbour terrace perth");
        check("12 St Kilda Rd", "12 saint kilda road");
        check("12 St Kilda Rd Melbourne", "12 saint kilda road melbourne");
        check("12 High St St Kilda", "12 high street saint kilda");
        check("12 High Street St Kilda", "12 high street saint kilda");
        check("12 Upper St Johns Rd Leeds", "12 upper saint johns road leeds");
        check("St Vincent", "saint vincent");
        check("St. Mary's Nursing Home", "saint marys nursing home");
        check("Dr Smith House", "doctor smith house");
        check("Ward 3 Royal St Vincents", "ward 3 royal saint vincents");
        check("St Mary's, 12 Church St Ashfield", "saint marys 12 church street ashfield");
        check("Home of St Basil", "home of saint basil");
        assert_eq!(identifier(" PS-1/ab "), "ps1ab");
    }

    #[test]
    fn chinese_names_lose_their_legal_person_and_operator() {
        let pairs = [
            ("國立臺灣大學醫學院附設醫院", "國立台灣大學醫學院附設醫院"),
            ("國泰綜合醫院", "國泰醫療財團法人國泰綜合醫院"),
            ("衛生福利部雙和醫院", "衛生福利部雙和醫院(委託臺北醫學大學興建經營)"),
            ("臺北市立萬芳醫院-委託臺北醫學大學辦理", "台北市立萬芳醫院"),
        ]
        .map(|(left, right)| (name(left), name(right)));
        for (left, right) in pairs {
            assert_eq!(left.words, right.words);
        }
        assert_eq!(name("某某財團法人").words, ["某某財團法人"]);
    }

    #[test]
    fn the_table_of_variants_is_sorted_and_settled() {
        assert!(CHINESE_VARIANTS.is_sorted_by(|left, right| left.0 < right.0));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_text_with_words_keeps_a_name(text in "[A-Za-z ]{0,20}(Ltd|Pty|Inc| )*") {
            prop_assert_eq!(name(&text).words.is_empty(), fold(&text).is_empty());
        }
    }
}
