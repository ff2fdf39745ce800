//! `airlock netdiscovery` and `airlock netinventory`: what the owner's own command asks of the network, and what comes of it.

use airlock_tests::dropin::DropIn;
use airlock_tests::fakesnmp::{FakeSnmp, SWITCH};
use airlock_tests::program::Airlock;
use std::fs;
use std::path::{Path, PathBuf};

fn walk(folder: &Path) -> PathBuf {
    let path = folder.join("switch.walk");
    let line = |(oid, value): &(&str, &str)| match (value.strip_prefix("oid:"), value.parse::<i64>()) {
        (Some(oid_value), _) => format!(".{oid} = OID: .{oid_value}\n"),
        (None, Ok(number)) => format!(".{oid} = INTEGER: {number}\n"),
        (None, Err(_)) => format!(".{oid} = STRING: \"{value}\"\n"),
    };
    fs::write(&path, SWITCH.iter().map(line).collect::<String>()).unwrap();
    path
}

#[test]
fn a_walk_stands_for_a_device() {
    let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
    let file = walk(folder.path());
    let file = file.to_str().unwrap();
    let found = airlock.json(&["netinventory", "--file", file, "--json"]);
    assert_eq!(found["sections"]["network_device"][0]["name"], "switch-a");
    assert_eq!(found["sections"]["network_ports"][0]["ifdescr"], "port 1");
    let xml = airlock.done(&["netinventory", "--file", file, "--control"]).stdout;
    for part in ["<START>1</START>", "<NAME>switch-a</NAME>", "<END>1</END>", "<QUERY>SNMPQUERY</QUERY>"] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    let found = airlock.json(&["netdiscovery", "--file", file, "--first", "192.0.2.7", "--json"]);
    assert_eq!(found["address"], "192.0.2.7");
    assert_eq!(found["sections"]["discovered_device"][0]["snmphostname"], "switch-a");
}

/// Loopback too: it is the owner who names it.
#[test]
fn devices_that_are_named_are_found_and_inventoried() {
    let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
    let first = FakeSnmp::switch("127.0.7.1:0", "s3cret-community");
    let port = first.address.port().to_string();
    let second = FakeSnmp::switch(&format!("127.0.7.3:{port}"), "s3cret-community");
    let file = folder.path().join("credentials");
    fs::write(&file, "# one for all\nversion:2c,community:wrong-one\nversion:2c,community:s3cret-community\n").unwrap();
    let save = folder.path().to_str().unwrap();
    let words = [
        "netdiscovery",
        "--range",
        "127.0.7.0/29",
        "--port",
        &port,
        "--credentials-file",
        file.to_str().unwrap(),
        "--entity",
        "4",
        "--inventory",
        "--save",
        save,
        "--xml",
    ];
    let output = airlock.done(&words);
    assert!(!output.stdout.contains("s3cret") && !output.stderr.contains("s3cret"), "{output:?}");
    for address in ["127.0.7.1", "127.0.7.3"] {
        let found = fs::read_to_string(folder.path().join(format!("netdiscovery/{address}.xml"))).unwrap();
        for part in ["<AUTHSNMP>2</AUTHSNMP>", "<ENTITY>4</ENTITY>", "<SNMPHOSTNAME>switch-a</SNMPHOSTNAME>"] {
            assert!(found.contains(part), "{part}: {found}");
        }
        let inventory = fs::read_to_string(folder.path().join(format!("netinventory/{address}.xml"))).unwrap();
        assert!(inventory.contains("<NAME>switch-a</NAME>"), "{inventory}");
    }
    assert!(!first.heard().is_empty() && !second.heard().is_empty());
}

#[test]
fn what_makes_no_sense_is_a_usage_error_with_what_was_expected() {
    let airlock = Airlock::new();
    for (words, said) in [
        (&["netdiscovery"][..], "which addresses?"),
        (&["netdiscovery", "--first", "010.1.0.1"], "octal"),
        (&["netdiscovery", "--first", "10.1.0.9", "--last", "10.1.0.1"], "ends before it begins"),
        (&["netdiscovery", "--range", "0.0.0.0-255.255.255.255"], "16777216"),
        (&["netdiscovery", "--range", "10.1.0.0/24", "--port", "0"], "1 to 65535"),
        (&["netdiscovery", "--range", "10.1.0.0/24", "--credentials", "version:2c"], "without a community"),
        (&["netdiscovery", "--range", "10.1.0.0/24", "--credentials", "core"], "no [credential]"),
        (&["netdiscovery", "--range", "10.1.0.0/24", "--protocol", "ipx"], "udp/ipv4"),
        (&["netinventory"], "which devices?"),
        (&["netinventory", "--host", "10.1.0.7;id"], "no address"),
        (&["netinventory", "--host", "10.1.0.7", "--type", "PRINTR"], "PRINTER"),
    ] {
        let output = airlock.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {output:?}");
        assert!(output.stderr.contains(said), "{words:?}: {}", output.stderr);
    }
}

#[test]
fn a_device_that_does_not_answer_is_a_failure_that_is_said() {
    let output = Airlock::new().run(&["netinventory", "--host", "127.0.7.9", "--timeout", "1", "--type", "PRINTER"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.contains("<ERROR>") && output.stdout.contains("<TYPE>PRINTER</TYPE>"), "{}", output.stdout);
}

#[test]
fn the_programs_of_other_agents_take_their_options() {
    let drop_in = DropIn::new();
    let switch = FakeSnmp::switch("127.0.7.17:0", "s3cret-community");
    let port = switch.address.port().to_string();
    for family in ["glpi", "fusioninventory"] {
        let words = [
            "--first=127.0.7.17",
            "--last=127.0.7.18",
            "--community=s3cret-community",
            "--port",
            &port,
            "--timeout=1",
            "--threads=8",
        ];
        let found = drop_in.done(&format!("{family}-netdiscovery"), &words).stdout;
        assert!(found.contains("<IP>127.0.7.17</IP>") && found.contains("<AUTHSNMP>1</AUTHSNMP>"), "{found}");
        let words = [
            "--host=127.0.7.17",
            "--credentials=version:2c,community:s3cret-community",
            "--port",
            &port,
            "--type=NETWORKING",
        ];
        let found = drop_in.done(&format!("{family}-netinventory"), &words).stdout;
        assert!(found.contains("<NAME>switch-a</NAME>"), "{found}");
    }
}

#[test]
fn cases_of_devices_are_tested_like_any_others() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let output = Airlock::new().done(&["task", "test", cases]);
    assert!(output.stdout.contains("2 of 2 cases passed"), "{}", output.stdout);
}
