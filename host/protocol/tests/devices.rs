//! Network devices, as servers read them: literal XML.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its own message has failed")]

use airlock_model::{Report, Row, schema};
use airlock_protocol::requests::{NetworkMessage, NetworkTask, discovered_device, inventoried_device};
use serde_json::Map;

fn report(rows: Vec<(&str, Row)>) -> Report {
    let mut report = Report::default();
    for (section, row) in rows {
        let notes = report.emit(schema::section(section).unwrap(), vec![row]);
        assert!(notes.is_empty(), "{section}: {notes:?}");
    }
    report
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The message's content, without the blanks between its elements.
fn content(task: NetworkTask, message: NetworkMessage) -> String {
    let text = task.message("agent-1", "201", "1.0", message).unwrap();
    let (_, rest) = text.split_once("<CONTENT>").unwrap();
    let (content, _) = rest.split_once("<MODULEVERSION>").unwrap();
    content.lines().map(str::trim).collect()
}

#[test]
fn a_discovered_device() {
    let row = Row::new()
        .with("ip", "192.0.2.7")
        .with("ips", texts(&["192.0.2.7", "198.51.100.1"]))
        .with("snmphostname", "sw1")
        .with("authsnmp", "2")
        .with("type", "NETWORKING");
    let device = discovered_device(&report(vec![("discovered_device", row)]));
    let message = NetworkMessage::Device { device, beside: Map::new() };
    assert_eq!(
        content(NetworkTask::Discovery, message),
        "<DEVICE><AUTHSNMP>2</AUTHSNMP><IP>192.0.2.7</IP><IPS><IP>192.0.2.7</IP><IP>198.51.100.1</IP></IPS>\
         <SNMPHOSTNAME>sw1</SNMPHOSTNAME><TYPE>NETWORKING</TYPE></DEVICE>"
    );
    assert!(discovered_device(&Report::default()).is_empty());
}

#[test]
fn an_inventoried_switch() {
    let rows = report(vec![
        ("network_device", Row::new().with("id", "12").with("name", "sw1").with("type", "NETWORKING")),
        ("firmwares", Row::new().with("name", "X1").with("type", "device").with("version", "15.2")),
        ("firmwares", Row::new().with("name", "boot").with("version", "1")),
        (
            "network_ports",
            Row::new().with("ifnumber", 2_i64).with("ifinoctets", 7_i64).with("trunk", false).with("ip", "192.0.2.7"),
        ),
        ("network_ports", Row::new().with("ifnumber", 1_i64).with("aggregate", texts(&["2", "3"]))),
        ("network_vlans", Row::new().with("port", 1_i64).with("number", 10_i64).with("name", "a").with("tagged", true)),
        ("network_connections", Row::new().with("port", 1_i64).with("cdp", true).with("sysname", "sw2")),
        (
            "network_connections",
            Row::new().with("port", 2_i64).with("macs", texts(&["02:00:00:00:00:01", "02:00:00:00:00:02"])),
        ),
        ("network_vlans", Row::new().with("port", 9_i64).with("number", 3_i64)),
        ("network_components", Row::new().with("index", 1_i64).with("containedinindex", "-1").with("fru", 1_i64)),
    ]);
    let (device, beside) = inventoried_device(&rows);
    assert_eq!(
        content(NetworkTask::Inventory, NetworkMessage::Device { device, beside }),
        "<DEVICE>\
         <COMPONENTS><COMPONENT><CONTAINEDININDEX>-1</CONTAINEDININDEX><FRU>1</FRU><INDEX>1</INDEX></COMPONENT></COMPONENTS>\
         <FIRMWARES><NAME>X1</NAME><TYPE>device</TYPE><VERSION>15.2</VERSION></FIRMWARES>\
         <FIRMWARES><NAME>boot</NAME><VERSION>1</VERSION></FIRMWARES>\
         <INFO><ID>12</ID><NAME>sw1</NAME><TYPE>NETWORKING</TYPE></INFO>\
         <PORTS>\
         <PORT><CONNECTIONS><CONNECTION><MAC>02:00:00:00:00:01</MAC><MAC>02:00:00:00:00:02</MAC></CONNECTION>\
         </CONNECTIONS><IFINOCTETS>7</IFINOCTETS><IFNUMBER>2</IFNUMBER><IP>192.0.2.7</IP><TRUNK>0</TRUNK></PORT>\
         <PORT><AGGREGATE><PORT>2</PORT><PORT>3</PORT></AGGREGATE><CONNECTIONS><CDP>1</CDP><CONNECTION>\
         <SYSNAME>sw2</SYSNAME></CONNECTION></CONNECTIONS><IFNUMBER>1</IFNUMBER><VLANS><VLAN><NAME>a</NAME>\
         <NUMBER>10</NUMBER><TAGGED>1</TAGGED></VLAN></VLANS></PORT>\
         <PORT><IFNUMBER>9</IFNUMBER><VLANS><VLAN><NUMBER>3</NUMBER></VLAN></VLANS></PORT>\
         </PORTS></DEVICE>"
    );
}

#[test]
fn an_inventoried_printer_with_a_disk() {
    let rows = report(vec![
        ("network_device", Row::new().with("type", "PRINTER").with("ips", texts(&["192.0.2.9"]))),
        ("pagecounters", Row::new().with("total", 1200_i64)),
        ("cartridges", Row::new().with("name", "tonerblack").with("value", "87")),
        ("cartridges", Row::new().with("name", "wastetoner").with("value", "OK")),
        ("modems", Row::new().with("name", "m")),
        ("simcards", Row::new().with("iccid", "1")),
        ("drives", Row::new().with("volumn", "/volume1").with("free", 5_i64).with("total", 9_i64)),
        ("storages", Row::new().with("name", "Disk 1").with("serial", "S1")),
    ]);
    let (device, beside) = inventoried_device(&rows);
    let text = NetworkTask::Inventory.message("a", "1", "1.0", NetworkMessage::Device { device, beside }).unwrap();
    let text: String = text.lines().map(str::trim).collect();
    for part in [
        "<CARTRIDGES><TONERBLACK>87</TONERBLACK><WASTETONER>OK</WASTETONER></CARTRIDGES>",
        "<DRIVES><FREE>5</FREE><TOTAL>9</TOTAL><VOLUMN>/volume1</VOLUMN></DRIVES>",
        "<INFO><IPS><IP>192.0.2.9</IP></IPS><TYPE>PRINTER</TYPE></INFO>",
        "<MODEMS><NAME>m</NAME></MODEMS><PAGECOUNTERS><TOTAL>1200</TOTAL></PAGECOUNTERS>",
        "<SIMCARDS><ICCID>1</ICCID></SIMCARDS></DEVICE>",
        "</PROCESSNUMBER><STORAGES><NAME>Disk 1</NAME><SERIALNUMBER>S1</SERIALNUMBER></STORAGES></CONTENT>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let (device, beside) = inventoried_device(&Report::default());
    assert!(device.is_empty() && beside.is_empty());
}
