use std::sync::{Mutex, PoisonError};

use super::Part;

/// What the last step of this process gave positions to, so that its readers, who mostly want just that, needn't ask for it.
pub(crate) struct Recent<T>(Mutex<Option<Step<T>>>);

struct Step<T> {
    after: u64,
    until: u64,
    placed: T,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Recent(Mutex::new(None))
    }
}

impl<T: Clone> Recent<T> {
    /// Keeps what got the positions after one, up to another one with it. They are committed, so they never change.
    pub(crate) fn keep(&self, after: u64, until: u64, placed: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Step { after, until, placed });
    }

    /// What has the positions of a part, if that is known, among others.
    pub(crate) fn of(&self, part: Part<'_>) -> Option<T> {
        let step = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let step = step.as_ref()?;
        (step.after <= part.after && part.until <= step.until).then(|| step.placed.clone())
    }
}

#[cfg(test)]
mod tests {
    use es_core::store::FeedFilter;

    use super::*;

    #[test]
    fn only_what_is_whole_is_known() {
        let (recent, filter) = (Recent::default(), FeedFilter::all());
        let known = |after, until| recent.of(Part { after, until, limit: 1, filter: &filter });
        assert_eq!(known(0, 0), None);
        recent.keep(10, 20, "placed");
        for part in [(10, 20), (10, 11), (19, 20), (12, 15)] {
            assert_eq!(known(part.0, part.1), Some("placed"), "{part:?}");
        }
        for part in [(9, 20), (10, 21), (0, 5), (20, 21), (5, 15)] {
            assert_eq!(known(part.0, part.1), None, "{part:?}");
        }
        recent.keep(20, 22, "others");
        assert_eq!((known(12, 15), known(20, 21)), (None, Some("others")));
    }
}
