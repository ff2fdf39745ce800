//! ps(1): processes, by the names of its columns, so that those of procps, the BSDs, macOS, the System V systems and
//! busybox are all read (`ps -A -o user,pid,pcpu,pmem,vsz,tty,etime,command`, `ps aux`, busybox's own `ps`).
//!
//! The command is last and has the rest of the line. Lines without a number of a process are left out.

use crate::units;
use airlock_model::Row;

/// More processes than any machine has at once.
const MOST: usize = 65_536;

/// A process.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub user: Option<String>,
    /// Shares of a processor and of the memory in percent, as they are printed.
    pub processor: Option<String>,
    pub memory: Option<String>,
    pub virtual_kilobytes: Option<u64>,
    pub terminal: Option<String>,
    /// How long it has been running, in seconds.
    pub running: Option<u64>,
    pub command: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Pid,
    User,
    Processor,
    Memory,
    Virtual,
    Terminal,
    Running,
    Other,
}

/// The processes, in the order in which they are printed.
pub fn processes(text: &str) -> Vec<Process> {
    let mut lines = text.lines();
    let Some(header) = lines.find(|line| line.split_ascii_whitespace().any(|word| word == "PID")) else {
        return Vec::new();
    };
    let mut columns: Vec<Column> = header.split_ascii_whitespace().take(32).map(column).collect();
    columns.pop();
    lines.take(MOST).filter_map(|line| process(line, &columns)).collect()
}

fn column(name: &str) -> Column {
    match name {
        "PID" => Column::Pid,
        "USER" | "UID" | "RUSER" => Column::User,
        "%CPU" => Column::Processor,
        "%MEM" => Column::Memory,
        "VSZ" | "VSIZE" | "VIRT" => Column::Virtual,
        "TTY" | "TT" => Column::Terminal,
        "ELAPSED" => Column::Running,
        _ => Column::Other,
    }
}

fn process(line: &str, columns: &[Column]) -> Option<Process> {
    let mut process = Process::default();
    let mut pid = None;
    let mut rest = line.trim_start();
    for (at, column) in columns.iter().enumerate() {
        // States such as `S <` and `S   N` have blanks in them; those of busybox stand before the command.
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end)?;
        rest = after.trim_start();
        if at + 1 == columns.len() && *column == Column::Other {
            while let Some(("<" | "N" | "L" | "s" | "l" | "+", after)) = rest.split_once(' ') {
                rest = after.trim_start();
            }
        }
        match column {
            Column::Pid => pid = word.parse().ok(),
            Column::User => process.user = Some(word.to_owned()),
            Column::Processor => process.processor = Some(word.to_owned()),
            Column::Memory => process.memory = Some(word.to_owned()),
            Column::Virtual => process.virtual_kilobytes = kilobytes(word),
            Column::Terminal => process.terminal = Some(word.to_owned()),
            Column::Running => process.running = seconds(word),
            Column::Other => {}
        }
    }
    process.pid = pid?;
    process.command = rest.trim_end().to_owned();
    (!process.command.is_empty()).then_some(process)
}

/// Kilobytes; busybox writes big ones as `128m`.
fn kilobytes(text: &str) -> Option<u64> {
    match text.parse() {
        Ok(kilobytes) => Some(kilobytes),
        Err(_) => units::megabytes(text, units::Base::Binary)?.times(1024)?.whole(),
    }
}

/// `[[days-]hours:]minutes:seconds`.
fn seconds(text: &str) -> Option<u64> {
    let (days, time) = match text.split_once('-') {
        Some((days, time)) => (days.parse::<u64>().ok()?, time),
        None => (0, text),
    };
    let mut seconds = 0_u64;
    let mut parts = 0;
    for part in time.split(':') {
        parts += 1;
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    (2..=3).contains(&parts).then(|| days.checked_mul(86_400)?.checked_add(seconds)).flatten()
}

impl Process {
    /// The row, with the time of its start, which the caller knows the clock for.
    pub fn row(&self, started: Option<String>) -> Row {
        let mut row = Row::new().with("pid", self.pid).with("cmd", self.command.as_str());
        row.maybe("user", self.user.as_deref())
            .maybe("cpuusage", self.processor.as_deref())
            .maybe("mem", self.memory.as_deref())
            .maybe("virtualmemory", self.virtual_kilobytes.and_then(|size| i64::try_from(size).ok()))
            .maybe("tty", self.terminal.as_deref())
            .maybe("started", started);
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_by_name() {
        let text = "USER       PID %CPU %MEM    VSZ TT           ELAPSED COMMAND\nroot         7  1.5  0.2  12345 ?        2-03:04:05 /bin/lab  -x y\n\
                    ann         8  0.0  0.0      0 pts/1         00:09 [lab]\nnobody x\n";
        let found = processes(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].running, found[0].command.as_str()), (Some(183_845), "/bin/lab  -x y"));
        let row = found[1].row(Some("2020-01-01 00:00:00".to_owned()));
        assert_eq!(
            (row.integer("pid"), row.text("user"), row.integer("virtualmemory")),
            (Some(8), Some("ann"), Some(0))
        );
        assert_eq!((row.text("tty"), row.text("cpuusage")), (Some("pts/1"), Some("0.0")));
    }

    #[test]
    fn busybox_has_fewer() {
        let found = processes(
            "  PID USER       VSZ STAT COMMAND\n    1 root      1.5m S    init\n   12 root         0 SW<  [k]\n   13 root       4 S <  x y\n",
        );
        assert_eq!(found[0].virtual_kilobytes, Some(1536));
        assert_eq!((found[1].command.as_str(), found[2].command.as_str()), ("[k]", "x y"));
        assert_eq!(found[0].running, None);
    }

    #[test]
    fn nonsense_is_nothing() {
        for text in ["", "PID", "PID CMD\n", "PID CMD\nx y\n", "PID CMD\n1\n", "no header\n1 root\n"] {
            assert!(processes(text).is_empty(), "{text}");
        }
        assert_eq!(
            [seconds("1"), seconds("1:2:3:4"), seconds("x-1:1"), seconds("99999999999999999999-1:1")],
            [None; 4]
        );
    }
}
