//! How common words are in texts that mean no entity at all.
//!
//! Holds word lists only. Must never hold names.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// Words that stand in nearly every text, whatever it is about.
const EVERYWHERE: &str = "a an and are as at be been but by for from had has have he her his i in is it its me my no not of on or our \
    she so that the their them they this to us was we were what when which who will with you your el la los las de del un una y en \
    con por para que su al le les et des du der die das und";

/// Words that people who write about care, housing and services use without naming anything.
const USUAL: &str = "about after again age aged all also always am any around ask asked away back bad because bed beds before being \
    best better between big bit both bright brother building call came can care cared carer carers caring centre change charge city clean close \
    clinic come comfortable community complaint cottage could country court dad daughter day days did die died different dining do doctor doctors does doing done \
    down due each early east end enough even ever every everyone experience facility family father feel felt few first five floor \
    food found four friend friendly full garden gardens gave get getting give go going gold golden good got grace gran grandfather grandma grandmother great green grove had half hand happy \
    hard health heart heights help here high hill hills him home homes hope hospital hostel house hours how husband if inside into just kind kitchen knew know lady lake last late left less life \
    light like little living long look looked lot love lovely made make man management manager many may meals medical memory might mine month months \
    more morning most mother moved much mum must near need needs never new next nice night north now nurse nurses nursing off office oh old older once one \
    only other out outside over park parents part patient people person place plan point private quality queen quiet rather really recent recently residence resident residential residents respect rest retirement review \
    right river road room rooms rose round run said same saw say see seen senior seniors serenity service services seven several short should since sister six small \
    some someone son south spring st staff star stars start stay stayed still stop story street sun sunny support sure take taken team ten terrace than thank thanks then there these thing things think third those three through time \
    times today together told too took town two under unit until up upon use used valley very view views village visit visited visiting visitor visitors visits waited waiting walk want wanted \
    ward warm water way week weekend weeks welcome well went west where while whole why wife will wonderful woods work worked workers working world worse worst would year years yes yet young \
    lodge manor grange haven villa aged retire residences residents facilities campus unit multi purpose lifestyle living surgery practice medical \
    school church council district regional state national public foundation association trust society";

/// Words that stand behind the name of a place in any text: they name a kind of thing or a part of the town.
const BEHIND_PLACES: &str = "aged area bay beach bridge campus care central centre church city clinic coast college community council \
    creek district east facility health heights home homes hospital hostel hill hills house junction living medical north nursing park \
    practice public region regional residence residential retirement river road school service services shire south station street surgery town \
    valley village west";

/// Chance of a word that is not in the lists to stand in a text that means no entity (log2).
const RARE: f64 = -17.0;
/// The same for a word of the name of a place: texts speak of places for many reasons.
const PLACE: f64 = -8.0;
/// What a word of many names is more common in names than in texts (log2).
const NAMES_OVER_TEXTS: f64 = -4.0;

/// What is known of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    /// See [`EVERYWHERE`].
    Everywhere,
    /// See [`USUAL`].
    Usual,
    /// Any other.
    Other,
}

/// The usage of a folded word.
pub(super) fn usage(word: &str) -> Usage {
    LISTED.get(word).copied().unwrap_or(Usage::Other)
}

static LISTED: LazyLock<FxHashMap<&'static str, Usage>> = LazyLock::new(|| {
    let list = |words: &'static str, usage: Usage| words.split_ascii_whitespace().map(move |word| (word, usage));
    list(USUAL, Usage::Usual).chain(list(EVERYWHERE, Usage::Everywhere)).collect()
});

/// Whether a folded word stands behind the name of a place also where nothing is named.
pub(super) fn stands_behind_places(word: &str) -> bool {
    BEHIND.contains(word)
}

static BEHIND: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| BEHIND_PLACES.split_ascii_whitespace().collect());

/// log2 of the chance of a word in a text that does not mean an entity bearing it. `share` is the share of entities whose names
/// hold it: what many names are made of, texts speak of.
pub(super) fn log2_chance(usage: Usage, share: f64, is_place: bool) -> f64 {
    let listed = match usage {
        Usage::Everywhere => -0.2,
        Usage::Usual => -5.0,
        Usage::Other if is_place => PLACE,
        Usage::Other => RARE,
    };
    listed.max(share.max(1e-9).log2() + NAMES_OVER_TEXTS).min(-0.2)
}
