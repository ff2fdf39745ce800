//! Xen: what `xl` and the older `xm` list (xl(1), section list).
//!
//! The control domain is the host itself and is left out.

use super::virtual_machine::{MOST, Status, VirtualMachine, uuid};

/// The domains of `xl list` or `xl list -v`; `tool` is which of the two tools it is.
pub fn list(text: &str, tool: &str) -> Vec<VirtualMachine> {
    let rows = text.lines().skip_while(|line| !line.starts_with("Name")).skip(1);
    rows.filter_map(|line| domain(line, tool)).take(MOST).collect()
}

/// The UUID of the one domain that `xl list -v NAME` or `xm list -l NAME` prints.
pub fn first_uuid(text: &str) -> Option<String> {
    // As a list in parentheses, where the domain's own comes before those of its devices.
    let listed = text.lines().map(str::trim).find_map(|line| line.strip_prefix("(uuid ")?.strip_suffix(')'));
    if let Some(listed) = listed {
        return uuid(listed);
    }
    // As JSON.
    let named = text.lines().map(str::trim).find_map(|line| line.strip_prefix("\"uuid\":"));
    if let Some(named) = named {
        return uuid(named.trim().trim_end_matches(',').trim_matches('"'));
    }
    list(text, "xl").into_iter().find_map(|domain| domain.uuid).or_else(|| text.split_whitespace().find_map(dashed))
}

/// Name, number, memory in MB, processors, state, time; a domain that does not run has neither number nor state in xm.
/// The name may hold spaces, so the line is read from the column of the time.
fn domain(line: &str, tool: &str) -> Option<VirtualMachine> {
    let words: Vec<&str> = line.split_whitespace().take(64).collect();
    let state_at = words.iter().rposition(|word| is_state(word));
    let (name, number, memory, processors, state) = match state_at {
        Some(at) => {
            let first = at.checked_sub(3)?;
            let [number, memory, processors] = words.get(first..at)? else { return None };
            (words.get(..first)?.join(" "), Some(*number), *memory, *processors, words.get(at).copied())
        }
        None => {
            let at = words.iter().rposition(|word| is_time(word))?;
            let first = at.checked_sub(2)?;
            let [memory, processors] = words.get(first..at)? else { return None };
            (words.get(..first)?.join(" "), None, *memory, *processors, None)
        }
    };
    if name.is_empty() || number == Some("0") {
        return None;
    }
    let mut machine = VirtualMachine::new("xen");
    machine.subsystem = Some(tool.to_owned());
    machine.name = Some(name);
    machine.memory = memory.parse::<u64>().ok().and_then(|memory| memory.checked_mul(1 << 20));
    machine.processors = processors.parse().ok();
    machine.status = Some(state.map_or(Status::Off, status));
    machine.uuid = words.iter().skip(state_at.unwrap_or(0)).find_map(|word| dashed(word));
    Some(machine)
}

/// A UUID as these tools print it: with its dashes.
fn dashed(word: &str) -> Option<String> {
    if word.len() == 36 { uuid(word) } else { None }
}

fn is_state(word: &str) -> bool {
    word.len() >= 5 && word.len() <= 8 && word.bytes().all(|letter| b"-rbpscd".contains(&letter)) && word.contains('-')
}

fn is_time(word: &str) -> bool {
    word.split_once('.').is_some_and(|(whole, part)| {
        !part.is_empty() && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit())
    })
}

/// The letters of a state; a domain with none waits for a processor or is not started.
fn status(letters: &str) -> Status {
    let of = |letter: char| match letter {
        'r' => Some(Status::Running),
        'b' => Some(Status::Blocked),
        'p' => Some(Status::Paused),
        's' => Some(Status::Shutdown),
        'c' => Some(Status::Crashed),
        'd' => Some(Status::Dying),
        _ => None,
    };
    letters.chars().find_map(of).unwrap_or(Status::Off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let text = "Name             ID   Mem VCPUs\tState\tTime(s)   UUID   Reason-Code  Security Label\n\
            Domain-0          0  1024     4     r-----   12345.6 00000000-0000-0000-0000-000000000000 - -\n\
            my guest          7  2048     2     --p---      12.5 11112222-3333-4444-5555-666677778888 - -\n\
            old                   512     1                  0.0\n";
        let machines = list(text, "xl");
        assert_eq!(machines.len(), 2);
        assert_eq!((machines[0].name.as_deref(), machines[0].status), (Some("my guest"), Some(Status::Paused)));
        assert_eq!((machines[0].memory, machines[0].processors), (Some(2 << 30), Some(2)));
        assert_eq!(machines[0].uuid.as_deref(), Some("11112222-3333-4444-5555-666677778888"));
        assert_eq!((machines[1].name.as_deref(), machines[1].status), (Some("old"), Some(Status::Off)));
    }

    #[test]
    fn the_first_uuid() {
        let text = "(domain\n  (uuid 11112222-3333-4444-5555-666677778888)\n  (device (vif\n (uuid 0)\n";
        assert_eq!(first_uuid(text).as_deref(), Some("11112222-3333-4444-5555-666677778888"));
        let text = "[{\n \"uuid\": \"11112222-3333-4444-5555-666677778888\",\n";
        assert_eq!(first_uuid(text).as_deref(), Some("11112222-3333-4444-5555-666677778888"));
        assert_eq!(first_uuid("Error: Domain does not exist"), None);
    }

    #[test]
    fn garbage() {
        assert_eq!(list("", "xl"), []);
        assert_eq!(list("Name\n------\n1 2 ------\nx 0.0\n", "xm"), []);
    }
}
