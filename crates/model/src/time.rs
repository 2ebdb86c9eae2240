//! Points in time and civil dates. Reading the clock is a parameter ([`Clock`]); only the binary hands in the real one.

pub use jiff::Timestamp;
pub use jiff::civil::Date;

/// Tells the time. The binary's clock is the machine's; tests set theirs.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Today's date in universal time.
    fn today(&self) -> Date {
        date_of(self.now())
    }
}

/// The civil date of a moment in universal time.
pub fn date_of(at: Timestamp) -> Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

/// Midnight, universal time, of a civil date.
pub fn midnight(date: Date) -> Timestamp {
    Timestamp::from_second(i64::from(days_since_epoch(date)) * 86_400).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Days from 1970-01-01 to `date`, negative before.
pub fn days_since_epoch(date: Date) -> i32 {
    let days = date.duration_since(Date::constant(1970, 1, 1)).as_secs() / 86_400;
    i32::try_from(days).expect("the years -9999 to 9999 have fewer than four million days")
}

/// The date that lies `days` after 1970-01-01; `None` outside the years -9999 to 9999.
pub fn date_from_days(days: i32) -> Option<Date> {
    Timestamp::from_second(i64::from(days) * 86_400).ok().map(date_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree_both_ways() {
        for (text, days) in [("1970-01-01", 0), ("1969-12-31", -1), ("2025-02-28", 20_147)] {
            let date: Date = text.parse().expect("a valid date");
            assert_eq!(days_since_epoch(date), days);
            assert_eq!(date_from_days(days), Some(date));
        }
    }
}
