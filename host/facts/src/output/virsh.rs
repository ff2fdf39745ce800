//! libvirt: `virsh list --all`, and the XML in which it keeps and prints a domain (libvirt.org/formatdomain.html).
//!
//! The file of a running domain below `/run/libvirt` has the same description in a `domstatus` element, which says the
//! state: both are read by one function.

use super::virtual_machine::{MOST, Status, VirtualMachine, uuid};
use super::xml::Element;

/// The domains of `virsh list --all`: names, and states where one is known. Names may hold spaces.
pub fn list(text: &str) -> Vec<(String, Option<Status>)> {
    let mut rows = text.lines().map(str::trim).skip_while(|line| !line.starts_with("---"));
    rows.next();
    rows.filter_map(|line| {
        let (_id, rest) = line.split_once(char::is_whitespace)?;
        let rest = rest.trim();
        let (name, status) = STATES
            .iter()
            .find_map(|(words, status)| Some((rest.strip_suffix(words)?, Some(*status))))
            .filter(|(name, _)| name.ends_with(char::is_whitespace))
            .or_else(|| rest.rsplit_once("  ").map(|(name, _)| (name, None)))?;
        let name = name.trim();
        (!name.is_empty()).then(|| (name.to_owned(), status))
    })
    .take(MOST)
    .collect()
}

/// As virsh writes them, the longest first where one ends in another.
const STATES: [(&str, Status); 9] = [
    ("in shutdown", Status::Shutdown),
    ("shut off", Status::Off),
    ("pmsuspended", Status::Paused),
    ("no state", Status::Idle),
    ("running", Status::Running),
    ("crashed", Status::Crashed),
    ("paused", Status::Paused),
    ("dying", Status::Dying),
    ("idle", Status::Idle),
];

/// A domain from its XML; none when there is none in it.
pub fn domain(xml: &str) -> Option<VirtualMachine> {
    let root = Element::parse(xml)?;
    let (domain, status) = match root.name.as_str() {
        "domain" => (&root, None),
        // What the driver notes of a running one.
        "domstatus" => (root.child("domain")?, root.attribute("state").and_then(file_state)),
        _ => return None,
    };
    let mut machine = VirtualMachine::new("libvirt");
    let text = |name: &str| domain.text_of(name).map(str::to_owned);
    machine.status = status;
    machine.subsystem = domain.attribute("type").map(str::to_owned);
    machine.name = text("name");
    machine.uuid = domain.text_of("uuid").and_then(uuid);
    machine.comment = text("title").or_else(|| text("description"));
    machine.processors = domain.text_of("vcpu").and_then(|number| number.parse().ok());
    machine.memory = domain.child("currentMemory").and_then(memory).or_else(|| memory(domain.child("memory")?));
    for card in domain.child("devices").into_iter().flat_map(|devices| devices.children("interface")) {
        machine.add_mac(card.child("mac").and_then(|mac| mac.attribute("address")).unwrap_or_default());
    }
    Some(machine)
}

/// In KiB unless a unit is given; `KB` there is a thousand, `KiB` and `k` are 1024.
fn memory(element: &Element) -> Option<u64> {
    let number: u64 = element.text()?.parse().ok()?;
    let unit = element.attribute("unit").unwrap_or("KiB");
    let kilo: u64 = if unit.len() == 2 && unit.ends_with('B') { 1000 } else { 1024 };
    let power = match unit.bytes().next()?.to_ascii_lowercase() {
        b'b' => 0,
        b'k' => 1,
        b'm' => 2,
        b'g' => 3,
        b't' => 4,
        _ => return None,
    };
    number.checked_mul(kilo.checked_pow(power)?)
}

/// `virDomainState` as the files of running domains have it.
fn file_state(word: &str) -> Option<Status> {
    Some(match word {
        "running" => Status::Running,
        "blocked" => Status::Blocked,
        "paused" | "pmsuspended" => Status::Paused,
        "shutdown" => Status::Shutdown,
        "shutoff" => Status::Off,
        "crashed" => Status::Crashed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAIN: &str = "<domain type='kvm' id='3'><name>a &amp; b</name><uuid>11112222-3333-4444-5555-666677778888</uuid>\
        <title>Web</title><memory unit='KiB'>4194304</memory><currentMemory unit='GiB'>2</currentMemory>\
        <vcpu placement='static'>4</vcpu><devices><interface type='network'><mac address='52:54:00:00:00:0A'/></interface>\
        <name>not this</name></devices></domain>";

    #[test]
    fn a_domain() {
        let machine = domain(DOMAIN).unwrap();
        assert_eq!(machine.name.as_deref(), Some("a & b"));
        assert_eq!((machine.memory, machine.processors), (Some(2 << 30), Some(4)));
        assert_eq!((machine.subsystem.as_deref(), machine.kind.as_str()), (Some("kvm"), "libvirt"));
        assert_eq!(machine.macs, ["52:54:00:00:00:0a"]);
        assert_eq!((machine.comment.as_deref(), machine.status), (Some("Web"), None));
    }

    #[test]
    fn a_running_one_says_its_state() {
        let file = format!(
            "<!-- made by libvirt --><domstatus state='paused' reason='user' pid='7'><vcpus/>{DOMAIN}</domstatus>"
        );
        let machine = domain(&file).unwrap();
        assert_eq!((machine.status, machine.processors), (Some(Status::Paused), Some(4)));
    }

    #[test]
    fn lists() {
        let text = " Id   Name          State\n------------------------------\n 1    web server    running\n -    old           shut off\n 7    x   odd\n\n";
        let expected = [
            ("web server".to_owned(), Some(Status::Running)),
            ("old".to_owned(), Some(Status::Off)),
            ("x".to_owned(), None),
        ];
        assert_eq!(list(text), expected);
    }

    #[test]
    fn garbage() {
        assert_eq!(domain("<domain"), None);
        assert_eq!(domain(&"<a>".repeat(100_000)), None);
        assert_eq!(domain("<network/>"), None);
        assert_eq!(list("error: failed to connect\n---"), []);
    }
}
