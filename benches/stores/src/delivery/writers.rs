use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use uuid::Uuid;

use crate::contender::{Contender, Failed, Held};
use crate::measure::retrying;

/// How many write at once.
const TASKS: u64 = 16;

/// The longest pause between two appends of a task.
const PAUSE: Duration = Duration::from_millis(40);

/// How often an append is tried that has lost a race.
const TRIES: u32 = 1_000;

/// Tasks that each make so many deposits in an account of its own, one by one, and how many each account has then.
pub(super) async fn write(
    contender: Arc<dyn Contender>,
    deposits: u64,
) -> Result<HashMap<Uuid, u64>, Failed> {
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let contender = Arc::clone(&contender);
        tasks.spawn(async move {
            let account = Uuid::now_v7();
            let mut held = retrying(|| contender.hold(account)).await?;
            for number in 0..deposits {
                tokio::time::sleep(pause(task, number)).await;
                append(&mut *held).await?;
            }
            Ok::<_, Failed>((account, deposits))
        });
    }
    let mut written = HashMap::new();
    while let Some(account) = tasks.join_next().await {
        let (account, deposits) = account.map_err(Failed::other)??;
        written.insert(account, deposits);
    }
    Ok(written)
}

async fn append(held: &mut dyn Held) -> Result<(), Failed> {
    let mut tries = 1;
    loop {
        match held.append(1).await {
            Err(Failed::Conflict) if tries < TRIES => tries += 1,
            appended => return appended,
        }
    }
}

/// The same in each run, and different for each task and deposit.
fn pause(task: u64, number: u64) -> Duration {
    let part = ((task * 1_000 + number) as f64 * 0.618_034).fract();
    PAUSE.mul_f64(part)
}
