//! Whole trees of files, and the rows that come of them.

use super::*;
use crate::testing::TestMachine;

fn interface(machine: &TestMachine, device: &str, files: &[(&str, &str)]) {
    let name = device.rsplit('/').next().unwrap();
    for (file, content) in files {
        machine.file(format!("/sys/devices/{device}/{file}"), content);
    }
    machine.link(format!("/sys/class/net/{name}"), format!("../../devices/{device}"));
}

fn read(prepare: impl Fn(&TestMachine), collector: fn(&Scan<'_>)) -> (Vec<Row>, Vec<String>) {
    let machine = TestMachine::new();
    prepare(&machine);
    machine.collect(collector)
}

#[cfg(target_endian = "little")]
const ROUTES: &str = "\
Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
";

#[test]
#[cfg(target_endian = "little")]
fn every_address_is_a_row_and_so_is_an_interface_without() {
    let (rows, missing) = read(
        |machine| {
            let hardware = "pci0000:00/0000:00:03.0";
            interface(
                machine,
                &format!("{hardware}/net/eth0"),
                &[
                    ("uevent", "INTERFACE=eth0\nIFINDEX=2\n"),
                    ("address", "52:54:00:AA:00:01\n"),
                    ("flags", "0x1003\n"),
                    ("mtu", "1500\n"),
                    ("speed", "1000\n"),
                ],
            );
            machine.file(
                format!("sys/devices/{hardware}/uevent"),
                "DRIVER=e1000e\nPCI_ID=8086:10D3\nPCI_SUBSYS_ID=1AF4:1100\nPCI_SLOT_NAME=0000:00:03.0\n",
            );
            machine.link(format!("sys/devices/{hardware}/net/eth0/device"), "../../../0000:00:03.0");
            interface(
                machine,
                "virtual/net/br0",
                &[
                    ("uevent", "DEVTYPE=bridge\nINTERFACE=br0\nIFINDEX=7\n"),
                    ("flags", "0x1002\n"),
                    ("brif/eth1", ""),
                    ("lower_eth1", ""),
                    ("lower_eth2", ""),
                ],
            );
            interface(
                machine,
                "virtual/net/lo",
                &[("uevent", "IFINDEX=1\n"), ("address", "00:00:00:00:00:00\n"), ("flags", "0x9\n")],
            );
            machine.file("sys/class/net/bonding_masters", "bond0\n");
            machine.folder("sys/class/net/dark0");
            machine.file("proc/net/route", ROUTES);
            machine.file(
                "proc/net/fib_trie",
                "Main:\n|-- 192.0.2.2\n/32 host LOCAL\n|-- 127.0.0.1\n/32 host LOCAL\n|-- 10.9.9.9\n/32 host LOCAL\n",
            );
            machine.file("proc/net/if_inet6", "fe800000000000000000000000000001 02 40 20 80 eth0\n");
            machine.file(
                "run/systemd/netif/leases/2",
                "# private\nADDRESS=192.0.2.2\nNETMASK=255.255.255.0\nSERVER_ADDRESS=192.0.2.250\n",
            );
        },
        collect,
    );
    let eth0 = Row::new()
        .with("description", "eth0")
        .with("mac", "52:54:00:aa:00:01")
        .with("status", "up")
        .with("mtu", 1500_u32)
        .with("type", "ethernet")
        .with("virtualdev", false)
        .with("driver", "e1000e")
        .with("pcislot", "0000:00:03.0")
        .with("pciid", "8086:10d3:1af4:1100")
        .with("speed", "1000");
    let lo = Row::new()
        .with("description", "lo")
        .with("mac", "00:00:00:00:00:00")
        .with("status", "up")
        .with("type", "loopback")
        .with("virtualdev", true);
    let br0 = Row::new()
        .with("description", "br0")
        .with("status", "down")
        .with("type", "bridge")
        .with("virtualdev", true)
        .with("slaves", "eth1,eth2")
        .with("speed", "0");
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0], lo.with("ipaddress", "127.0.0.1").with("ipmask", "255.0.0.0").with("ipsubnet", "127.0.0.0"));
    assert_eq!(
        rows[1],
        eth0.clone()
            .with("ipaddress", "192.0.2.2")
            .with("ipmask", "255.255.255.0")
            .with("ipsubnet", "192.0.2.0")
            .with("ipgateway", "192.0.2.1")
            .with("ipdhcp", "192.0.2.250")
    );
    assert_eq!(
        rows[2],
        eth0.with("ipaddress6", "fe80::1")
            .with("ipmask6", "ffff:ffff:ffff:ffff:0000:0000:0000:0000")
            .with("ipsubnet6", "fe80::")
    );
    assert_eq!(rows[3], br0);
    assert_eq!(rows[4], Row::new().with("description", "dark0"));
    assert_eq!(missing, ["interface of address 10.9.9.9", "/sys/class/net/dark0: nothing to be seen in it"]);
}

