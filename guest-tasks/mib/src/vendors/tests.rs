use crate::Syntax;
use crate::fixture::Walk;
use crate::identify::identify;
use std::collections::BTreeSet;

fn text(text: &str) -> Syntax {
    Syntax::Octets(text.as_bytes().to_vec())
}

fn device(id: &str, objects: &[(&str, &str)]) -> Walk {
    let walk = Walk::default().with("1.3.6.1.2.1.1.2.0", Syntax::Oid(format!("1.3.6.1.4.1.{id}")));
    objects.iter().fold(walk, |walk, (name, said)| {
        let name = if name.starts_with("1.3.") { (*name).to_owned() } else { format!("1.3.6.1.4.1.{name}") };
        walk.with(&name, text(said))
    })
}

#[test]
fn modules_have_names_of_their_own_and_whole_objects() {
    let mut names = BTreeSet::new();
    for vendor in super::all() {
        assert!(names.insert(vendor.name_of_module), "{vendor:?} twice");
        assert!(!vendor.matches.is_empty(), "{vendor:?}");
        for name in vendor.facts().into_iter().flat_map(|get| get.names()) {
            assert!(crate::Suffix::parse(name).is_some(), "{vendor:?}: {name}");
        }
    }
    assert!(super::probes().count() + 12 <= crate::MOST_NAMES, "the first names are asked in one request");
}

#[test]
fn a_power_supply_is_known_by_its_card() {
    let walk =
        device("318.1.3.4", &[("318.1.1.4.1.4.0", "PX 7"), ("318.1.1.4.1.5.0", "5A000"), ("318.1.1.4.1.2.0", "v1.0")]);
    let found = identify(&walk, "192.0.2.1").unwrap();
    assert_eq!(found.kind.as_deref(), Some("NETWORKING"));
    assert_eq!((found.model.as_deref(), found.serial.as_deref()), (Some("PX 7"), Some("5A000")));
    assert_eq!(found.firmware.as_deref(), Some("v1.0"));
    assert!(walk.calls() <= 7, "{} requests", walk.calls());
}

#[test]
fn an_object_alone_gives_a_camera_away() {
    let walk = Walk::default()
        .with("1.3.6.1.4.1.39165.1.1.0", text("CAM-1"))
        .with("1.3.6.1.4.1.39165.1.4.0", text("02-00-00-00-00-07"));
    let found = identify(&walk, "192.0.2.1").unwrap();
    assert_eq!(found.name.as_deref(), Some("CAM-1_020000000007"));
    assert_eq!((found.mac.as_deref(), found.serial.as_deref()), (Some("02:00:00:00:00:07"), Some("020000000007")));
    assert_eq!(found.kind.as_deref(), Some("NETWORKING"));
}

#[test]
fn a_printers_id_is_taken_apart() {
    let walk = device(
        "11.2.3.9.1",
        &[
            ("11.2.3.9.1.1.7.0", "MFG:Hewlett-Packard;CMD:PCL;MDL:Inventjet 9;CLS:PRINTER;"),
            ("11.2.3.9.4.2.1.1.3.5.0", "20240131 1.2"),
            ("11.2.3.9.4.2.1.1.3.3.0", "CN0001"),
        ],
    );
    let found = identify(&walk, "192.0.2.1").unwrap();
    assert_eq!((found.model.as_deref(), found.manufacturer.as_deref()), (Some("Inventjet 9"), Some("Hewlett-Packard")));
    assert_eq!((found.serial.as_deref(), found.firmware_date.as_deref()), (Some("CN0001"), Some("2024-01-31")));
}

#[test]
fn an_appliance_on_linux_is_what_its_objects_say() {
    let nas = device("8072.3.2.10", &[("6574.1.5.1.0", "DS999"), ("6574.1.5.2.0", "S1"), ("6574.1.5.3.0", "DSM 9.9")]);
    let found = identify(&nas, "192.0.2.1").unwrap();
    assert_eq!((found.manufacturer.as_deref(), found.kind.as_deref()), (Some("Synology"), Some("STORAGE")));
    assert_eq!((found.model.as_deref(), found.serial.as_deref()), (Some("DS999"), Some("S1")));
    let engine = vec![0x80, 0, 0x1f, 0x88, 0x80, 1, 2, 3, 4];
    let plain = device("8072.3.2.10", &[]).with("1.3.6.1.6.3.10.2.1.1.0", Syntax::Octets(engine));
    assert_eq!(identify(&plain, "192.0.2.1").unwrap().serial.as_deref(), Some("01020304"));
}

