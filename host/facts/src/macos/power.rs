//! The battery and the charger, from `system_profiler SPPowerDataType` (text).

use super::profile::Entry;
use airlock_model::Row;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Battery {
    pub name: Option<String>,
    pub manufacturer: Option<String>,
    pub serial: Option<String>,
    /// What it holds now when full, in mAh.
    pub full_charge: Option<u64>,
    /// As measured, in mV.
    pub voltage: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charger {
    pub name: Option<String>,
    pub manufacturer: Option<String>,
    pub serial: Option<String>,
    pub connected: bool,
    pub charging: bool,
    /// W.
    pub power: Option<u64>,
}

/// The battery; none where the tool tells of none, or that none is in.
pub fn battery(profile: &Entry) -> Option<Battery> {
    let battery = profile.get("Power")?.get("Battery Information")?;
    if battery.text("Battery Installed") == Some("No") {
        return None;
    }
    let model = battery.get("Model Information");
    let text = |name: &str| model?.text(name).map(str::to_owned);
    let number = |text: &str| text.parse::<u64>().ok().filter(|&number| number > 0);
    let found = Battery {
        name: text("Device Name"),
        manufacturer: text("Manufacturer"),
        serial: text("Serial Number"),
        full_charge: battery
            .get("Charge Information")
            .and_then(|charge| charge.text("Full Charge Capacity (mAh)"))
            .and_then(number),
        voltage: battery.text("Voltage (mV)").and_then(number),
    };
    Some(found).filter(|found| *found != Battery::default())
}

/// The charger; none where the tool tells of none.
pub fn charger(profile: &Entry) -> Option<Charger> {
    let charger = profile.get("Power")?.get("AC Charger Information")?;
    let text = |name: &str| charger.text(name).map(str::to_owned);
    Some(Charger {
        name: text("Name"),
        manufacturer: text("Manufacturer"),
        serial: text("Serial Number"),
        connected: charger.text("Connected") == Some("Yes"),
        charging: charger.text("Charging") == Some("Yes"),
        power: charger.text("Wattage (W)").and_then(|power| power.parse().ok()),
    })
}

/// A row of the section `batteries`.
pub fn battery_row(battery: &Battery) -> Row {
    let mut row = Row::new();
    row.maybe("name", battery.name.clone())
        .maybe("manufacturer", battery.manufacturer.clone())
        .maybe("serial", battery.serial.clone())
        .maybe("voltage", battery.voltage);
    // mAh at mV is µWh.
    let energy = battery.full_charge.zip(battery.voltage).and_then(|(charge, volt)| charge.checked_mul(volt));
    row.maybe("real_capacity", energy.map(|energy| energy / 1000));
    row
}

/// A row of the section `powersupplies`.
pub fn charger_row(charger: &Charger) -> Row {
    let mut row = Row::new();
    row.maybe("name", charger.name.clone())
        .maybe("manufacturer", charger.manufacturer.clone())
        .maybe("serialnumber", charger.serial.clone())
        .maybe("power_max", charger.power)
        .set("plugged", charger.connected)
        .set("status", charger.status());
    row
}

impl Charger {
    pub fn status(&self) -> &'static str {
        if self.charging { "Charging" } else { "Not charging" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Power:\n\n    Battery Information:\n\n      Model Information:\n          Serial Number: S1\n\
        \n          Manufacturer: ACME\n          Device Name: bq1\n      Charge Information:\n\
        \n          Full Charge Capacity (mAh): 5000\n      Battery Installed: Yes\n      Voltage (mV): 8000\n\
        \n    AC Charger Information:\n\n      Connected: Yes\n      Wattage (W): 60\n      Name: Adapter\n      Charging: No\n";

    #[test]
    fn battery_and_charger() {
        let profile = Entry::parse(TEXT);
        let row = battery_row(&battery(&profile).unwrap());
        assert_eq!((row.text("name"), row.integer("real_capacity")), (Some("bq1"), Some(40_000)));
        let row = charger_row(&charger(&profile).unwrap());
        assert_eq!((row.integer("power_max"), row.text("status")), (Some(60), Some("Not charging")));
    }

    #[test]
    fn none_is_none() {
        assert_eq!(battery(&Entry::parse(&TEXT.replace("Installed: Yes", "Installed: No"))), None);
        assert_eq!(battery(&Entry::parse("Power:\n\n    Battery Information:\n")), None);
        assert_eq!(charger(&Entry::parse("")), None);
    }
}
