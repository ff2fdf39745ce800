//! The machine's own local time, in which every date of an inventory is given.
//!
//! The rules of the zone are those of `/etc/localtime` (RFC 8536), whatever zone the environment of this process names:
//! a date must not depend on who started the program. Without that file the zone that `/etc/timezone` names, and without
//! both UTC, as the C library has it.

use crate::{Machine, Roots};
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

const LOCALTIME: &str = "/etc/localtime";
const ZONES: &str = "/usr/share/zoneinfo";

/// A time zone as the machine is set to it.
#[derive(Debug)]
pub(crate) struct Zone {
    rules: TimeZone,
    /// Its name in the time zone database, if the machine says one.
    pub(crate) name: Option<String>,
}

impl Zone {
    pub(crate) fn of(roots: &Roots) -> Self {
        let linked = roots.link(LOCALTIME).ok().and_then(|link| name_in_path(link.to_str()?));
        let name = linked.or_else(|| {
            let text = roots.text(Some("/etc/timezone").filter(|path| roots.is_file(path))?).ok()?;
            let first = text.lines().next()?.trim();
            is_zone_name(first).then(|| first.to_owned())
        });
        let rules = Some(LOCALTIME)
            .filter(|path| roots.is_file(path))
            .and_then(|path| roots.bytes(path).ok())
            .and_then(|bytes| TimeZone::tzif("", &bytes).ok())
            .or_else(|| {
                // The rules of a zone are the same everywhere: a captured machine may lack the database.
                let path = format!("{ZONES}/{}", name.as_deref()?);
                let bytes = roots.bytes(&path).or_else(|_| Roots::live().bytes(&path)).ok()?;
                TimeZone::tzif("", &bytes).ok()
            })
            .unwrap_or(TimeZone::UTC);
        Self { rules, name }
    }

    /// The offset from UTC at a time, as `+hhmm`.
    pub(crate) fn offset(&self, at: Timestamp) -> String {
        let minutes = self.rules.to_offset(at).seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
    }

    /// The abbreviation that the rules use at a time, such as `CET`.
    pub(crate) fn abbreviation(&self, at: Timestamp) -> String {
        self.rules.to_offset_info(at).abbreviation().to_owned()
    }
}

impl Machine {
    /// Seconds since 1970 as `YYYY-MM-DD hh:mm:ss` of the machine's local time; none for what no calendar of four
    /// digits holds.
    pub fn local_time(&self, secs: i64) -> Option<String> {
        let at = self.civil(secs)?;
        let (year, month, day) = (at.year(), at.month(), at.day());
        Some(format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()))
    }

    /// Seconds since 1970 as `YYYY-MM-DD` of the machine's local time.
    pub(crate) fn local_date(&self, secs: i64) -> Option<String> {
        let at = self.civil(secs)?;
        Some(format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day()))
    }

    /// Seconds since 1970 as `Fri Jun 12 14:15` of the machine's local time, the way last(1) shows them.
    pub(crate) fn local_weekday_time(&self, secs: i64) -> Option<String> {
        let at = self.civil(secs)?;
        let day = match at.weekday() {
            Weekday::Monday => "Mon",
            Weekday::Tuesday => "Tue",
            Weekday::Wednesday => "Wed",
            Weekday::Thursday => "Thu",
            Weekday::Friday => "Fri",
            Weekday::Saturday => "Sat",
            Weekday::Sunday => "Sun",
        };
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = months.get(usize::try_from(at.month()).ok()?.checked_sub(1)?)?;
        Some(format!("{day} {month} {} {:02}:{:02}", at.day(), at.hour(), at.minute()))
    }

    fn civil(&self, secs: i64) -> Option<jiff::civil::DateTime> {
        let at = self.zone().rules.to_datetime(Timestamp::from_second(secs).ok()?);
        (at.year() >= 0).then_some(at)
    }
}

/// `Europe/Berlin` from `/usr/share/zoneinfo/posix/Europe/Berlin`.
fn name_in_path(path: &str) -> Option<String> {
    let (_, name) = path.split_once("zoneinfo/")?;
    let name = name.strip_prefix("posix/").or_else(|| name.strip_prefix("right/")).unwrap_or(name);
    is_zone_name(name).then(|| name.to_owned())
}

/// Names of the database: no way out of its folder.
fn is_zone_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && !name.starts_with('/')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-/".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    /// A database file with nothing but the footer rule.
    fn tzif(rule: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..2 {
            bytes.extend(b"TZif2");
            bytes.extend([0; 15]);
            for count in [0u32, 0, 0, 0, 1, 4] {
                bytes.extend(count.to_be_bytes());
            }
            bytes.extend([0, 0, 0, 0, 0, 0]);
            bytes.extend(b"UTC\0");
        }
        bytes.extend(format!("\n{rule}\n").as_bytes());
        bytes
    }

    #[test]
    fn local_time_follows_the_machines_rules() {
        let files = TestMachine::of(&[("usr/share/zoneinfo/Lab/West", tzif("LWT3:30"))]);
        files.link("etc/localtime", "../usr/share/zoneinfo/Lab/West");
        let machine = files.machine();
        assert_eq!(machine.zone().name.as_deref(), Some("Lab/West"));
        assert_eq!(machine.local_time(1_700_000_000).as_deref(), Some("2023-11-14 18:43:20"));
        assert_eq!(machine.local_date(1_700_000_000).as_deref(), Some("2023-11-14"));
        assert_eq!(machine.local_weekday_time(1_700_000_000).as_deref(), Some("Tue Nov 14 18:43"));
        assert_eq!(machine.zone().offset(Timestamp::UNIX_EPOCH), "-0330");
        assert_eq!(machine.zone().abbreviation(Timestamp::UNIX_EPOCH), "LWT");
    }

    #[test]
    fn without_a_zone_it_is_utc_and_no_time_panics() {
        let files = TestMachine::of(&[("etc/localtime", "no rules"), ("etc/timezone", "../../etc/passwd\n")]);
        let machine = files.machine();
        assert_eq!(machine.zone().name, None);
        assert_eq!(machine.local_time(0).as_deref(), Some("1970-01-01 00:00:00"));
        for secs in [i64::MIN, i64::MAX, -1 << 40, 1 << 40] {
            assert_eq!(machine.local_time(secs), None);
        }
    }
}
