//! What is stored on MariaDB and MySQL comes back to the byte, whatever the server's modes are (S5).
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod database;

use std::ops::ControlFlow;

use es_core::store::{Append, AppendError, EventStore, RawEvent, StoreError, StreamQuery};
use es_core::{EncodeError, EventId, StoredEvent, Timestamp, Version};
use es_sqlx::SqlxEventStore;
use futures_util::future::join_all;
use sqlx::mysql::MySqlPoolOptions;

use self::database::Database;

struct Raw(&'static str, Vec<u8>);

impl StoredEvent for Raw {
    fn event_type(&self) -> &'static str {
        self.0
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(&self.1);
        Ok(())
    }
}

fn append(id: &str, expected: u64, texts: impl IntoIterator<Item = Vec<u8>>) -> Append {
    let now = Timestamp::UNIX_EPOCH;
    let mut append = Append::new("Text", id.to_owned(), Version::new(expected), now);
    for text in texts {
        append.push(EventId::new(), &Raw("Written", text)).expect("it can be pushed");
    }
    append
}

async fn texts(store: &SqlxEventStore, id: &str) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let visit = &mut |event: RawEvent<'_>| {
        texts.push(event.data.to_vec());
        ControlFlow::Continue(())
    };
    store.load(StreamQuery::new("Text", id), visit).await.expect("it is read");
    texts
}

/// JSON as it may be written, and any text beside.
fn samples() -> Vec<Vec<u8>> {
    let written = [
        r#"{"a":"\u0000\u001f\/\\\"\b\f\n\r\t","b":"\ud83d\ude00 😀 𐍈"}"#,
        " { \"spaces\" :\t[ 1 ,\r\n2 ] } ",
        "1.0",
        "1E400",
        "-0",
        "123456789012345678901234567890.10",
        r#"{"same":1,"same":2}"#,
        r"'; DROP TABLE events; -- \' \\' '' %_ {prefix} ?1 $1 @es_events",
        "",
        "\u{10ffff}\u{ffff}\u{feff}",
    ];
    let any = (0..300).map(|n| {
        let characters = (0..n).map(|_| {
            loop {
                let most = if fastrand::bool() { 0x7f } else { 0x11_0000 };
                if let Some(character) = char::from_u32(fastrand::u32(1..most)) {
                    break character;
                }
            }
        });
        characters.collect::<String>().into_bytes()
    });
    written.into_iter().map(|text| text.as_bytes().to_vec()).chain(any).collect()
}

#[tokio::test]
async fn every_byte_comes_back_in_every_mode_of_the_server() {
    for mode in [
        "STRICT_ALL_TABLES",
        "STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES",
        "STRICT_ALL_TABLES,ANSI",
        "TRADITIONAL,HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH,NO_UNSIGNED_SUBTRACTION",
    ] {
        let database = Database::new().await;
        let pool = MySqlPoolOptions::new()
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    let set = sqlx::query("SET sql_mode = ?").bind(mode);
                    set.execute(connection).await.map(drop)
                })
            })
            .connect(&database.url())
            .await
            .expect("a pool");
        let store = SqlxEventStore::from_mysql_pool(pool).await.expect("a store");
        let samples = samples();
        store.append(append("at once", 0, samples.clone())).await.expect("it is stored");
        for (text, expected) in samples.iter().zip(0..).take(60) {
            let one = append("one by one", expected, [text.clone()]);
            store.append(one).await.expect("it is stored");
        }
        assert!(texts(&store, "at once").await == samples, "{mode}");
        assert!(texts(&store, "one by one").await == samples[..60], "{mode}");
    }
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_and_not_cut_off() {
    let database = Database::new().await;
    let store = SqlxEventStore::connect(&database.url()).await.expect("a store");
    let long: &'static str = "x".repeat(256).leak();
    let bad = |id: &str, of: usize| append(id, 0, vec![b"\xff\"\xfe".to_vec(); of]);
    let named = |of: usize| {
        let mut append = append("a", 0, []);
        for _ in 0..of {
            append.push(EventId::new(), &Raw(long, b"1".to_vec())).expect("it can be pushed");
        }
        append
    };
    let mut message = append("a", 0, [b"1".to_vec()]);
    message.message = Some(long.into());
    let mut typed = append("a", 0, [b"1".to_vec()]);
    typed.entity_type = &long[..101];
    let refused = [
        ("no UTF-8", bad("a", 1)),
        ("no UTF-8, twice", bad("a", 2)),
        ("a long id", append(long, 0, [b"1".to_vec()])),
        ("a long id, twice", append(long, 0, [b"1".to_vec(), b"2".to_vec()])),
        ("a long name", named(1)),
        ("a long name, twice", named(2)),
        ("a long message", message),
        ("a long type", typed),
    ];
    for (what, append) in refused {
        let outcome = store.append(append).await;
        assert!(
            matches!(outcome, Err(AppendError::Store(StoreError::Database(_)))),
            "{what}: {outcome:?}"
        );
    }
    let mut sql = database.sql().await;
    for table in [
        "SELECT COUNT(*) FROM events",
        "SELECT COUNT(*) FROM entities",
        "SELECT COUNT(*) FROM processed_messages",
    ] {
        let rows: i64 = sqlx::query_scalar(table).fetch_one(&mut sql).await.expect("a number");
        assert_eq!(rows, 0, "{table}");
    }
}

