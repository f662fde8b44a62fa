//! The tables of the store on PostgreSQL come to be once, however many processes start at once (S7).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/postgres/schema.rs"]
mod schema;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use es_core::AggregateRepository;
use es_sqlx::SqlxEventStore;
use store_tests::Journal;

use self::schema::Schema;

#[tokio::test]
async fn sixteen_processes_that_start_at_once_make_one_schema() {
    for _ in 0..3 {
        let schema = Schema::new().await;
        let mut children: Vec<_> = (0..16)
            .map(|process| {
                Command::new(env!("CARGO_BIN_EXE_migrate_at_once"))
                    .args([schema.url(), format!("journal {process:02}")])
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .expect("the process can be started")
            })
            .collect();
        for child in &mut children {
            let mut line = String::new();
            let out = child.stdout.as_mut().expect("its output is piped");
            BufReader::new(out).read_line(&mut line).expect("its output can be read");
            assert_eq!(line, "ready\n");
        }
        for child in &mut children {
            child.stdin.take().expect("its input is piped").write_all(b"go\n").expect("it reads");
        }
        for child in children {
            let output = child.wait_with_output().expect("it ends");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {errors}", output.status);
        }

        let steps: Vec<i32> =
            sqlx::query_scalar("SELECT version FROM event_store_schema ORDER BY version")
                .fetch_all(&mut schema.sql().await)
                .await
                .expect("the steps can be read");
        assert_eq!(steps, (1..).take(steps.len()).collect::<Vec<_>>());
        assert!(!steps.is_empty());
        let store = SqlxEventStore::connect(&schema.url()).await.expect("a store");
        let journals = AggregateRepository::<Journal>::new(store);
        let ids = journals.ids(None, 100).await.expect("a list");
        let named: Vec<_> = (0..16).map(|process| format!("journal {process:02}")).collect();
        assert_eq!(ids, named);
    }
}
