//! Batteries: what the kernel says of those that are in the machine (Documentation/power/power_supply_class.rst), and
//! what the firmware says of how they left the factory.
//!
//! The same battery is one row, in which the kernel's word counts: it has asked the battery. Batteries of mice and the
//! like are not the machine's.

use crate::Scan;
use crate::batteries::merged;
use crate::output::upower;
use crate::smbios::rows::{battery_serial, iso_date};
use crate::smbios::{batteries, meaningful, rows};
use airlock_model::Row;

const FOLDER: &str = "/sys/class/power_supply";
const HISTORIES: &str = "/var/lib/upower";
/// More than any machine has, devices of their own included.
const MOST: usize = 64;

/// One row a battery.
pub(super) fn collect(scan: &Scan<'_>) {
    let found = from_kernel(scan);
    let mut firmware = Vec::new();
    if let Some(tables) = scan.machine.dmi().tables(scan) {
        firmware.extend(batteries(tables).take(MOST).map(rows::battery));
        let left = batteries(tables).count().saturating_sub(MOST);
        if left > 0 {
            scan.missing(format_args!("SMBIOS: {left} batteries are left out"));
        }
    }
    let mut rows = merged(found, firmware);
    if rows.is_empty() {
        rows = from_upower(scan);
    }
    for row in rows {
        scan.row(row);
    }
}

/// What UPower knows of batteries that neither the kernel nor the firmware names: it has written a history of each.
fn from_upower(scan: &Scan<'_>) -> Vec<Row> {
    let histories = scan.roots().names(HISTORIES).unwrap_or_default();
    if !histories.iter().any(|name| name.starts_with("history-charge-")) || !scan.has_tool("upower") {
        return Vec::new();
    }
    let names = scan.output("upower", &["--enumerate"]).unwrap_or_default();
    let texts = upower::batteries(&names).into_iter().filter_map(|name| scan.output("upower", &["--show-info", name]));
    texts.filter(|text| upower::powers_the_machine(text)).map(|text| upower::battery(&text)).collect()
}

fn from_kernel(scan: &Scan<'_>) -> Vec<Row> {
    let names = scan.names(FOLDER);
    if names.len() > MOST {
        scan.missing(format_args!("{FOLDER}: only the first {MOST} of {} are read", names.len()));
    }
    names.iter().take(MOST).filter_map(|name| battery(scan, &format!("{FOLDER}/{name}"))).collect()
}

/// All that the driver knows is in one file, each attribute by its name in capital letters.
fn battery(scan: &Scan<'_>, folder: &str) -> Option<Row> {
    let text = scan.text(format!("{folder}/uevent"))?;
    let value = |name: &str| {
        text.lines().find_map(|line| line.strip_prefix("POWER_SUPPLY_")?.strip_prefix(name)?.strip_prefix('='))
    };
    // Older kernels have the type in its own file only.
    let is_battery = match value("TYPE") {
        Some(kind) => kind == "Battery",
        None => scan.attr(format!("{folder}/type")).as_deref() == Some("Battery"),
    };
    if !is_battery || value("PRESENT") == Some("0") || value("SCOPE") == Some("Device") {
        return None;
    }
    let number = |name: &str| value(name)?.trim().parse::<u64>().ok().filter(|number| *number != 0);
    let nominal = number("VOLTAGE_MIN_DESIGN").or_else(|| number("VOLTAGE_MAX_DESIGN"));
    let volts = nominal.or_else(|| number("VOLTAGE_NOW"));
    // µWh, else µAh times µV.
    let capacity = |energy: &str, charge: &str| {
        let from_charge = || Some(u128::from(number(charge)?) * u128::from(volts?) / 1_000_000_000);
        let capacity = number(energy).map(|energy| u128::from(energy / 1000)).or_else(from_charge)?;
        u32::try_from(capacity).ok().filter(|capacity| *capacity != 0).map(i64::from)
    };
    let mut row = Row::new();
    row.maybe("name", value("MODEL_NAME").and_then(meaningful))
        .maybe("manufacturer", value("MANUFACTURER").and_then(meaningful))
        .maybe("serial", value("SERIAL_NUMBER").and_then(meaningful).as_deref().and_then(battery_serial))
        .maybe("chemistry", value("TECHNOLOGY").and_then(meaningful))
        .maybe("date", made(number("MANUFACTURE_YEAR"), number("MANUFACTURE_MONTH"), number("MANUFACTURE_DAY")))
        .maybe("voltage", nominal.and_then(|volts| u32::try_from(volts / 1000).ok()).map(i64::from))
        .maybe("capacity", capacity("ENERGY_FULL_DESIGN", "CHARGE_FULL_DESIGN"))
        .maybe("real_capacity", capacity("ENERGY_FULL", "CHARGE_FULL"));
    Some(row)
}

fn made(year: Option<u64>, month: Option<u64>, day: Option<u64>) -> Option<String> {
    iso_date(&format!("{:04}-{:02}-{:02}", year?, month?, day?))
}

#[cfg(test)]
mod tests;
