//! Writes batches into journals from several tasks, with messages and without, until it is killed. Each batch that the store has
//! acknowledged is written to the standard output, after that; batches of one transaction in one line.
//!
//! Arguments: the address of the store, and a name that the journals' names begin with.

use std::error::Error;

use es_core::{AggregateRepository, EventStore};
use es_sqlx::SqlxEventStore;
use store_tests::{Batch, Begin, Journal, Note, acknowledge};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("the address of a store is missing")?;
    let name = arguments.next().ok_or("the name of the journals is missing")?;
    let store = SqlxEventStore::connect(&url).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..4 {
        tasks.spawn(one_by_one(store.clone(), format!("{name} single {task}")));
    }
    for task in 0..2 {
        tasks.spawn(plainly(store.clone(), format!("{name} plain {task}")));
    }
    for pair in 0..2 {
        let journals = ["left", "right"].map(|side| format!("{name} {side} {pair}"));
        tasks.spawn(in_pairs(store.clone(), journals, format!("{name} pair {pair}")));
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    Ok(())
}

async fn one_by_one(store: SqlxEventStore, journal: String) -> Outcome {
    let journals = AggregateRepository::<Journal>::new(store);
    for number in 0.. {
        let batch = format!("{journal} batch {number}");
        let of = fastrand::u64(1..=30);
        let written = if number == 0 {
            let begin = Begin { batch: batch.clone(), of };
            journals.save_as(journal.clone(), begin).triggered_by(batch).await?
        } else {
            let note = Note { batch: batch.clone(), of };
            journals.update(&journal, note).triggered_by(batch).await?
        };
        acknowledge(&[Batch { journal: journal.clone(), entry: written.into_state().last }])?;
    }
    Ok(())
}

async fn plainly(store: SqlxEventStore, journal: String) -> Outcome {
    let journals = AggregateRepository::<Journal>::new(store);
    for number in 0.. {
        let batch = format!("{journal} batch {number}");
        let of = fastrand::u64(1..=3);
        let written = if number == 0 {
            journals.save_as(journal.clone(), Begin { batch, of }).await?
        } else {
            journals.update(&journal, Note { batch, of }).await?
        };
        acknowledge(&[Batch { journal: journal.clone(), entry: written.into_state().last }])?;
    }
    Ok(())
}

async fn in_pairs(store: SqlxEventStore, pair: [String; 2], name: String) -> Outcome {
    let journals = AggregateRepository::<Journal>::new(store.clone());
    for number in 0.. {
        let batch = format!("{name} batch {number}");
        let mut transaction = store.begin().await?;
        let mut batches = Vec::new();
        for journal in &pair {
            let of = fastrand::u64(1..=30);
            let within = journals.within(&mut transaction);
            let written = if number == 0 {
                let begin = Begin { batch: batch.clone(), of };
                within.save_as(journal.clone(), begin).triggered_by(batch.as_str()).await?
            } else {
                let note = Note { batch: batch.clone(), of };
                within.update(journal, note).triggered_by(batch.as_str()).await?
            };
            batches.push(Batch { journal: journal.clone(), entry: written.into_state().last });
        }
        transaction.commit().await?;
        acknowledge(&batches)?;
    }
    Ok(())
}
