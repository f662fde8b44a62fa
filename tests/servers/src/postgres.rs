use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::install::{command_as, ensure, is_root, on_path, run};
use crate::private::{Server, free_port, new_folder};

/// Who runs the server where we are root, and its superuser everywhere.
const USER: &str = "postgres";

/// The server on this machine's usual port, if it lets us in.
pub(crate) fn running() -> Option<String> {
    let psql = on_path("psql")?;
    let address = "postgres://postgres@127.0.0.1:5432/postgres";
    let mut probe = Command::new(psql);
    probe.args(["--no-password", "--no-psqlrc", "--quiet", "--command", "SELECT 1", address]);
    run(&mut probe).is_ok().then(|| address.to_owned())
}

/// A private server.
pub(crate) fn start(below: &Path) -> Outcome<Server> {
    let initdb = ensure(|| program("initdb"), "postgresql")?;
    let sibling = |name| initdb.with_file_name(name);
    let folder = reachable(below)?;
    let data = folder.join("data");
    let mut create = command_as(USER, &initdb);
    create.arg("--pgdata").arg(&data).args([
        "--username",
        USER,
        "--auth",
        "trust",
        "--no-sync",
        "--encoding",
        "UTF8",
    ]);
    run(create.args(["--locale", "C.UTF-8"]))?;

    let port = free_port()?;
    let mut launch = command_as(USER, &sibling("postgres"));
    launch.arg("-D").arg(&data).arg("-k").arg(&folder).args(["-p", &port.to_string()]);
    launch.args([
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "wal_level=logical",
        "-c",
        "max_connections=200",
    ]);
    let mut probe = Command::new(sibling("pg_isready"));
    probe.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--username", USER]);
    Server::start(folder, format!("postgres://{USER}@127.0.0.1:{port}/postgres"), launch, probe)
}

/// A program of the newest PostgreSQL here.
fn program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    versions.sort();
    let debian = versions
        .pop()
        .map(|(_, folder)| folder.join("bin").join(name))
        .filter(|program| program.is_file());
    debian.or_else(|| on_path(name))
}

/// A folder that the server's user can reach: below this one, or, where a folder above it is closed to him, among the
/// temporary ones.
fn reachable(below: &Path) -> Outcome<PathBuf> {
    let folder = new_folder(below, "postgres")?;
    let touch = on_path("touch").unwrap_or_else(|| "touch".into());
    if !is_root() || run(command_as(USER, &touch).arg(folder.join("log"))).is_ok() {
        return Ok(folder);
    }
    let _ = fs::remove_dir_all(&folder);
    new_folder(&env::temp_dir(), "postgres")
}
