//! The schema as a whole: sorted, without doubles, and with the categories that people know.

use airlock_model::schema::{self, SECTIONS};
use airlock_model::{Document, Kind, Sensitivity, Shape};
use std::collections::BTreeSet;

/// The categories that the protocol's agents print, each with the sections it governs.
const CATEGORIES: &[(&str, &[&str])] = &[
    ("accesslog", &["accesslog"]),
    ("antivirus", &["antivirus"]),
    ("battery", &["batteries"]),
    ("bios", &["bios"]),
    ("controller", &["controllers"]),
    ("cpu", &["cpus"]),
    ("database", &["databases", "databases_services"]),
    ("drive", &["drives"]),
    ("environment", &["envs"]),
    ("firewall", &["firewalls"]),
    ("hardware", &["hardware"]),
    ("input", &["inputs"]),
    ("licenseinfo", &["licenseinfos"]),
    ("local_group", &["local_groups"]),
    ("local_user", &["local_users"]),
    ("lvm", &["logical_volumes", "physical_volumes", "volume_groups"]),
    ("memory", &["memories"]),
    ("modem", &["modems"]),
    ("monitor", &["monitors"]),
    ("network", &["networks"]),
    ("os", &["operatingsystem"]),
    ("port", &["ports"]),
    ("printer", &["printers"]),
    ("process", &["processes"]),
    ("provider", &["versionprovider"]),
    ("psu", &["powersupplies"]),
    ("registry", &["registry"]),
    ("remote_mgmt", &["remote_mgmt"]),
    ("rudder", &["rudder"]),
    ("slot", &["slots"]),
    ("software", &["softwares"]),
    ("sound", &["sounds"]),
    ("storage", &["storages"]),
    ("usb", &["usbdevices"]),
    ("user", &["users"]),
    ("video", &["videos"]),
    ("virtualmachine", &["virtualmachines"]),
];

#[test]
fn sections_and_fields_are_sorted_and_unique() {
    assert!(SECTIONS.is_sorted_by(|a, b| a.name < b.name));
    assert!(SECTIONS.len() > 50);
    for section in SECTIONS {
        assert!(section.fields.is_sorted_by(|a, b| a.name < b.name), "{}", section.name);
        assert!(!section.fields.is_empty(), "{}", section.name);
        let elements: BTreeSet<&str> = section.fields.iter().map(|field| field.xml).collect();
        assert_eq!(elements.len(), section.fields.len(), "{}: two fields of one XML name", section.name);
    }
    let elements: BTreeSet<&str> = SECTIONS.iter().map(|section| section.xml).collect();
    assert_eq!(elements.len(), SECTIONS.len());
}

#[test]
fn names_need_no_quoting_in_either_document() {
    let plain = |name: &str, letter: fn(&u8) -> bool| {
        name.bytes().all(|b| letter(&b) || b.is_ascii_digit() || b == b'_' || b == b'.')
    };
    for section in SECTIONS {
        for (name, xml) in section.fields.iter().map(|f| (f.name, f.xml)).chain([(section.name, section.xml)]) {
            assert!(plain(name, u8::is_ascii_lowercase) && plain(xml, u8::is_ascii_uppercase), "{name} {xml}");
            assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
            assert_eq!(name.matches('.').count(), xml.matches('.').count(), "{name}");
        }
    }
}

#[test]
fn every_category_governs_its_sections() {
    for section in SECTIONS {
        let expected =
            CATEGORIES.iter().find(|(_, sections)| sections.contains(&section.name)).map_or("none", |(name, _)| name);
        assert_eq!(section.category, expected, "{}", section.name);
        for field in section.fields.iter().filter(|_| section.name != "hardware") {
            assert_eq!(field.category, section.category, "{}.{}", section.name, field.name);
        }
    }
    let known: Vec<&str> = CATEGORIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(schema::categories(), known);
}

