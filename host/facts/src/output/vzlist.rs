//! Virtuozzo and OpenVZ: the list of `vzlist`, the configuration of an environment (`/etc/vz/conf/ID.conf`, vzctl(8),
//! ctid.conf(5)), and the cards that `ip -0 a` shows in one.

use super::virtual_machine::{MOST, Status, VirtualMachine, bytes, mac};

/// What resources of memory are counted in.
const PAGE: u64 = 4096;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub id: String,
    pub name: String,
    /// In percent of one processor; zero is without a limit.
    pub processor_limit: u64,
    pub status: Option<Status>,
    pub template: String,
}

/// The columns that [`list`] reads.
pub const COLUMNS: &str = "hostname,ctid,cpulimit,status,ostemplate";

/// The lines of `vzlist --all --no-header -o` [`COLUMNS`].
pub fn list(text: &str) -> Vec<Environment> {
    let environment = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, id) = (words.next()?.to_owned(), words.next()?.to_owned());
        let processor_limit = words.next()?.parse().unwrap_or(0);
        let status = status(words.next()?);
        let template = words.next().unwrap_or_default().trim_start_matches('.').to_owned();
        let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain.then_some(Environment { id, name, processor_limit, status, template })
    };
    text.lines().filter_map(environment).take(MOST).collect()
}

fn status(word: &str) -> Option<Status> {
    Some(match word {
        "running" => Status::Running,
        "suspended" | "paused" => Status::Paused,
        "stopped" | "mounted" => Status::Off,
        "stopping" | "umounted" => Status::Shutdown,
        _ => return None,
    })
}

/// What the configuration of an environment says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// In bytes.
    pub memory: Option<u64>,
    pub processors: Option<u64>,
    pub macs: Vec<String>,
}

/// Reads `KEY="value"` lines; the last of a key counts. Memory is what the environment may allocate, if that is limited,
/// or else what it may have in RAM.
pub fn config(text: &str) -> Config {
    let mut machine = VirtualMachine::default();
    let (mut private, mut physical) = (None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match key {
            "PRIVVMPAGES" => private = limit(value),
            "PHYSPAGES" => physical = limit(value),
            "CPUS" => machine.processors = value.parse().ok(),
            "NETIF" => {
                for address in value.split([',', ';']).filter_map(|part| part.strip_prefix("mac=")) {
                    machine.add_mac(address);
                }
            }
            _ => {}
        }
    }
    Config { memory: private.or(physical), processors: machine.processors, macs: machine.macs }
}

/// The second of `barrier:limit`, in pages or with a unit. The largest number stands for no limit.
fn limit(value: &str) -> Option<u64> {
    let limit = value.rsplit(':').next()?;
    bytes(limit, PAGE).filter(|bytes| bytes / PAGE < u64::MAX / 2 / PAGE && *bytes > 0)
}

/// The hardware addresses of Ethernet cards in what `ip -0 a` prints.
pub fn cards(text: &str) -> Vec<String> {
    let address = |line: &str| mac(line.trim_start().strip_prefix("link/ether ")?.split(' ').next()?);
    text.lines().filter_map(address).take(64).collect()
}

/// The machine of a line and its configuration. `host` is the UUID of the host: with the environment's number behind it,
/// it is what the environment says of itself.
pub fn machine(environment: &Environment, config: &Config, host: Option<&str>) -> VirtualMachine {
    let mut machine = VirtualMachine::new("virtuozzo");
    machine.name = Some(environment.name.clone()).filter(|name| name != "-").or_else(|| Some(environment.id.clone()));
    machine.uuid = host.map(|host| format!("{host}-{}", environment.id));
    machine.status = environment.status;
    machine.subsystem = Some(environment.template.clone()).filter(|template| template != "-");
    machine.memory = config.memory;
    let limited = Some(environment.processor_limit.div_ceil(100)).filter(|count| *count > 0);
    machine.processors = config.processors.or(limited);
    machine.macs.clone_from(&config.macs);
    machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment() {
        let list = list("a.example   101   150 running debian-12\n-  102  0 stopped -\n\nbad\n");
        assert_eq!(list.len(), 2);
        let config = config(
            "# PHYSPAGES=\"1\"\nPHYSPAGES=\"0:512M\"\nPRIVVMPAGES=\"unlimited\"\nNETIF=\"ifname=eth0,mac=00:18:51:00:00:0A,host_mac=00:18:51:00:00:0B\"\n",
        );
        let first = machine(&list[0], &config, Some("host"));
        assert_eq!(
            (first.uuid.as_deref(), first.memory, first.processors),
            (Some("host-101"), Some(512 << 20), Some(2))
        );
        assert_eq!(first.macs, ["00:18:51:00:00:0a"]);
        let second = machine(&list[1], &Config::default(), None);
        assert_eq!((second.name.as_deref(), second.status, second.subsystem), (Some("102"), Some(Status::Off), None));
    }

    #[test]
    fn limits_are_the_second_number_and_may_be_none() {
        assert_eq!(config("PRIVVMPAGES=\"65536:69632\"\nPHYSPAGES=\"1G:2G\"").memory, Some(69_632 * 4096));
        assert_eq!(config("PHYSPAGES=\"0:9223372036854775807\"").memory, None);
        assert_eq!(config("PHYSPAGES=\nx").memory, None);
    }

    #[test]
    fn cards_of_an_environment() {
        let text = "1: lo: <UP>\n    link/loopback 00:00:00:00:00:00\n2: eth0:\n    link/ether 00:18:51:00:00:0A brd ff:ff:ff:ff:ff:ff\n";
        assert_eq!(cards(text), ["00:18:51:00:00:0a"]);
    }
}
