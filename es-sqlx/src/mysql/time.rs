//! Times in UTC, as DATETIME(6) has them: no time zone of a session or a server has a part in it.

use es_core::Timestamp;

const MICROSECONDS: i64 = 1_000_000;
const SECONDS_OF_DAY: i64 = 86_400;

/// For a DATETIME(6).
pub(super) fn text(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
}

/// From the binary protocol: a length, then year, month and day, then hour, minute and second unless all are 0, then
/// microseconds unless they are 0.
pub(super) fn decode(value: &[u8]) -> Option<Timestamp> {
    let (&length, rest) = value.split_first()?;
    if usize::from(length) != rest.len() || !matches!(length, 4 | 7 | 11) {
        return None;
    }
    let part = |n: usize| rest.get(n).copied().map_or(0, i64::from);
    let year = part(0) | part(1) << 8;
    let days = days_from_1970(year, part(2), part(3))?;
    let seconds = days * SECONDS_OF_DAY + part(4) * 3_600 + part(5) * 60 + part(6);
    let microseconds = part(7) | part(8) << 8 | part(9) << 16 | part(10) << 24;
    Timestamp::from_microsecond(seconds * MICROSECONDS + microseconds).ok()
}

/// Years are counted from March on, so that a leap day is the last of its year, and in eras of 400 years, which all
/// have as many days.
fn days_from_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(time: Timestamp) -> Vec<u8> {
        let text = text(time);
        let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap();
        let mut value = vec![11];
        value.extend_from_slice(&u16::try_from(number(0..4)).unwrap().to_le_bytes());
        for start in [5, 8, 11, 14, 17] {
            value.push(u8::try_from(number(start..start + 2)).unwrap());
        }
        value.extend_from_slice(&number(20..26).to_le_bytes());
        value
    }

    #[test]
    fn times_come_back_as_they_were() {
        let ends = ["0001-01-01T00:00:00Z", "9999-12-30T21:59:59.999999Z"];
        let [first, last] = ends.map(|end| end.parse::<Timestamp>().unwrap().as_microsecond());
        let leaps = ["1900-02-28", "2000-02-29", "2024-02-29", "2100-03-01", "1969-12-31"]
            .map(|day| format!("{day}T23:59:59.999999Z").parse::<Timestamp>().unwrap());
        let some = std::iter::repeat_with(|| fastrand::i64(first..=last)).take(1_000);
        for time in some
            .chain([first, last, -1, 0, 1])
            .map(|time| Timestamp::from_microsecond(time).unwrap())
            .chain(leaps)
        {
            assert_eq!(decode(&encoded(time)), Some(time), "{time}");
        }
    }

    #[test]
    fn what_is_zero_at_the_end_may_be_left_out() {
        let midnight: Timestamp = "2024-02-29T00:00:00Z".parse().unwrap();
        assert_eq!(decode(&[4, 0xe8, 7, 2, 29]), Some(midnight));
        let second: Timestamp = "2024-02-29T01:02:03Z".parse().unwrap();
        assert_eq!(decode(&[7, 0xe8, 7, 2, 29, 1, 2, 3]), Some(second));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for value in [&[][..], &[0], &[4, 0, 0, 0, 0], &[4, 0xe8, 7, 13, 1], &[7, 0xe8, 7, 2, 29]] {
            assert_eq!(decode(value), None, "{value:?}");
        }
    }
}
