//! The fold of stored events in memory, through the generated dispatch and through a match written by hand.

use std::hint::black_box;
use std::time::Instant;

use benches::fold;

use crate::race::{Cell, Pace};

/// How many events are folded in one go.
pub(crate) const EVENTS: u64 = 1_000;

/// A way to fold.
pub(crate) struct Folded {
    pub(crate) contender: &'static str,
    pub(crate) cell: Cell,
}

/// Measures both in turn; the match written by hand is the limit.
pub(crate) fn race(pace: Pace) -> Vec<Folded> {
    let mut by_hand = Vec::new();
    let mut generated = Vec::new();
    for _ in 0..pace.repetitions {
        by_hand.push(micros(pace, || drop(black_box(fold::replay_all_by_hand(black_box(EVENTS))))));
        generated
            .push(micros(pace, || drop(black_box(fold::replay_all_generated(black_box(EVENTS))))));
    }
    vec![
        Folded { contender: crate::contenders::LIMIT, cell: Cell::Micros(by_hand) },
        Folded { contender: "es-core", cell: Cell::Micros(generated) },
    ]
}

fn micros(pace: Pace, mut fold: impl FnMut()) -> f64 {
    for _ in 0..100 {
        fold();
    }
    let start = Instant::now();
    let mut folds = 0_u32;
    while start.elapsed() < pace.slice {
        fold();
        folds += 1;
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(folds)
}
