//! Who is logged in, and who was the last to log in: the C library's records (utmp(5)) and systemd's sessions.

mod utmp;

use crate::Scan;
use airlock_model::Row;
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use utmp::{Layout, Login};

const UTMP: [&str; 2] = ["/run/utmp", "/var/run/utmp"];
const WTMP: &str = "/var/log/wtmp";
const SESSIONS: &str = "/run/systemd/sessions";

/// A piece of wtmp that is read at once, from its end: in whole records.
const PIECE: u64 = 170;

/// How far back the last login is looked for.
const RECORDS: u64 = 40_000;
/// What is kept of the log of a recorded machine.
const LOG: u64 = 32 << 20;

/// One row a person, however many sessions they have.
pub(super) fn collect(scan: &Scan<'_>) {
    let mut logins: Vec<String> = Vec::new();
    let mut found = |login: String| {
        if !logins.contains(&login) {
            logins.push(login);
        }
    };
    if let Some(bytes) = UTMP.iter().find_map(|path| scan.roots().bytes(path).ok()) {
        let layout = Layout::of_length(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        layout.logins(&bytes).filter(|login| is_running(scan, login)).for_each(|login| found(login.user));
    }
    // The other names in the folder end in `.ref` and are pipes, on which one would wait.
    for name in scan.names(SESSIONS).iter().filter(|name| !name.contains('.')) {
        if let Some(text) = scan.attr(Path::new(SESSIONS).join(name)) {
            session_of_person(&text).map(str::to_owned).into_iter().for_each(&mut found);
        }
    }
    for login in logins {
        scan.row(Row::new().with("login", login));
    }
}

/// A session that was cut off leaves its record behind.
fn is_running(scan: &Scan<'_>, login: &Login) -> bool {
    match i32::try_from(login.pid) {
        Ok(pid) if pid > 0 => {
            let asked =
                || Some(if kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH) { "no" } else { "yes" }.to_owned());
            scan.roots().answer(&format!("process {pid}"), asked).is_none_or(|answer| answer == "yes")
        }
        _ => true,
    }
}

/// The user of a session that a person holds: not a greeter, a service manager or a job, and not one that is closing.
fn session_of_person(text: &str) -> Option<&str> {
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let person = matches!(value("CLASS")?, "user" | "user-early" | "user-light");
    let open = value("STATE").is_none_or(|state| state != "closing");
    value("USER").filter(|user| person && open && !user.is_empty())
}

pub(super) fn last(scan: &Scan<'_>) {
    match last_login(scan) {
        Ok(Some(login)) => {
            let mut row = Row::new();
            row.set("lastloggeduser", login.user)
                .maybe("datelastloggeduser", scan.machine.local_weekday_time(login.at));
            scan.row(row);
        }
        Ok(None) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => scan.missing(format_args!("last login: {WTMP}: {error}")),
    }
}

/// The last session that began; the file is read from its end, as it may have grown for years.
fn last_login(scan: &Scan<'_>) -> io::Result<Option<Login>> {
    let mut file = scan.roots().open(WTMP)?;
    let length = file.metadata()?.len();
    if let Some(recorder) = scan.roots().recorder() {
        let mut whole = Vec::new();
        file.by_ref().take(LOG).read_to_end(&mut whole)?;
        recorder.file(Path::new(WTMP), &whole);
    }
    let layout = Layout::of_length(length);
    let size = u64::try_from(layout.size()).map_err(io::Error::other)?;
    let records = length / size;
    let mut end = records;
    while end > 0 {
        if records - end >= RECORDS || scan.expired() {
            return Err(io::Error::other(format!("nobody in the last {} records", records - end)));
        }
        let start = end.saturating_sub(PIECE);
        file.seek(SeekFrom::Start(start * size))?;
        let mut piece = Vec::new();
        file.by_ref().take((end - start) * size).read_to_end(&mut piece)?;
        if let Some(login) = layout.logins(&piece).next_back() {
            return Ok(Some(login));
        }
        end = start;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use utmp::record;

    fn read(files: &[(&str, Vec<u8>)], collector: fn(&Scan<'_>)) -> (Vec<Row>, Vec<String>) {
        TestMachine::of(files).collect(collector)
    }

    #[test]
    fn everybody_who_is_logged_in_is_one_row() {
        let session = |lines: &str| lines.replace(' ', "\n").into_bytes();
        let mut utmp = record(Layout::Short, 7, "jane", 1, 1);
        utmp.extend(record(Layout::Short, 7, "jane", 2, 2));
        utmp.extend(record(Layout::Short, 6, "LOGIN", 3, 3));
        let (rows, missing) = read(
            &[
                ("run/utmp", utmp),
                ("run/systemd/sessions/1", session("# UID=1000 USER=jane STATE=active CLASS=user")),
                ("run/systemd/sessions/2", session("UID=1001 USER=joe STATE=online CLASS=user")),
                ("run/systemd/sessions/3", session("UID=1002 USER=left STATE=closing CLASS=user")),
                ("run/systemd/sessions/c1", session("UID=100 USER=gdm STATE=active CLASS=greeter")),
                ("run/systemd/sessions/4", b"\xff\xfe".to_vec()),
                ("run/systemd/sessions/2.ref", session("USER=pipe CLASS=user")),
            ],
            collect,
        );
        assert_eq!(rows, [Row::new().with("login", "jane"), Row::new().with("login", "joe")]);
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn the_last_login_is_found_behind_many_other_records() {
        let mut wtmp = record(Layout::Short, 7, "early", 1, 1_600_000_000);
        wtmp.extend(record(Layout::Short, 7, "jane", 1, 1_749_737_700));
        for _ in 0..1000 {
            wtmp.extend(record(Layout::Short, 2, "reboot", 0, 1_749_737_800));
        }
        let (rows, missing) = read(&[("var/log/wtmp", wtmp)], last);
        let jane = Row::new().with("lastloggeduser", "jane").with("datelastloggeduser", "Thu Jun 12 14:15");
        assert_eq!(rows, [jane]);
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_log_without_logins_ends_the_search_somewhere() {
        let boots = record(Layout::Short, 2, "reboot", 0, 1).repeat(usize::try_from(RECORDS).unwrap() + 1000);
        let (rows, missing) = read(&[("var/log/wtmp", boots)], last);
        assert!(rows.is_empty());
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert_eq!(read(&[("var/log/wtmp", vec![7; 100])], last), (Vec::new(), Vec::new()));
        assert_eq!(read(&[], last), (Vec::new(), Vec::new()));
    }
}