#[tokio::test]
async fn times_from_year_one_to_the_last_come_back() {
    let database = Database::new().await;
    let store = SqlxEventStore::connect(&database.url()).await.expect("a store");
    let times: Vec<Timestamp> = [
        "0001-01-01T00:00:00Z",
        "0999-12-31T23:59:59.999999Z",
        "1900-02-28T12:00:00.5Z",
        "2024-02-29T00:00:00.000001Z",
        "2038-01-19T03:14:08Z",
        "9999-12-30T21:59:59.999999Z",
    ]
    .iter()
    .map(|time| time.parse().expect("a time"))
    .collect();
    for (&time, expected) in times.iter().zip(0..) {
        for (id, of) in [("one", 1), ("two", 2)] {
            let mut append = append(id, expected * of, vec![b"1".to_vec(); of as usize]);
            append.recorded_at = time;
            store.append(append).await.expect("it is stored");
        }
    }
    for (id, of) in [("one", 1), ("two", 2)] {
        let mut read = Vec::new();
        let visit = &mut |event: RawEvent<'_>| {
            read.push(event.recorded_at);
            ControlFlow::Continue(())
        };
        store.load(StreamQuery::new("Text", id), visit).await.expect("it is read");
        assert_eq!(read, times.iter().flat_map(|&time| vec![time; of]).collect::<Vec<_>>());
    }
    let before_christ = {
        let mut append = append("never", 0, [b"1".to_vec()]);
        append.recorded_at = "-000001-01-01T00:00:00Z".parse().expect("a time");
        store.append(append).await
    };
    assert!(matches!(before_christ, Err(AppendError::Store(_))), "{before_christ:?}");
}

// What is damaged by hand is told, with its entity and version.
#[tokio::test]
async fn damage_is_told() {
    for (damage, told) in [
        ("DELETE FROM events WHERE entity_version = 2", "version 2 of Text a is missing"),
        ("DELETE FROM events WHERE entity_version = 3", "version 3 of Text a is missing"),
        ("UPDATE entities SET entity_version = 2", "is at version 2, and has later events"),
        ("DELETE FROM entities", "is at version 0, and has later events"),
        (
            "UPDATE events SET event_type = x'ff' WHERE entity_version = 2",
            "version 2 of Text a has a form",
        ),
    ] {
        let database = Database::new().await;
        let store = SqlxEventStore::connect(&database.url()).await.expect("a store");
        store.append(append("a", 0, vec![b"1".to_vec(); 3])).await.expect("it is stored");
        let mut sql = database.sql().await;
        sqlx::raw_sql(damage).execute(&mut sql).await.expect("the SQL is right");

        let visit = &mut |_: RawEvent<'_>| ControlFlow::Continue(());
        let read = store.load(StreamQuery::new("Text", "a"), visit).await;
        assert!(
            matches!(&read, Err(StoreError::Corrupt(message)) if message.contains(told)),
            "{damage}: {read:?}"
        );
        // As whoever folds is told, alone and together with others.
        let bare = async || {
            let visit = &mut |_: RawEvent<'_>| ControlFlow::Continue(());
            let query = StreamQuery::new("Text", "a").bare(true);
            store.load(query, visit).await.expect_err("it is damaged").to_string()
        };
        let alone = bare().await;
        let met = join_all((0..4).map(async |_| bare().await)).await;
        assert!(met.iter().all(|met| *met == alone), "{damage}: {alone}, {met:?}");
    }
}
