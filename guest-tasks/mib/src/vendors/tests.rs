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