#[test]
fn a_description_of_parts_is_read_by_its_maker_alone() {
    let said = "Siemens, SIMATIC NET, SCALANCE X9, 6GK9 000-0XX00-0XX0, HW: 1, FW: V01.02, SVPX0000001";
    let walk =
        Walk::default().with("1.3.6.1.2.1.1.2.0", Syntax::Oid("0.0".to_owned())).with("1.3.6.1.2.1.1.1.0", text(said));
    let found = identify(&walk, "192.0.2.1").unwrap();
    assert_eq!(found.model.as_deref(), Some("SCALANCE X9 6GK9 000-0XX00-0XX0"));
    assert_eq!((found.serial.as_deref(), found.firmware.as_deref()), (Some("SVPX0000001"), Some("V01.02")));
    let other = Walk::default()
        .with("1.3.6.1.2.1.1.2.0", Syntax::Oid("0.0".to_owned()))
        .with("1.3.6.1.2.1.1.1.0", text("Something else, with commas"));
    let found = identify(&other, "192.0.2.1").unwrap();
    assert_eq!((found.manufacturer, found.kind, found.model), (None, None, None));
}

#[test]
fn a_model_that_is_a_number_gets_its_name() {
    let of = |said: &str| {
        let walk = device("14823.1.1.9", &[("1.3.6.1.2.1.1.1.0", said)]);
        identify(&walk, "192.0.2.1").unwrap().model.unwrap_or_default()
    };
    assert_eq!(of("ArubaOS (MODEL: 999), Version 0.1"), "AP 999");
    assert_eq!(of("ArubaOS (MODEL: Aruba9999), Version 0.1"), "Aruba9999");
    let by_table = device(
        "14823.1.2.9",
        &[("14823.2.3.3.1.2.1.1.6.2.0.0.0.0.1", "9-X"), ("14823.2.3.3.1.2.1.1.4.2.0.0.0.0.1", "S9")],
    );
    let found = identify(&by_table, "192.0.2.1").unwrap();
    assert_eq!((found.model.as_deref(), found.serial.as_deref()), (Some("9-X"), Some("S9")));
}

#[test]
fn what_an_inventory_learns_beyond_the_standards() {
    let printer = device(
        "367.1.1",
        &[("367.3.2.1.1.1.1.0", "Inventio 9"), ("367.3.2.1.2.19.1.0", "1200"), ("367.3.2.1.2.19.4.0", "-2")],
    );
    let found = crate::inventory::inventory(&printer, "192.0.2.1", Some("PRINTER"), None).unwrap();
    assert_eq!((found.counters.integer("total"), found.counters.integer("copytotal")), (Some(1200), None));
    let nas = device(
        "8072.3.2.10",
        &[
            ("6574.1.5.1.0", "DS999"),
            ("6574.2.1.1.2.0", "Disk 1"),
            ("6574.2.1.1.3.0", "INV-4T   "),
            ("6574.3.1.1.2.0", "Volume 1"),
        ],
    );
    let found = crate::inventory::inventory(&nas, "192.0.2.1", None, None).unwrap();
    let disk: Vec<Option<&str>> = found.storages.iter().map(|disk| disk.text("model")).collect();
    assert_eq!(disk, [Some("INV-4T")]);
    assert!(found.drives.iter().any(|drive| drive.text("volumn") == Some("Volume 1")), "{:?}", found.drives);
}

#[test]
fn a_stack_without_entities_is_made_of_its_own_tables() {
    let stack = device(
        "6027.1.3.99",
        &[
            ("6027.3.10.1.2.2.1.7.1", "INV-48"),
            ("6027.3.10.1.2.2.1.12.1", "DL0001 "),
            ("6027.3.10.1.2.5.1.5.1.1", "34128898"),
        ],
    );
    let found = crate::inventory::inventory(&stack, "192.0.2.1", Some("NETWORKING"), None).unwrap();
    let kinds: Vec<Option<&str>> = found.components.iter().map(|part| part.text("type")).collect();
    assert_eq!(kinds, [Some("stack"), Some("chassis"), Some("port")]);
    assert_eq!(found.components.get(1).and_then(|unit| unit.text("serial")), Some("DL0001"));
}

