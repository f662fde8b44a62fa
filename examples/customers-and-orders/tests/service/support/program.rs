use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::client::Client;
use super::place::Place;

/// The service as a process of its own, which is killed with this value.
pub(crate) struct Program {
    process: Child,
    address: String,
}

impl Program {
    /// Runs it on a database until it listens.
    pub(crate) fn on(place: &Place) -> Self {
        Self::at("http://127.0.0.1:0", place)
    }

    /// The same at this address.
    pub(crate) fn at(address: &str, place: &Place) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_customers-and-orders"))
            .args(["--listen", address.trim_start_matches("http://"), "--lease-seconds", "2"])
            .env("DATABASE_URL", place.url())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let address = address.unwrap_or_else(|| panic!("it said {line:?}"));
        Program { process, address }
    }

    pub(crate) fn client(&self) -> Client {
        Client::of(&self.address)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Ends it at once, as a loss of power would (SIGKILL).
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let limit = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < limit, "it doesn't end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended before.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
