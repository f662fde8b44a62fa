//! Handlers that exist on a condition.

use es_core::prelude::*;

#[derive(Clone, Deserialize, Command)]
pub struct Start;

#[derive(Clone, Deserialize, Command)]
pub struct Pause;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Started;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Paused;

#[derive(Default)]
pub struct Job {
    pub is_running: bool,
}

#[cfg(not(target_os = "none"))]
#[aggregate(commands = JobCommand)]
impl Job {
    #[command_handler]
    fn start(_: &Start) -> Started {
        Started
    }

    /// Only where a job can be paused.
    #[cfg(not(target_os = "emscripten"))]
    #[command_handler]
    fn pause(&self, _: &Pause) -> Paused {
        Paused
    }

    #[cfg_attr(not(target_os = "wasi"), event_handler)]
    fn started(&mut self, _: &Started) {
        self.is_running = true;
    }

    #[cfg(not(target_os = "emscripten"))]
    #[event_handler]
    fn paused(&mut self, _: &Paused) {
        self.is_running = false;
    }

    #[cfg(target_os = "emscripten")]
    #[event_handler]
    fn paused_for_ever(&mut self, _: &Paused) {}
}
