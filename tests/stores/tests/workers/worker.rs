//! A process that runs subscribers.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a worker tells of an event: what it did, the journal, the version.
pub(crate) type Line = (String, String, u64);

pub(crate) struct Worker {
    child: Child,
    lines: Arc<Mutex<Vec<Line>>>,
    reader: Option<JoinHandle<()>>,
}

impl Worker {
    pub(crate) fn start(url: &str, lease: Duration, stops: Option<&str>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_run_subscribers"))
            .arg(url)
            .arg(lease.as_millis().to_string())
            .args(stops)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the process can be started");
        let out = child.stdout.take().expect("its output is piped");
        let lines = Arc::<Mutex<Vec<Line>>>::default();
        let told = Arc::clone(&lines);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // The last line may be half of one.
                told.lock().unwrap().extend(serde_json::from_str::<Line>(&line));
            }
        });
        Worker { child, lines, reader: Some(reader) }
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }

    /// Whether it did this to any event.
    pub(crate) fn did(&self, what: &str) -> bool {
        self.lines.lock().unwrap().iter().any(|(done, ..)| done == what)
    }

    /// Whether it told anything of any event.
    pub(crate) fn is_at_work(&self) -> bool {
        !self.lines.lock().unwrap().is_empty()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Kills it, and gives all that it told.
    pub(crate) fn kill(mut self) -> Vec<Line> {
        assert_eq!(self.child.try_wait().unwrap(), None, "it ended before it was killed");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.told()
    }

    /// Tells it to end, and gives all that it told.
    pub(crate) fn end(mut self) -> Vec<Line> {
        self.signal("TERM");
        assert!(self.child.wait().unwrap().success(), "it ends as it should");
        self.told()
    }

    fn told(&mut self) -> Vec<Line> {
        self.reader.take().expect("it is asked once").join().unwrap();
        self.lines()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A test that fails leaves none behind, also none that is stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
