//! The application firewall: whether its service runs, and whether it is switched on.
//!
//! From `launchctl list`, `launchctl procinfo PID`, and `defaults read /Library/Preferences/com.apple.alf globalstate`.

use airlock_model::Row;

/// The label of the service.
const SERVICE: &str = "com.apple.alf";

/// The process of the firewall's service; none when it does not run.
pub fn process(list: &str) -> Option<u32> {
    list.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (pid, _status, label) = (words.next()?, words.next()?, words.next()?);
        if matches!(label.strip_prefix(SERVICE), Some("" | ".agent")) { pid.parse().ok() } else { None }
    })
}

/// Whether `launchctl procinfo` says of a process that it runs.
pub fn is_running(procinfo: &str, pid: u32) -> bool {
    let has = |name: &str, wanted: &str| {
        procinfo
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .any(|(known, value)| known.trim() == name && value.trim() == wanted)
    };
    has("state", "running") && has("pid", &pid.to_string())
}

/// Whether the setting switches it on: 1 for some connections, 2 for all but the needed ones.
pub fn is_enabled(global_state: &str) -> bool {
    matches!(global_state.trim(), "1" | "2")
}

/// A row of the section `firewalls`.
pub fn row(on: bool) -> Row {
    Row::new().with("description", "Application firewall").with("status", if on { "on" } else { "off" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_runs() {
        let list = "PID\tStatus\tLabel\n-\t0\tcom.apple.alfred\n12\t0\tcom.apple.alf\n";
        assert_eq!(process(list), Some(12));
        assert_eq!(process("-\t0\tcom.apple.alf\n"), None);
        let info = "system = {\n\tstate = running\n\tpid = 12\n}\n";
        assert!(is_running(info, 12) && !is_running(info, 1) && !is_running("state = waiting\npid = 12\n", 12));
        assert!(is_enabled("1\n") && is_enabled("2") && !is_enabled("0\n") && !is_enabled(""));
        assert_eq!(row(true).text("status"), Some("on"));
    }
}