#[test]
fn a_controller_without_interfaces_has_its_one_card_as_a_port() {
    let controller =
        device("232.9.4.99", &[("232.9.2.2.1.0", "1/31/2024"), ("232.9.2.2.2.0", "9.9"), ("232.9.2.2.15.0", "IL01")])
            .with("1.3.6.1.4.1.232.9.2.5.1.1.4.2", Syntax::Octets(vec![2, 0, 0, 0, 0, 5]))
            .with("1.3.6.1.4.1.232.9.2.5.1.1.5.2", Syntax::IpAddress([192, 0, 2, 5]));
    let found = identify(&controller, "192.0.2.5").unwrap();
    assert_eq!((found.firmware_date.as_deref(), found.mac.as_deref()), (Some("2024-01-31"), Some("02:00:00:00:00:05")));
    assert_eq!((found.serial.as_deref(), found.ips), (Some("IL01"), vec!["192.0.2.5".to_owned()]));
    let found = crate::inventory::inventory(&controller, "192.0.2.5", None, None).unwrap();
    assert_eq!(found.ports.values().filter_map(|port| port.row.text("mac")).collect::<Vec<_>>(), ["02:00:00:00:00:05"]);
}

#[test]
fn a_modem_router_tells_its_modem_and_the_card_in_it() {
    let objects = [
        ("16378.10000.3.14.0", "Invented router"),
        ("16378.10000.3.15.0", "00D0001"),
        ("16378.10000.3.16.0", "5.2.1"),
        ("16378.10000.3.19.0", "Modem 7"),
        ("16378.10000.3.20.0", "11.22"),
        ("16378.10000.2.20.0", "89000000000000000001"),
        ("16378.10000.2.21.0", "001010000000001"),
    ];
    let walk = device("16378.1", &objects)
        .with("1.3.6.1.2.1.1.9.1.2.1", Syntax::Oid("1.3.6.1.4.1.16378.10000".to_owned()))
        .with("1.3.6.1.4.1.16378.10000.2.7.0", Syntax::Integer(8));
    let found = crate::inventory::inventory(&walk, "192.0.2.1", None, None).unwrap();
    assert_eq!((found.device.text("serial"), found.device.text("firmware")), (Some("00D0001"), Some("5.2.1")));
    let modem = &found.modems[0];
    assert_eq!((modem.text("model"), modem.text("type")), (Some("Modem 7"), Some("LTE")));
    assert_eq!(modem.text("description"), Some("Invented router"));
    let card = &found.simcards[0];
    assert_eq!(card.text("iccid"), Some("89000000000000000001"));
    assert_eq!(card.text("subscriber_id"), Some("001010000000001"));
    assert!(found.firmwares.iter().any(|row| row.text("version") == Some("11.22")));

    let bare = device("16378.1", &objects[..2])
        .with("1.3.6.1.2.1.1.9.1.2.1", Syntax::Oid("1.3.6.1.4.1.16378.10000".to_owned()));
    let found = crate::inventory::inventory(&bare, "192.0.2.1", None, None).unwrap();
    assert!(found.modems.is_empty() && found.simcards.is_empty());
}

#[test]
fn a_router_that_is_known_by_an_object_alone_says_all_of_itself() {
    let objects = [("995.15.1.1.1.0", "MTR-1"), ("995.15.1.1.2.0", "20000001"), ("995.15.1.1.3.0", "6.0.2")];
    let found = identify(&device("995.15.9", &objects), "192.0.2.1").unwrap();
    assert_eq!((found.model.as_deref(), found.serial.as_deref()), (Some("MTR-1"), Some("20000001")));
    assert_eq!(found.firmware.as_deref(), Some("6.0.2"));
}

#[test]
fn a_cluster_has_the_serial_number_of_the_blade_that_answers() {
    let objects = [
        ("10159.1.3.2.1.1.0", "cluster-a"),
        ("10159.1.3.2.1.2.0", "192.0.2.5"),
        ("10159.1.3.2.1.3.1.2.5", "192.0.2.5"),
        ("10159.1.3.2.1.3.1.2.7", "192.0.2.7"),
        ("10159.1.3.2.1.3.1.3.5", "BLADE5"),
        ("10159.1.3.2.1.3.1.3.7", "BLADE7"),
    ];
    let cluster = || device("10159.1.3.0", &objects);
    let found = identify(&cluster(), "192.0.2.5").unwrap();
    assert_eq!((found.name.as_deref(), found.serial.as_deref()), (Some("cluster-a"), Some("BLADE5")));
    let blade = cluster().with("1.3.6.1.2.1.4.20.1.1.192.0.2.7", Syntax::IpAddress([192, 0, 2, 7]));
    assert_eq!(identify(&blade, "192.0.2.7").unwrap().serial.as_deref(), Some("BLADE7"));
}
