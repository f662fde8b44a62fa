use std::collections::HashMap;
use std::ops::AddAssign;

use uuid::Uuid;

/// What became of deposits on their way to a reader.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// How many were acknowledged.
    pub(crate) written: u64,
    /// How many of these the reader was never shown.
    pub(crate) lost: u64,
    /// How often he was shown one again.
    pub(crate) again: u64,
    /// How many he was shown after a later one of their account.
    pub(crate) disordered: u64,
}

impl Verdict {
    /// `written` says how many deposits each account has; they are numbered from 1. `seen` is in the reader's order.
    pub(super) fn of(written: &HashMap<Uuid, u64>, seen: &[(Uuid, u64)]) -> Self {
        let mut verdict = Verdict::default();
        let mut by_account: HashMap<Uuid, Vec<u64>> = HashMap::new();
        for (account, number) in seen {
            by_account.entry(*account).or_default().push(*number);
        }
        for (account, deposits) in written {
            let numbers = by_account.remove(account).unwrap_or_default();
            let (mut is_seen, mut latest) = (vec![false; *deposits as usize + 1], 0);
            for number in numbers {
                // One whose acknowledgement was lost may be there too.
                let Some(is_seen) = is_seen.get_mut(number as usize) else { continue };
                if *is_seen {
                    verdict.again += 1;
                } else if number < latest {
                    verdict.disordered += 1;
                }
                *is_seen = true;
                latest = latest.max(number);
            }
            verdict.written += deposits;
            verdict.lost += is_seen[1..].iter().filter(|is_seen| !**is_seen).count() as u64;
        }
        verdict
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.written += other.written;
        self.lost += other.lost;
        self.again += other.again;
        self.disordered += other.disordered;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_repeated_or_late_is_counted() {
        let (first, second, third) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let written = HashMap::from([(first, 3), (second, 2), (third, 1)]);
        let seen = [(first, 1), (second, 2), (first, 3), (second, 1), (first, 1)];
        let wanted = Verdict { written: 6, lost: 2, again: 1, disordered: 1 };
        assert_eq!(Verdict::of(&written, &seen), wanted);
    }

    #[test]
    fn all_in_order_is_faultless() {
        let account = Uuid::from_u128(1);
        let seen = [(account, 1), (account, 2)];
        let wanted = Verdict { written: 2, ..Verdict::default() };
        assert_eq!(Verdict::of(&HashMap::from([(account, 2)]), &seen), wanted);
    }
}
