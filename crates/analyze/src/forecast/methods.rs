//! The methods that a forecast is chosen from, by name.
//!
//! Holds the list for one series and the call of each. It must never choose: that is for the errors they make.

use super::decomposed::{calendar, theta};
use super::intermittent::{croston, fading};
use super::past::{Past, Paths, Short};
use super::regression::{Form, regression};
use super::simple::{naive, same_position, window};
use super::smoothing::{Seasonal, Trend, smoothing};

/// Share of zeros from which the methods for intermittent values are tried.
const INTERMITTENT: f64 = 0.25;

/// A method with what it is set to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    /// The last value at the same position of the season.
    Naive(Option<Short>),
    /// The mean of so many last positions.
    Window(usize),
    /// The mean at the same position over so many last seasons.
    SamePosition(Short, usize),
    /// Exponential smoothing.
    Smoothing(Trend, Seasonal, Option<Short>),
    /// Theta.
    Theta(Option<Short>),
    /// Positions, recent level over so many positions, and so large a share of the move of a long season ago.
    Calendar(Option<Short>, usize, f64),
    /// Regression.
    Regression(Form),
    /// Teunter, Syntetos and Babai.
    Fading,
    /// Croston, corrected.
    Croston,
}

impl Method {
    /// Every method that could serve a series.
    pub(super) fn all(past: &Past<'_>) -> Vec<Self> {
        let mut all = vec![Self::Naive(None), Self::Window(usize::MAX)];
        let seasons: Vec<Option<Short>> =
            if past.short.is_empty() { vec![None] } else { past.short.iter().copied().map(Some).collect() };
        let unit = past.short.first().map_or(4, |season| season.length);
        all.extend([unit, 4 * unit, 13 * unit].into_iter().filter(|back| *back < past.values.len()).map(Self::Window));
        let positive = past.never_negative && past.zeros < 0.5;
        for &season in &seasons {
            let kinds: &[Seasonal] = match (season.is_some(), positive) {
                (false, _) => &[Seasonal::None],
                (true, false) => &[Seasonal::Added],
                (true, true) => &[Seasonal::Added, Seasonal::Times],
            };
            for &kind in kinds {
                all.push(Self::Smoothing(Trend::None, kind, season));
                all.push(Self::Smoothing(Trend::Damped, kind, season));
            }
            all.push(Self::Smoothing(Trend::Straight, kinds[0], season));
            all.push(Self::Theta(season));
            if let Some(season) = season {
                all.push(Self::Naive(Some(season)));
                all.extend([4, 8, 26].map(|seasons| Self::SamePosition(season, seasons)));
            }
        }
        let longest = past.short.last().copied();
        if past.long.is_empty() {
            all.push(Self::Calendar(longest, 8 * unit, 0.0));
        } else {
            let calendar = |(back, share)| Self::Calendar(longest, back * unit, share);
            all.extend([(4, 0.0), (8, 0.0), (4, 0.5), (8, 0.5), (8, 1.0)].map(calendar));
        }
        let forms: &[(bool, usize)] = match (past.short.is_empty() && past.flag_columns == 0, past.long.is_empty()) {
            (true, true) => &[(true, 0)],
            (false, true) => &[(true, 0), (false, 0)],
            (_, false) => &[(false, 0), (false, 2), (true, 1), (true, 3)],
        };
        for &(trend, waves) in forms {
            if past.never_negative {
                all.push(Self::Regression(Form { log: true, trend, waves }));
            }
            if !past.never_negative || waves == 1 || past.long.is_empty() {
                all.push(Self::Regression(Form { log: false, trend, waves }));
            }
        }
        if past.never_negative && past.zeros > INTERMITTENT {
            all.extend([Self::Fading, Self::Croston]);
        }
        all
    }

    /// Its forecasts from each origin, each from the values before it only.
    pub(super) fn paths(&self, past: &Past<'_>, origins: &[usize]) -> Paths {
        let mut paths = match *self {
            Self::Naive(season) => naive(past, origins, season),
            Self::Window(positions) => window(past, origins, positions),
            Self::SamePosition(season, seasons) => same_position(past, origins, Some(season), seasons),
            Self::Smoothing(trend, seasonal, season) => smoothing(past, origins, trend, seasonal, season),
            Self::Theta(season) => theta(past, origins, season),
            Self::Calendar(season, recent, share) => {
                calendar(past, origins, season, past.long.last().copied(), (recent, share))
            }
            Self::Regression(form) => regression(past, origins, &form),
            Self::Fading => fading(past, origins),
            Self::Croston => croston(past, origins),
        };
        paths.tame(past);
        paths
    }

    /// What people call it.
    pub(super) fn name(&self) -> String {
        let of = |season: Option<Short>| season.map_or(String::new(), |season| format!(", season {}", season.length));
        match *self {
            Self::Naive(None) => "last value".to_owned(),
            Self::Naive(Some(season)) => format!("seasonal naive, season {}", season.length),
            Self::Window(usize::MAX) => "mean of all".to_owned(),
            Self::Window(positions) => format!("mean of the last {positions}"),
            Self::SamePosition(season, seasons) => {
                format!("mean of the same position in the last {seasons} seasons of {}", season.length)
            }
            Self::Smoothing(trend, seasonal, season) => {
                let trend = match trend {
                    Trend::None => "simple smoothing",
                    Trend::Damped => "damped smoothing",
                    Trend::Straight => "Holt smoothing",
                };
                let kind = if seasonal == Seasonal::Times { " (multiplicative)" } else { "" };
                format!("{trend}{}{kind}", of(season))
            }
            Self::Theta(season) => format!("theta{}", of(season)),
            Self::Calendar(season, recent, share) => {
                let moved = if share > 0.0 {
                    format!(", moved by {:.0} % of last long season's move", 100.0 * share)
                } else {
                    String::new()
                };
                format!("level of the last {recent} by position{}{moved}", of(season))
            }
            Self::Regression(Form { log, trend, waves }) => {
                let scale = if log { "log-linear" } else { "linear" };
                let trend = if trend { " on trend and seasons" } else { " on seasons" };
                let waves = if waves > 0 { format!(", {waves} waves of the long season") } else { String::new() };
                format!("{scale} regression{trend}{waves}")
            }
            Self::Fading => "intermittent (TSB)".to_owned(),
            Self::Croston => "intermittent (Croston)".to_owned(),
        }
    }
}
