//! Whether a state comes back from its snapshot.

use std::fmt::Debug;

use super::fail;
use crate::Aggregate;

/// The state comes back equal from the JSON that is kept of it.
#[track_caller]
pub(super) fn restores<A: Aggregate + Debug + PartialEq>(state: &A) {
    let Some(snapshots) = A::SNAPSHOTS else {
        fail(&format!("{} has no snapshots: `#[aggregate(snapshot(…))]` gives it some", A::TYPE))
    };
    let (_, hides) = snapshots.shape_and_whether_it_hides();
    let restored =
        snapshots.write(state, hides).and_then(|json| Ok((snapshots.read(&json, hides)?, json)));
    match restored {
        Ok((restored, _)) if restored == *state && hides && !snapshots.has_version() => {
            fail(&format!(
                "no snapshot of {} is kept: a part of its JSON doesn't show its shape, so that nobody would notice a \
                 change of it\n  {}\nwrite `snapshot(version = 1)`, and raise that with every such change",
                A::TYPE,
                snapshots.described()
            ))
        }
        Ok((restored, _)) if restored == *state => {}
        Ok((restored, json)) => fail(&format!(
            "expected the state\n  {state:?}\nbut its snapshot gives\n  {restored:?}\nfrom\n  {}",
            String::from_utf8_lossy(&json)
        )),
        Err(error) => fail(&format!("no snapshot of the state can be kept: {error}\n  {state:?}")),
    }
}
