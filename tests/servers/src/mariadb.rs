use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::install::{ensure, on_path, run};
use crate::private::{Server, free_port, new_folder};

/// The server on this machine's usual port, if it lets us in.
pub(crate) fn running() -> Option<String> {
    let client = on_path("mariadb").or_else(|| on_path("mysql"))?;
    let mut probe = Command::new(client);
    probe.args([
        "--no-defaults",
        "--host=127.0.0.1",
        "--port=3306",
        "--user=root",
        "--connect-timeout=3",
    ]);
    run(probe.args(["--execute", "SELECT 1"]))
        .is_ok()
        .then(|| "mysql://root@127.0.0.1:3306/mysql".to_owned())
}

/// A private server.
pub(crate) fn start(below: &Path) -> Outcome<Server> {
    let server = ensure(|| on_path("mariadbd"), "mariadb-server")?;
    let install =
        on_path("mariadb-install-db").ok_or("mariadb-install-db isn't where mariadbd is")?;
    let admin = on_path("mariadb-admin").ok_or("mariadb-admin isn't where mariadbd is")?;
    let folder = new_folder(below, "mariadb")?;
    let data = format!("--datadir={}", folder.join("data").display());
    let user = format!("--user={}", run(Command::new("id").arg("-un"))?.trim());
    // A server that starts removes the temporary tables of all that share this folder with it.
    let temporary = format!("--tmpdir={}", new_folder(&folder, "tmp")?.display());
    let mut create = Command::new(install);
    create.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    run(create.args(["--innodb-log-file-size=8M", &data, &user, &temporary]))?;

    let port = format!("--port={}", free_port()?);
    let mut launch = Command::new(server);
    launch.args([
        "--no-defaults",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--max-connections=200",
        &data,
        &user,
        &port,
        &temporary,
    ]);
    launch.arg(format!("--log-bin={}", new_folder(&folder, "log")?.join("mysql-bin").display()));
    launch.arg(format!("--socket={}", folder.join("socket").display()));
    launch.arg(format!("--pid-file={}", folder.join("pid").display()));
    launch.args(["--binlog-format=ROW", "--binlog-row-metadata=FULL", "--server-id=1"]);
    launch.args(["--sync-binlog=1", "--innodb-flush-log-at-trx-commit=1"]);
    let mut probe = Command::new(admin);
    probe.args([
        "--no-defaults",
        "--host=127.0.0.1",
        "--user=root",
        "--connect-timeout=3",
        &port,
        "ping",
    ]);
    let url = format!("mysql://root@127.0.0.1:{}/mysql", port.trim_start_matches("--port="));
    Server::start(folder, url, launch, probe)
}
