//! LXC: `lxc-info` and the configuration of containers (lxc-info(1), lxc.container.conf(5)), of version 1 and of later
//! ones, which name the same things differently.

use super::virtual_machine::{Status, VirtualMachine, bytes, processor_list};

/// What a configuration, or `lxc-info -c KEY`, says of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Its host name.
    pub host_name: Option<String>,
    /// Limit of its memory, in bytes.
    pub memory: Option<u64>,
    /// How many processors it may use, if that is limited.
    pub processors: Option<u64>,
    pub macs: Vec<String>,
    /// The folder of its root file system.
    pub root: Option<String>,
}

/// The state that `lxc-info -s` prints, of whatever case: `State: RUNNING`.
pub fn state(text: &str) -> Option<Status> {
    let word = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case("state").then(|| value.trim())
    })?;
    status(word)
}

/// A state's word, as LXC, LXD and Incus have it.
pub(crate) fn status(word: &str) -> Option<Status> {
    Some(match word.to_ascii_uppercase().as_str() {
        "RUNNING" | "STARTING" | "READY" | "THAWED" => Status::Running,
        "FROZEN" | "FREEZING" => Status::Paused,
        "STOPPING" => Status::Shutdown,
        "ABORTING" => Status::Dying,
        "ERROR" => Status::Crashed,
        "STOPPED" => Status::Off,
        _ => return None,
    })
}

/// Reads `key = value` lines; the last value of a key counts, but for network cards, of which there may be several.
pub fn config(text: &str) -> Config {
    let mut machine = VirtualMachine::default();
    let mut config = Config::default();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim(), value.trim());
        if value.is_empty() {
            continue;
        }
        match key {
            "lxc.utsname" | "lxc.uts.name" => config.host_name = Some(value.to_owned()),
            "lxc.rootfs" | "lxc.rootfs.path" => config.root = Some(folder(value).to_owned()),
            "lxc.cgroup.memory.limit_in_bytes" | "lxc.cgroup2.memory.max" => config.memory = bytes(value, 1),
            "lxc.cgroup.cpuset.cpus" | "lxc.cgroup2.cpuset.cpus" => config.processors = processor_list(value),
            _ if is_card(key) => machine.add_mac(value),
            _ => {}
        }
    }
    config.macs = machine.macs;
    config
}

/// The container that a configuration describes.
pub fn container(name: &str, state: Option<Status>, config: &Config) -> VirtualMachine {
    let mut machine = VirtualMachine::new("lxc");
    machine.name = Some(name.to_owned());
    machine.status = state;
    machine.memory = config.memory;
    machine.processors = config.processors;
    machine.macs.clone_from(&config.macs);
    machine
}

/// `lxc.network.hwaddr`, `lxc.net.0.hwaddr`.
fn is_card(key: &str) -> bool {
    let number =
        |key: &str| key.strip_prefix("lxc.net.").and_then(|rest| rest.strip_suffix(".hwaddr")).map(str::to_owned);
    key == "lxc.network.hwaddr" || number(key).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A root file system may be given with the kind of its store: `dir:/var/lib/lxc/a/rootfs`.
fn folder(value: &str) -> &str {
    value.find(":/").and_then(|at| value.get(at + 1..)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states() {
        assert_eq!(state("Name:  a\nState:   RUNNING\nPID: 5\n"), Some(Status::Running));
        assert_eq!(state("state: STOPPED\n"), Some(Status::Off));
        assert_eq!(state("State: FROZEN"), Some(Status::Paused));
        assert_eq!(state("a doesn't exist\n"), None);
    }

    #[test]
    fn both_generations_of_names() {
        let old = "# lxc.utsname = no\nlxc.utsname = a\nlxc.network.hwaddr = AA:BB:CC:00:00:01\nlxc.network.hwaddr = AA:BB:CC:00:00:02\n\
                   lxc.cgroup.memory.limit_in_bytes = 512M\nlxc.cgroup.cpuset.cpus = 0-3\nlxc.rootfs = /srv/a\n";
        let new = "lxc.uts.name=a\nlxc.net.0.hwaddr=aa:bb:cc:00:00:01\nlxc.net.12.hwaddr=aa:bb:cc:00:00:02\n\
                   lxc.cgroup2.memory.max=536870912\nlxc.cgroup2.cpuset.cpus=0,1,2,3\nlxc.rootfs.path = dir:/srv/a\n";
        assert_eq!(config(old), config(new));
        let machine = container("a", None, &config(new));
        assert_eq!((machine.memory, machine.processors, machine.macs.len()), (Some(512 << 20), Some(4), 2));
    }

    #[test]
    fn what_is_no_configuration_says_nothing() {
        assert_eq!(
            config("\0\u{1}=\n= x\nlxc.cgroup.memory.limit_in_bytes =\nlxc.net.x.hwaddr=aa:bb:cc:00:00:01\n"),
            Config::default()
        );
    }
}
