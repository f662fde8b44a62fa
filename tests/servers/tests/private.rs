//! Private servers start, survive a kill, and are gone when nobody needs them.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::net::TcpStream;

use test_servers::Database;

fn address(url: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    rest.split_once('/').unwrap().0.to_owned()
}

fn starts_survives_and_goes(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = database.start(folder.path()).unwrap();
    let address = address(server.url());
    TcpStream::connect(&address).unwrap();

    server.kill().unwrap();
    assert!(TcpStream::connect(&address).is_err(), "the server still listens after its kill");
    server.restart().unwrap();
    TcpStream::connect(&address).unwrap();

    drop(server);
    assert!(TcpStream::connect(&address).is_err(), "the server still listens after its end");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "the server's files are still there"
    );
}

#[test]
fn a_private_postgres_starts_survives_a_kill_and_goes() {
    starts_survives_and_goes(Database::Postgres);
}

#[test]
fn a_private_mariadb_starts_survives_a_kill_and_goes() {
    starts_survives_and_goes(Database::MariaDb);
}
