use std::fs::{self, File, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

/// How long a server may take to accept connections.
const LIMIT: Duration = Duration::from_secs(60);

/// A server of one's own. Dropped, it is stopped, and its files are removed.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    url: String,
    launch: Command,
    probe: Command,
    child: Child,
}

impl Server {
    /// Starts it, and waits until `probe` succeeds.
    pub(crate) fn start(
        folder: PathBuf,
        url: String,
        mut launch: Command,
        probe: Command,
    ) -> Outcome<Self> {
        let child = spawn(&mut launch, &folder)?;
        let mut server = Server { folder, url, launch, probe, child };
        server.wait()?;
        Ok(server)
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it as a loss of power would, but for the disk: with SIGKILL.
    ///
    /// # Errors
    /// Where it can't be killed.
    pub fn kill(&mut self) -> Outcome {
        self.child
            .kill()
            .and_then(|()| self.child.wait())
            .map(drop)
            .map_err(|error| format!("can't kill the server: {error}"))
    }

    /// Starts it again after [`kill`](Self::kill), at the same address, and waits until it accepts connections.
    ///
    /// # Errors
    /// Where it doesn't start.
    pub fn restart(&mut self) -> Outcome {
        let start = Instant::now();
        loop {
            self.child = spawn(&mut self.launch, &self.folder)?;
            match self.wait() {
                Ok(()) => return Ok(()),
                // What the killed server left behind may need a moment to go away.
                Err(_) if start.elapsed() < LIMIT => thread::sleep(Duration::from_millis(100)),
                Err(error) => return Err(error),
            }
        }
    }

    /// What it has printed.
    pub fn log(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn wait(&mut self) -> Outcome {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the server ended ({status}): {}", self.log()));
            }
            self.probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            if self.probe.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(format!("the server accepts no connections after {LIMIT:?}: {}", self.log()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What it holds isn't needed any more, so it needn't end in order.
        let _ = self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn spawn(launch: &mut Command, folder: &Path) -> Outcome<Child> {
    let log = folder.join("log");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&log)
        .map_err(|error| format!("{}: {error}", log.display()))?;
    let same = file.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
    launch
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(same)
        .spawn()
        .map_err(|error| format!("can't start {launch:?}: {error}"))
}

/// A new folder for a server that may run as another user.
pub(crate) fn new_folder(below: &Path, name: &str) -> Outcome<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let folder =
        below.join(format!("{name}-{}-{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::set_permissions(&folder, Permissions::from_mode(0o777)))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> Outcome<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}