#[test]
fn hardware_belongs_to_several_categories() {
    let hardware = schema::section("hardware").unwrap();
    for (field, category) in [
        ("memory", "memory"),
        ("swap", "memory"),
        ("defaultgateway", "network"),
        ("lastloggeduser", "user"),
        ("datelastloggeduser", "user"),
        ("uuid", "hardware"),
        ("dns", "hardware"),
    ] {
        assert_eq!(hardware.field(field).unwrap().category, category, "{field}");
    }
}

#[test]
fn names_that_differ_between_the_documents() {
    for (section, field, xml) in [
        ("networks", "mac", "MACADDR"),
        ("storages", "serial", "SERIALNUMBER"),
        ("softwares", "install_date", "INSTALLDATE"),
        ("local_groups", "members", "MEMBER"),
        ("operatingsystem", "timezone.name", "TIMEZONE.NAME"),
        ("memories", "serialnumber", "SERIALNUMBER"),
    ] {
        let section = schema::section(section).unwrap();
        assert_eq!(section.field(field).unwrap().xml, xml);
        assert_eq!(section.field_called(xml).unwrap().name, field);
        assert_eq!(section.field_called(&field.to_uppercase()).unwrap().name, field);
    }
    assert_eq!(schema::section_called("FIREWALL").unwrap().name, "firewalls");
    assert_eq!(schema::section_called("firewalls").unwrap().xml, "FIREWALL");
    assert!(schema::section_called("nothing").is_none());
}

#[test]
fn objects_are_the_few_that_come_once() {
    let objects: Vec<&str> = SECTIONS.iter().filter(|s| s.shape == Shape::Object).map(|s| s.name).collect();
    let known = [
        "accesslog",
        "bios",
        "discovered_device",
        "error",
        "hardware",
        "network_device",
        "operatingsystem",
        "pagecounters",
        "versionprovider",
    ];
    assert_eq!(objects, known);
}

#[test]
fn secrets_are_marked() {
    for (section, field) in [
        ("envs", "val"),
        ("processes", "cmd"),
        ("licenseinfos", "key"),
        ("hardware", "winprodkey"),
        ("registry", "regvalue"),
    ] {
        assert_eq!(
            schema::section(section).unwrap().field(field).unwrap().sensitivity,
            Sensitivity::Secret,
            "{section}.{field}"
        );
    }
    // Nothing that identifies a machine or a person may be called public.
    for section in SECTIONS {
        for field in section.fields {
            let last = field.name.rsplit('.').next().unwrap_or_default();
            if ["serial", "serialnumber", "uuid", "mac", "ssn", "login", "ipaddress", "owner", "fqdn", "hostid"]
                .contains(&last)
            {
                assert!(field.sensitivity >= Sensitivity::Internal, "{}.{}", section.name, field.name);
            }
        }
    }
}

#[test]
fn descriptions_are_one_short_line() {
    for section in SECTIONS {
        for text in section.fields.iter().map(|f| f.description).chain([section.description]) {
            assert!(
                !text.is_empty() && text.len() < 120 && !text.contains('\n') && !text.ends_with('.'),
                "{}: {text}",
                section.name
            );
        }
    }
}

#[test]
fn only_texts_have_a_choice_of_words() {
    for field in SECTIONS.iter().flat_map(|s| s.fields) {
        assert!(field.values.is_empty() || field.kind == Kind::Text, "{}", field.name);
    }
}

#[test]
fn children_name_a_parent_that_is_there() {
    for section in SECTIONS {
        let Some(parent) = section.parent else { continue };
        let parent = schema::section(parent).unwrap();
        assert!(parent.children().any(|child| child.name == section.name));
        assert!(section.field("of").is_some_and(|field| field.required && field.kind == Kind::Text));
        assert!(parent.field("name").is_some_and(|field| field.required));
        assert_eq!(parent.document, section.document);
        assert_eq!(section.document, Document::Json);
    }
}
