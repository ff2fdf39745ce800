//! The system itself: `system_profiler SPSoftwareDataType SPHardwareDataType` (text), `sw_vers`, `sysctl kern.boottime`.

use super::profile::Entry;
use airlock_model::Row;

/// When the system was started, in seconds since 1970: `{ sec = 1700000000, usec = 0 } Tue Nov 14 …`.
pub fn boot_time(sysctl: &str) -> Option<i64> {
    let (_, rest) = sysctl.split_once("sec = ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).and_then(|end| rest.get(..end)).unwrap_or(rest);
    digits.parse().ok()
}

/// The name that its owner gave to the machine.
pub fn computer_name(profile: &Entry) -> Option<&str> {
    overview(profile)?.text("Computer Name")
}

/// A row of the section `operatingsystem`.
pub fn operating_system(profile: &Entry) -> Option<Row> {
    let overview = overview(profile)?;
    // `macOS 11.2.3 (20D91)`, `Mac OS X 10.6.8 (10K549)`, `OS X 10.9 (13A603)`.
    let full = overview.text("System Version")?;
    let (name, version) = match full.find(|c: char| c.is_ascii_digit()) {
        Some(at) => full.split_at_checked(at)?,
        None => (full, ""),
    };
    let (kernel, kernel_version) = overview.text("Kernel Version").and_then(|text| text.split_once(' ')).unzip();
    let mut row = Row::new().with("full_name", full).with("name", name.trim());
    row.maybe("version", version.split_whitespace().next())
        .maybe("kernel_name", kernel.map(str::to_ascii_lowercase))
        .maybe("kernel_version", kernel_version.map(str::trim));
    Some(row)
}

/// A row of the section `bios`.
pub fn bios(profile: &Entry) -> Option<Row> {
    let hardware = profile.get("Hardware")?.get("Hardware Overview")?;
    let said = |names: &[&str]| names.iter().find_map(|name| hardware.text(name));
    let mut row = Row::new().with("smanufacturer", "Apple Inc");
    row.maybe("smodel", said(&["Model Identifier", "Machine Model"]))
        .maybe("ssn", said(&["Serial Number (system)", "Serial Number"]))
        .maybe("bversion", said(&["System Firmware Version", "Boot ROM Version"]));
    Some(row)
}

/// A row of the section `hardware`.
pub fn hardware(profile: &Entry) -> Row {
    let mut row = Row::new();
    let uuid = profile.get("Hardware").and_then(|hardware| hardware.get("Hardware Overview")?.text("Hardware UUID"));
    row.maybe("name", computer_name(profile)).maybe("uuid", uuid).maybe("memory", super::memory::total(profile));
    row
}

fn overview(profile: &Entry) -> Option<&Entry> {
    profile.get("Software")?.get("System Software Overview")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_in_its_own_words() {
        let profile = Entry::parse(
            "Software:\n\n    System Software Overview:\n\n      System Version: macOS 12.1 (21C52)\n\
             \n      Kernel Version: Darwin 21.2.0\n      Computer Name: Desk\n\
             Hardware:\n\n    Hardware Overview:\n\n      Model Identifier: Mac1,1\n      Memory: 8 GB\n",
        );
        let row = operating_system(&profile).unwrap();
        assert_eq!((row.text("name"), row.text("version")), (Some("macOS"), Some("12.1")));
        assert_eq!((row.text("kernel_name"), row.text("kernel_version")), (Some("darwin"), Some("21.2.0")));
        assert_eq!(bios(&profile).unwrap().text("smodel"), Some("Mac1,1"));
        assert_eq!((hardware(&profile).text("name"), hardware(&profile).integer("memory")), (Some("Desk"), Some(8192)));
        assert_eq!(operating_system(&Entry::default()), None);
    }

    #[test]
    fn the_time_of_the_start() {
        assert_eq!(boot_time("kern.boottime: { sec = 1700000000, usec = 5 } Tue\n"), Some(1_700_000_000));
        assert_eq!(boot_time("usec = x"), None);
    }
}
