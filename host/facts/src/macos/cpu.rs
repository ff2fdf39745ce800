//! Processors, from `sysctl -a machdep.cpu` and `system_profiler SPHardwareDataType` (text).

use super::profile::Entry;
use crate::units;
use airlock_model::Row;

/// The processors of a machine: they are all alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Processors {
    pub count: u64,
    pub name: Option<String>,
    /// In the words of CPUID: `GenuineIntel`; `Apple` for Apple's own.
    pub vendor: Option<String>,
    /// MHz.
    pub speed: Option<u64>,
    /// Of one processor.
    pub cores: Option<u64>,
    /// Of one processor.
    pub threads: Option<u64>,
    pub family: Option<u64>,
    pub model: Option<u64>,
    pub stepping: Option<u64>,
    /// MHz of the bus.
    pub bus: Option<u64>,
}

/// No Mac has more.
const MOST: u64 = 64;

/// Reads what the two tools print; none when neither knows of a processor.
pub fn processors(sysctl: &str, profile: &Entry) -> Option<Processors> {
    let variable = |name: &str| {
        let mut lines = sysctl.lines().filter_map(|line| line.split_once(": ").or_else(|| line.split_once(" = ")));
        let (_, value) = lines.find(|(known, _)| known.trim().strip_prefix("machdep.cpu.") == Some(name))?;
        Some(value.trim()).filter(|value| !value.is_empty())
    };
    let number = |name: &str| variable(name)?.parse::<u64>().ok();
    let overview = profile.get("Hardware").and_then(|hardware| hardware.get("Hardware Overview"));
    let said = |names: &[&str]| names.iter().find_map(|name| overview?.text(name));
    let leading = |text: &str| text.split_whitespace().next()?.parse::<u64>().ok();

    let count = said(&["Number Of Processors", "Number Of CPUs"]).and_then(leading).unwrap_or(1).clamp(1, MOST);
    let all_cores = said(&["Total Number Of Cores"]).and_then(leading);
    let name = variable("brand_string").or_else(|| said(&["Chip", "Processor Name", "CPU Type"]))?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let vendor = variable("vendor").or_else(|| name.starts_with("Apple").then_some("Apple")).map(str::to_owned);
    Some(Processors {
        count,
        vendor,
        speed: said(&["Processor Speed", "CPU Speed"]).and_then(units::megahertz),
        cores: number("core_count").or_else(|| number("cores_per_package")).or(all_cores.map(|all| all / count)),
        threads: number("thread_count").or_else(|| number("logical_per_package")),
        family: number("family"),
        model: number("model"),
        stepping: number("stepping"),
        bus: said(&["Bus Speed"]).and_then(units::megahertz),
        name: Some(units::cut(&name, 256).to_owned()),
    })
}

/// Rows of the section `cpus`, one a processor.
pub fn rows(processors: &Processors) -> Vec<Row> {
    let mut row = Row::new();
    let text = |number: Option<u64>| number.map(|number| number.to_string());
    row.maybe("name", processors.name.clone())
        .maybe("manufacturer", processors.vendor.clone())
        .maybe("speed", processors.speed)
        .maybe("external_clock", processors.bus)
        .maybe("core", processors.cores)
        .maybe("thread", processors.threads.zip(processors.cores).and_then(|(all, cores)| all.checked_div(cores)))
        .maybe("familynumber", text(processors.family))
        .maybe("model", text(processors.model))
        .maybe("stepping", processors.stepping);
    (0..processors.count.min(MOST)).map(|_| row.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tools_make_one_processor() {
        let sysctl = "machdep.cpu.vendor: GenuineIntel\nmachdep.cpu.brand_string: Intel(R)  Test   CPU\n\
                      machdep.cpu.family: 6\nmachdep.cpu.core_count: 4\nmachdep.cpu.thread_count: 8\n";
        let profile = Entry::parse(
            "Hardware:\n\n    Hardware Overview:\n\n      Processor Speed: 2,5 GHz\n      Number of Processors: 2\n",
        );
        let rows = rows(&processors(sysctl, &profile).unwrap());
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text("name"), Some("Intel(R) Test CPU"));
        assert_eq!((rows[0].integer("speed"), rows[0].integer("thread")), (Some(2500), Some(2)));
    }

    #[test]
    fn apples_own_and_nothing() {
        let profile = Entry::parse(
            "Hardware:\n\n    Hardware Overview:\n\n      Chip: Apple M9\n      Total Number of Cores: 8 (4 and 4)\n",
        );
        let found = processors("", &profile).unwrap();
        assert_eq!((found.vendor.as_deref(), found.cores, found.threads), (Some("Apple"), Some(8), None));
        assert_eq!(processors("garbage\n: \n", &Entry::default()), None);
    }
}
