//! Processors, from Win32_Processor, the registry's `HARDWARE\DESCRIPTION\System\CentralProcessor`, and SMBIOS where the
//! machine gives it.
//!
//! WMI has a processor once; the registry has every thread, the first ones in the order of the processors. The firmware
//! knows the name best: WMI of old systems does not know processors that came after them.

use super::registry::Key;
use super::wmi::{Instance, either};
use crate::smbios::Processor;
use crate::units;
use airlock_model::Row;

/// Rows of the section `cpus`.
pub fn rows(processors: &[Instance], registry: Option<&Key>, firmware: &[Processor]) -> Vec<Row> {
    let rows = processors.iter().enumerate().map(|(at, wmi)| {
        let key = registry.and_then(|registry| registry.key(&at.to_string()));
        row(wmi, key, firmware.get(at))
    });
    rows.collect()
}

fn row(wmi: &Instance, key: Option<&Key>, firmware: Option<&Processor>) -> Row {
    let named =
        firmware.and_then(|firmware| firmware.version.clone().or_else(|| Some(firmware.family.clone()?.into_owned())));
    let name = named.or_else(|| key.and_then(|key| key.text("ProcessorNameString")).map(str::to_owned));
    let name = name.or_else(|| wmi.text("Name").map(str::to_owned));
    let description = key.and_then(|key| key.text("Identifier")).or_else(|| wmi.text("Description"));
    // `Intel64 Family 6 Model 26 Stepping 5`.
    let part = |word: &str| description?.split_whitespace().skip_while(|part| *part != word).nth(1);

    let cores = wmi.number("NumberOfCores");
    let enabled = firmware.and_then(|firmware| firmware.enabled_cores).map(u64::from);
    let all_cores = firmware.and_then(|firmware| firmware.cores).map(u64::from);
    let core = enabled.or(cores);
    // Threads of all of its cores, whoever counts them.
    let threads = firmware
        .and_then(|firmware| Some(u64::from(firmware.threads?)).zip(firmware.cores.map(u64::from)))
        .or_else(|| wmi.number("NumberOfLogicalProcessors").zip(cores));

    // The speed in the name is the one it is sold with.
    let by_name = firmware.and_then(|firmware| {
        firmware.version.as_deref()?.rsplit_once('@').and_then(|(_, speed)| units::megahertz(speed))
    });
    let speed = by_name.or_else(|| firmware.and_then(|firmware| firmware.max_speed).map(u64::from));
    let speed = speed.or_else(|| wmi.number("MaxClockSpeed")).or_else(|| key.and_then(|key| key.number("~MHz")));

    let mut row = Row::new();
    row.maybe("name", name.map(|name| units::single_spaced(&name)))
        .maybe("manufacturer", either(None, "", key, "VendorIdentifier").or_else(|| wmi.text("Manufacturer")))
        .maybe("description", description)
        .maybe("id", wmi.text("ProcessorId"))
        .maybe("serial", wmi.text("SerialNumber").or_else(|| firmware.and_then(|firmware| firmware.serial.as_deref())))
        .maybe("speed", speed)
        .maybe("core", core)
        .maybe("corecount", all_cores.filter(|&all| core.is_some_and(|core| all > core)))
        .maybe("thread", threads.and_then(|(threads, cores)| threads.checked_div(cores)))
        .maybe("familynumber", part("Family"))
        .maybe("model", part("Model"))
        .maybe("stepping", part("Stepping").and_then(|stepping| stepping.parse::<u64>().ok()));
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn names_of_the_registry() {
        let wmi = instances("Name=Old\nMaxClockSpeed=2000\nNumberOfCores=4\nNumberOfLogicalProcessors=8\n");
        let key = Key::parse(
            "[H\\CentralProcessor]\n[H\\CentralProcessor\\0]\n\"ProcessorNameString\"=\"Test(R)  CPU @ 2.10GHz\"\n\
             \"Identifier\"=\"x86 Family 6 Model 23 Stepping 10\"\n",
        );
        let rows = rows(&wmi, key.as_ref(), &[]);
        assert_eq!((rows[0].text("name"), rows[0].integer("speed")), (Some("Test(R) CPU @ 2.10GHz"), Some(2000)));
        assert_eq!((rows[0].integer("thread"), rows[0].text("model")), (Some(2), Some("23")));
        assert_eq!(rows[0].integer("stepping"), Some(10));
    }

    #[test]
    fn the_firmware_knows_better() {
        let wmi = instances("Name=Old\nMaxClockSpeed=2000\nNumberOfCores=4\nNumberOfLogicalProcessors=4\n");
        let firmware = Processor {
            version: Some("New @ 2.40GHz".to_owned()),
            cores: Some(4),
            enabled_cores: Some(2),
            threads: Some(8),
            ..Processor::default()
        };
        let rows = rows(&wmi, None, &[firmware]);
        assert_eq!((rows[0].integer("speed"), rows[0].integer("core")), (Some(2400), Some(2)));
        assert_eq!((rows[0].integer("corecount"), rows[0].integer("thread")), (Some(4), Some(2)));
        assert!(super::rows(&[], None, &[]).is_empty());
    }
}
