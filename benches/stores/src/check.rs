//! Whether a contender does right what it does fast.

use std::sync::Arc;

use tokio::task::JoinSet;
use uuid::Uuid;

use crate::contender::{Contender, Failed};
use crate::domain::Tally;
use crate::measure::retrying;

const TASKS: u64 = 16;

/// How often each task updates the account that all of them update.
const UPDATES: u64 = 20;

/// How many accounts each task opens.
const ACCOUNTS: u64 = 25;

/// What was found, in a few words: `yes`, or what is wrong.
pub(crate) async fn check(contender: Arc<dyn Contender>) -> String {
    let mut wrong = Vec::new();
    match contended(&contender).await {
        Ok(None) => {}
        Ok(Some(problem)) => wrong.push(problem),
        Err(error) => wrong.push(error.to_string()),
    }
    match found(&contender).await {
        Ok(None) => {}
        Ok(Some(problem)) => wrong.push(problem),
        Err(error) => wrong.push(error.to_string()),
    }
    if wrong.is_empty() { "yes".to_owned() } else { wrong.join("; ") }
}

/// Tasks that update one account at once. All updates that were acknowledged must be there, and in order.
async fn contended(contender: &Arc<dyn Contender>) -> Result<Option<String>, Failed> {
    let account = Uuid::now_v7();
    retrying(|| contender.save(account)).await?;
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let contender = Arc::clone(contender);
        tasks.spawn(async move {
            let (mut acknowledged, mut refused) = (0, None);
            for _ in 0..UPDATES {
                match retrying(|| contender.update(account)).await {
                    Ok(()) => acknowledged += 1,
                    Err(error) => refused = Some(error.to_string()),
                }
            }
            (acknowledged, refused)
        });
    }
    let (mut acknowledged, mut refused) = (0, None);
    while let Some(task) = tasks.join_next().await {
        let (of_task, error) = task.map_err(Failed::other)?;
        acknowledged += of_task;
        refused = error.or(refused);
    }
    let Some(tally) = retrying(|| contender.load(account)).await? else {
        return Ok(Some("the account is gone".to_owned()));
    };
    let wanted = TASKS * UPDATES;
    Ok(match refused {
        _ if tally.deposits > wanted => {
            Some(format!("counts {acknowledged} updates as {}", tally.deposits))
        }
        _ if tally.deposits < acknowledged => {
            Some(format!("lost {} of {acknowledged} updates", acknowledged - tally.deposits))
        }
        Some(error) => Some(format!(
            "{} of {wanted} contended updates refused ({})",
            wanted - acknowledged,
            short(&error)
        )),
        None if tally.deposits != acknowledged => {
            Some(format!("counts {acknowledged} updates as {}", tally.deposits))
        }
        None if tally != Tally::of(acknowledged) => Some("out of order".to_owned()),
        None => None,
    })
}

/// Accounts that are opened by several tasks at once. All of them must be found.
async fn found(contender: &Arc<dyn Contender>) -> Result<Option<String>, Failed> {
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let contender = Arc::clone(contender);
        tasks.spawn(async move {
            let mut opened = Vec::new();
            let mut refused = None;
            for _ in 0..ACCOUNTS {
                let account = Uuid::now_v7();
                match retrying(|| contender.save(account)).await {
                    Ok(()) => opened.push(account),
                    Err(error) => refused = Some(error.to_string()),
                }
            }
            (opened, refused)
        });
    }
    let (mut opened, mut refused) = (Vec::new(), None);
    while let Some(task) = tasks.join_next().await {
        let (of_task, error) = task.map_err(Failed::other)?;
        opened.extend(of_task);
        refused = error.or(refused);
    }
    let mut missing = 0;
    for account in &opened {
        if retrying(|| contender.load(*account)).await? != Some(Tally::default()) {
            missing += 1;
        }
    }
    let wanted = (TASKS * ACCOUNTS) as usize;
    Ok(match refused {
        _ if missing > 0 => Some(format!("{missing} of {} saved not found", opened.len())),
        Some(error) => {
            Some(format!("{} of {wanted} saves refused ({})", wanted - opened.len(), short(&error)))
        }
        None => None,
    })
}

/// The beginning of an error, as it fits into a table.
pub(crate) fn short(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default().replace('|', "/");
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
