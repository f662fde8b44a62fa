//! The fold of 1,000 events in nanoseconds: `cargo xtask bench`.

use std::hint::black_box;

use benches::fold;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const EVENTS: u64 = 1_000;

fn benchmark(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fold");
    group.throughput(Throughput::Elements(EVENTS));
    group.bench_function("replay/generated", |bencher| {
        bencher.iter(|| fold::replay_all_generated(black_box(EVENTS)))
    });
    group.bench_function("replay/by hand", |bencher| {
        bencher.iter(|| fold::replay_all_by_hand(black_box(EVENTS)))
    });
    group.bench_function("apply/generated", |bencher| {
        bencher.iter(|| fold::apply_all_generated(black_box(EVENTS)))
    });
    group.bench_function("apply/by hand", |bencher| {
        bencher.iter(|| fold::apply_all_by_hand(black_box(EVENTS)))
    });
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