#[test]
fn a_label_of_an_address_is_an_alias() {
    let (rows, _) = read(
        |machine| {
            interface(machine, "virtual/net/eth0", &[("uevent", "IFINDEX=2\n"), ("mtu", "1500\n"), ("flags", "0x1\n")])
        },
        |scan| {
            let alias = Address::new("eth0:1", "192.0.2.7".parse().unwrap(), 24);
            for interface in interface::all(scan, &[]) {
                scan.row(with_address(&interface, &alias, &[], &Leases::default()));
            }
        },
    );
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0],
        Row::new()
            .with("description", "eth0:1")
            .with("status", "up")
            .with("mtu", 1500_u32)
            .with("type", "alias")
            .with("base", "eth0")
            .with("virtualdev", true)
            .with("ipaddress", "192.0.2.7")
            .with("ipmask", "255.255.255.0")
            .with("ipsubnet", "192.0.2.0")
    );
}

#[test]
#[cfg(target_endian = "little")]
fn the_machine_has_name_servers_a_domain_and_a_gateway() {
    let (rows, missing) = read(
        |machine| {
            machine.file("proc/net/route", ROUTES);
            machine.file("proc/sys/kernel/hostname", "host1\n");
            machine.file("etc/hosts", "127.0.1.1 host1.lab.example host1\n");
            machine.file("etc/resolv.conf", "search elsewhere.example\nnameserver 192.0.2.53\nnameserver 192.0.2.5\n");
        },
        names_and_gateway,
    );
    let expected = Row::new()
        .with("dns", "192.0.2.5/192.0.2.53")
        .with("workgroup", "lab.example")
        .with("defaultgateway", "192.0.2.1");
    assert_eq!(rows, [expected]);
    assert!(missing.is_empty());
    assert_eq!(read(|_| {}, names_and_gateway), (Vec::new(), Vec::new()));
    assert_eq!(read(|_| {}, collect), (Vec::new(), Vec::new()));
}

#[test]
fn nonsense_in_attributes_is_left_out() {
    let (rows, missing) = read(
        |machine| {
            interface(
                machine,
                "virtual/net/odd",
                &[
                    ("uevent", "IFINDEX=99999999999\nDEVTYPE=\n"),
                    ("address", "\u{1}\n"),
                    ("flags", "0xzz\n"),
                    ("mtu", "much\n"),
                    ("speed", "-1\n"),
                ],
            );
        },
        collect,
    );
    assert_eq!(rows, [Row::new().with("description", "odd").with("virtualdev", true)]);
    assert!(missing.is_empty());
}

