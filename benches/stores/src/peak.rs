use std::fs;

use crate::contender::Failed;

/// The most memory that this process has had at a time, in mebibytes.
pub(crate) fn peak() -> Result<f64, Failed> {
    let status = fs::read_to_string("/proc/self/status").map_err(Failed::other)?;
    let kibibytes = status.lines().find_map(|line| {
        let value = line.strip_prefix("VmHWM:")?;
        value.trim().trim_end_matches("kB").trim().parse::<f64>().ok()
    });
    let kibibytes = kibibytes.ok_or_else(|| Failed::other("/proc/self/status has no VmHWM"))?;
    Ok(kibibytes / 1024.0)
}
