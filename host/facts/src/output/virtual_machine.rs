//! A virtual machine or container as the tools of its hypervisor describe it, and its row.
//!
//! Units differ from tool to tool: here memory is bytes, and the row has megabytes of 2^20 bytes. What a tool does not say
//! stays open; nothing is guessed.

use crate::units::hardware_address;
use airlock_model::Row;

/// More machines than any host runs. What is beyond is not read.
pub(crate) const MOST: usize = 10_000;

/// Network cards of one machine that are listed.
const MOST_CARDS: usize = 64;

const MIB: u64 = 1 << 20;

/// What a machine does at the moment, in the words of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Running,
    Blocked,
    Idle,
    Paused,
    Shutdown,
    Crashed,
    Dying,
    Off,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Status::Running => "running",
            Status::Blocked => "blocked",
            Status::Idle => "idle",
            Status::Paused => "paused",
            Status::Shutdown => "shutdown",
            Status::Crashed => "crashed",
            Status::Dying => "dying",
            Status::Off => "off",
        }
    }
}

/// One machine. `kind` is the hypervisor or the kind of container (`vmtype`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VirtualMachine {
    pub kind: String,
    pub subsystem: Option<String>,
    pub name: Option<String>,
    pub uuid: Option<String>,
    pub status: Option<Status>,
    /// In bytes.
    pub memory: Option<u64>,
    pub processors: Option<u64>,
    pub macs: Vec<String>,
    pub comment: Option<String>,
    pub image: Option<String>,
    pub owner: Option<String>,
    pub serial: Option<String>,
    pub address: Option<String>,
    /// Name and version of its operating system.
    pub system: Option<String>,
}

impl VirtualMachine {
    pub fn new(kind: impl Into<String>) -> Self {
        Self { kind: kind.into(), ..Self::default() }
    }

    /// Adds the hardware address of a network card, unless it is none or known already.
    pub fn add_mac(&mut self, text: &str) {
        if let Some(mac) = mac(text)
            && self.macs.len() < MOST_CARDS
            && !self.macs.contains(&mac)
        {
            self.macs.push(mac);
        }
    }

    pub fn row(&self) -> Row {
        let mut row = Row::new();
        row.maybe("name", self.name.as_deref())
            .set("vmtype", self.kind.as_str())
            .maybe("subsystem", self.subsystem.as_deref())
            .maybe("uuid", self.uuid.as_deref())
            .maybe("status", self.status.map(Status::word))
            .maybe("memory", self.memory.map(|bytes| bytes / MIB))
            .maybe("vcpu", self.processors)
            .set("mac", self.macs.join("/"))
            .maybe("comment", self.comment.as_deref())
            .maybe("image", self.image.as_deref())
            .maybe("owner", self.owner.as_deref())
            .maybe("serial", self.serial.as_deref())
            .maybe("ipaddress", self.address.as_deref())
            .maybe("operatingsystem.full_name", self.system.as_deref());
        row
    }
}

/// The address of a network card, unless it is all zeros.
pub(crate) fn mac(text: &str) -> Option<String> {
    hardware_address(text).filter(|mac| mac.len() == 17 && mac != "00:00:00:00:00:00")
}

/// A UUID in its usual form, in lower case, from one in any case, with braces, or of 32 digits with whatever between.
pub(crate) fn uuid(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let other = text.chars().any(|c| !c.is_ascii_hexdigit() && !matches!(c, '-' | ' ' | '{' | '}'));
    if digits.len() != 32 || other || digits.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let digits = digits.to_ascii_lowercase();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Some([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// Bytes from a number with a unit of one or more letters, all of which count in 1024; `plain` is what a number without
/// one counts. Decimal fractions are allowed.
pub fn bytes(text: &str, plain: u64) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let unit = match unit.trim_start().bytes().next().map(|byte| byte.to_ascii_lowercase()) {
        None => plain,
        Some(b'b') => 1,
        Some(b'k') => 1 << 10,
        Some(b'm') => 1 << 20,
        Some(b'g') => 1 << 30,
        Some(b't') => 1 << 40,
        Some(b'p') => 1 << 50,
        Some(_) => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part: String = part.chars().take(6).collect();
    let whole = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    if part.is_empty() {
        return Some(whole);
    }
    let scale = 10_u64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let part = u64::try_from(u128::from(part.parse::<u64>().ok()?) * u128::from(unit) / u128::from(scale)).ok()?;
    whole.checked_add(part)
}

/// How many processors a list such as `0,3-5` names.
pub(crate) fn processor_list(text: &str) -> Option<u64> {
    let mut count = 0_u64;
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.trim().parse::<u64>().ok()?, last.trim().parse::<u64>().ok()?);
        count = count.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_with_and_without_units() {
        assert_eq!(bytes("512", 1 << 20), Some(512 << 20));
        assert_eq!(bytes("1.5G", 1), Some(3 << 29));
        assert_eq!(bytes("2048 KiB", 1), Some(2 << 20));
        assert_eq!(bytes("unlimited", 1), None);
        assert_eq!(bytes("", 1), None);
        assert_eq!(bytes("99999999999999999999G", 1), None);
        assert_eq!(bytes(".5G", 1), None);
    }

    #[test]
    fn addresses_and_uuids_have_one_form() {
        assert_eq!(mac("0A00276B01FF").as_deref(), Some("0a:00:27:6b:01:ff"));
        assert_eq!(mac("0A-00-27-6B-01-FF").as_deref(), Some("0a:00:27:6b:01:ff"));
        assert_eq!(mac("00:00:00:00:00:00"), None);
        assert_eq!(
            uuid("{11112222-3333-4444-5555-66667777888A}").as_deref(),
            Some("11112222-3333-4444-5555-66667777888a")
        );
        assert_eq!(
            uuid("56 4d 11 22 33 44 55 66-77 88 99 aa bb cc dd ee").as_deref(),
            Some("564d1122-3344-5566-7788-99aabbccddee")
        );
        assert_eq!(uuid("none"), None);
    }

    #[test]
    fn lists_of_processors() {
        assert_eq!(processor_list("0,3-5"), Some(4));
        assert_eq!(processor_list(""), None);
        assert_eq!(processor_list("5-3"), None);
        assert_eq!(processor_list("0-18446744073709551615"), None);
    }

    #[test]
    fn a_row_has_megabytes_and_only_what_is_known() {
        let mut machine = VirtualMachine::new("lxc");
        machine.name = Some("web".to_owned());
        machine.memory = Some(2 << 30);
        machine.add_mac("0A:00:27:6B:01:FF");
        machine.add_mac("0a:00:27:6b:01:ff");
        let expected = Row::new()
            .with("name", "web")
            .with("vmtype", "lxc")
            .with("memory", 2048_u32)
            .with("mac", "0a:00:27:6b:01:ff");
        assert_eq!(machine.row(), expected);
    }
}
