//! What the figures were measured on.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Processors, memory, file system and how fast the disk confirms a write.
pub(crate) fn describe(folder: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|total| total.split_whitespace().next()?.parse::<f64>().ok())
        .map_or_else(String::new, |total| format!(", {:.0} GiB of memory", total / 1_048_576.0));
    let disk = sync_time(folder).map_or_else(String::new, |time| {
        format!(", a disk that confirms a write of 4 KiB in {} µs (median)", time.as_micros())
    });
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.split('-').next().unwrap_or_default().trim().to_owned();
    format!("{cores} cores ({processor}){memory}{disk}, Linux {kernel}; load {}", load())
}

/// How busy the machine is, in processes.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("unknown").to_owned()
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn sync_time(folder: &Path) -> Option<Duration> {
    let path = folder.join("sync");
    let mut file = File::create(&path).ok()?;
    let mut times = Vec::new();
    for _ in 0..100 {
        let start = Instant::now();
        file.write_all(&[7; 4096]).ok()?;
        file.sync_data().ok()?;
        times.push(start.elapsed());
    }
    let _ = fs::remove_file(path);
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}
