//! A network of a test's own: the test runs itself again in namespaces of user, network and mounts, where any address may be
//! put on the loopback interface and nothing else is connected.

use std::process::Command;

const MARK: &str = "AIRLOCK_TEST_IN_NAMESPACE";

/// Runs `body` with these addresses on `lo`. `test` is the whole name of the calling test. Where namespaces cannot be had
/// this is said aloud, and false is returned: the test then has its other road only.
pub fn in_namespace(test: &str, addresses: &[&str], body: impl FnOnce()) -> bool {
    if std::env::var_os(MARK).is_some() {
        ip(&["link", "set", "lo", "up"]);
        for address in addresses {
            let prefix = if address.contains(':') { 128 } else { 32 };
            ip(&["addr", "add", &format!("{address}/{prefix}"), "dev", "lo"]);
        }
        body();
        return true;
    }
    let is_possible = Command::new("unshare").args(["-Urn", "ip", "link", "set", "lo", "up"]).output();
    if !is_possible.is_ok_and(|output| output.status.success()) {
        eprintln!("{test}: NOT RUN with real sockets: network namespaces are not to be had here (unshare -Urn)");
        return false;
    }
    let own = std::env::current_exe().unwrap();
    let output = Command::new("unshare")
        .arg("-Urn")
        .arg(own)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(MARK, "1")
        .output()
        .unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "in the namespace:\n{said}\n{wrong}");
    assert!(said.contains("1 passed"), "the test {test} is not in there:\n{said}");
    true
}

/// An address that packets are delivered to here, and that is none of this machine's own: as if another machine had it.
pub fn elsewhere(address: &str) {
    ip(&["route", "add", "local", &format!("{address}/32"), "dev", "lo"]);
}

/// A network that this machine is in, all of whose addresses are here.
pub fn network(own: &str) {
    ip(&["addr", "add", own, "dev", "lo"]);
}

/// True in the namespace, where only the part with real sockets is wanted.
pub fn is_inside() -> bool {
    std::env::var_os(MARK).is_some()
}

fn ip(words: &[&str]) {
    let output = Command::new("ip").args(words).output().unwrap();
    assert!(output.status.success(), "ip {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
