//! What the numbers were measured on, and what a process costs, both from `/proc`.

use std::fs;

use crate::shell::read;

/// Clock ticks a second in `/proc/PID/stat`: 100 on every Linux that Rust runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// The machine in one line, without its name.
pub(crate) fn describe() -> String {
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let model = value_in("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory_gib = value_in("/proc/meminfo", "MemTotal").and_then(|text| kib(&text)).unwrap_or(0.0) / 1024.0 / 1024.0;
    let rustc = read("rustc --version").unwrap_or_default();
    let rustc = rustc.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    format!("{cpus} × {model}, {memory_gib:.0} GiB of memory, Linux, {rustc}")
}

/// The load average of the last minute.
pub(crate) fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

/// Seconds of processor time that a process used, in user and kernel mode.
pub(crate) fn cpu_seconds(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    cpu_ticks(&text) / TICKS_PER_SECOND
}

/// Fields 14 and 15; the name of the program before them may contain spaces.
fn cpu_ticks(stat: &str) -> f64 {
    let after_name = stat.rsplit_once(')').map_or("", |(_, after)| after);
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum()
}

/// Memory that a process holds, in MB.
pub(crate) fn resident_mb(process: u32) -> f64 {
    let held = value_in(&format!("/proc/{process}/status"), "VmRSS");
    held.and_then(|text| kib(&text)).unwrap_or(0.0) * 1024.0 / 1e6
}

fn value_in(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn kib(text: &str) -> Option<f64> {
    text.strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_past_the_name() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 5 0 1000 0 0";
        assert_eq!(cpu_ticks(stat), 200.0);
        assert_eq!(cpu_ticks(""), 0.0);
    }

    #[test]
    fn this_process_has_a_size() {
        assert!(resident_mb(std::process::id()) > 0.0);
    }
}