#[test]
fn a_virtio_interface_has_the_place_of_its_card() {
    let (rows, missing) = read(
        |machine| {
            let card = "pci0000:00/0000:00:09.0";
            interface(
                machine,
                &format!("{card}/virtio2/net/eth0"),
                &[("uevent", "IFINDEX=2\n"), ("flags", "0x1002\n")],
            );
            machine.link(format!("sys/devices/{card}/virtio2/net/eth0/device"), "../../../virtio2");
            let uevent = "DRIVER=virtio_net\nMODALIAS=virtio:d00000001v00001AF4\n";
            machine.file(format!("sys/devices/{card}/virtio2/uevent"), uevent);
            let uevent = "DRIVER=virtio-pci\nPCI_ID=1AF4:1000\nPCI_SUBSYS_ID=1AF4:0001\nPCI_SLOT_NAME=0000:00:09.0\n";
            machine.file(format!("sys/devices/{card}/uevent"), uevent);
        },
        collect,
    );
    let fields = ["driver", "pcislot", "pciid"].map(|field| rows[0].text(field));
    assert_eq!(fields, [Some("virtio_net"), Some("0000:00:09.0"), Some("1af4:1000:1af4:0001")]);
    assert!(missing.is_empty());
}

#[test]
fn of_an_interface_that_cannot_be_seen_the_rest_is_told() {
    let (rows, missing) = read(
        |machine| {
            interface(machine, "pci0000:00/0000:00:0a.0/net/e3", &[]);
            machine.folder("sys/devices/pci0000:00/0000:00:0a.0/net/e3");
            let uevent = "DRIVER=igb\nPCI_ID=8086:10C9\nPCI_SLOT_NAME=0000:00:0a.0\n";
            machine.file("sys/devices/pci0000:00/0000:00:0a.0/uevent", uevent);
            machine.file("proc/net/bonding/bond0", "Slave Interface: e3\nPermanent HW addr: 52:54:00:aa:00:04\n");
        },
        collect,
    );
    let expected = Row::new()
        .with("description", "e3")
        .with("mac", "52:54:00:aa:00:04")
        .with("driver", "igb")
        .with("pcislot", "0000:00:0a.0")
        .with("pciid", "8086:10c9");
    assert_eq!(rows, [expected]);
    assert_eq!(missing, ["/sys/class/net/e3: nothing to be seen in it"]);
}

#[test]
fn wireless_interfaces_are_in_a_network() {
    let mut machine = TestMachine::new();
    let device = "pci0000:00/0000:00:0c.0/net/wl0";
    interface(
        &machine,
        device,
        &[("uevent", "DEVTYPE=wlan\nIFINDEX=3\n"), ("flags", "0x1003\n"), ("phy80211/name", "phy0\n")],
    );
    machine.link(format!("sys/devices/{device}/device"), "../../../0000:00:0c.0");
    machine.command(&["iw", "dev", "wl0", "info"], "Interface wl0\n\ttype managed\n");
    let link =
        "Connected to 02:00:00:00:00:aa (on wl0)\n\tSSID: lab\n\tfreq: 2437\n\ttx bitrate: 144.4 MBit/s MCS 15\n";
    machine.command(&["iw", "dev", "wl0", "link"], link);
    let rows = machine.rows(collect);
    let fields =
        ["type", "wifi_ssid", "wifi_bssid", "wifi_mode", "wifi_version", "speed"].map(|field| rows[0].text(field));
    let expected = ["wifi", "lab", "02:00:00:00:00:aa", "Managed", "802.11n", "144"].map(Some);
    assert_eq!(fields, expected);
}

#[test]
fn infiniband_has_the_speed_of_its_port() {
    let machine = TestMachine::new();
    let device = "pci0000:00/0000:00:0d.0/net/ib0";
    let mac = ["80"; 20].join(":");
    interface(
        &machine,
        device,
        &[("uevent", "IFINDEX=3\n"), ("flags", "0x1003\n"), ("type", "32\n"), ("address", &mac), ("dev_port", "1\n")],
    );
    machine.link(format!("sys/devices/{device}/device"), "../../../0000:00:0d.0");
    machine.file("sys/devices/pci0000:00/0000:00:0d.0/infiniband/lab_0/ports/2/rate", "100 Gb/sec (4X EDR)\n");
    let rows = machine.rows(collect);
    assert_eq!(
        (rows[0].text("type"), rows[0].text("speed"), rows[0].text("mac")),
        (Some("infiniband"), Some("100000"), Some(mac.as_str()))
    );
}
