//! Small documents, whole.

mod common;

use airlock_model::{Report, Row};
use airlock_protocol::{Envelope, inventory_json, inventory_xml};
use common::add;

fn report() -> Report {
    let mut report = Report::default();
    add(
        &mut report,
        "hardware",
        Row::new().with("name", "host1").with("memory", 7800_u32).with("vmsystem", "Physical"),
    );
    add(&mut report, "networks", {
        Row::new()
            .with("virtualdev", false)
            .with("status", "up")
            .with("mac", "52:54:00:00:00:01")
            .with("description", "eth0")
    });
    add(
        &mut report,
        "operatingsystem",
        Row::new().with("timezone.offset", "+0100").with("timezone.name", "Europe/Paris"),
    );
    add(
        &mut report,
        "local_groups",
        Row::new().with("id", "4").with("name", "adm").with("members", vec!["ann".into(), "bob".into()]),
    );
    add(
        &mut report,
        "databases_services",
        Row::new().with("name", "MySQL").with("version", "8.0").with("port", 3306_u32),
    );
    add(&mut report, "databases", Row::new().with("name", "shop").with("of", "MySQL").with("size", 12_u32));
    add(&mut report, "slots", Row::new().with("name", "J1").with("description", "x16").with("status", "used"));
    add(&mut report, "videos", Row::new().with("name", "A \"card\" <1> & co\\").with("pciid", "8086:1234"));
    add(&mut report, "versionprovider", Row::new().with("name", "Airlock").with("etime", 1_u32));
    report
}

fn envelope() -> Envelope {
    Envelope {
        tag: Some("HQ".into()),
        partial: true,
        ..Envelope::computer("host1-2024-01-02-03-04-05", "Airlock_v0.1")
    }
}

#[test]
fn json() {
    let expected = r#"{
  "action": "inventory",
  "content": {
    "databases_services": [
      {
        "databases": [
          {
            "name": "shop",
            "size": 12
          }
        ],
        "name": "MySQL",
        "port": 3306,
        "version": "8.0"
      }
    ],
    "hardware": {
      "memory": 7800,
      "name": "host1",
      "vmsystem": "Physical"
    },
    "local_groups": [
      {
        "id": "4",
        "members": [
          "ann",
          "bob"
        ],
        "name": "adm"
      }
    ],
    "networks": [
      {
        "description": "eth0",
        "mac": "52:54:00:00:00:01",
        "status": "up",
        "virtualdev": false
      }
    ],
    "operatingsystem": {
      "timezone": {
        "name": "Europe/Paris",
        "offset": "+0100"
      }
    },
    "slots": [
      {
        "description": "x16",
        "name": "J1",
        "status": "used"
      }
    ],
    "versionclient": "Airlock_v0.1",
    "versionprovider": {
      "etime": 1,
      "name": "Airlock"
    },
    "videos": [
      {
        "name": "A \"card\" <1> & co\\"
      }
    ]
  },
  "deviceid": "host1-2024-01-02-03-04-05",
  "itemtype": "Computer",
  "partial": true,
  "tag": "HQ"
}
"#;
    assert_eq!(inventory_json(&report(), &envelope()), expected);
}

#[test]
fn xml() {
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<REQUEST>
  <CONTENT>
    <ACCOUNTINFO>
      <KEYNAME>TAG</KEYNAME>
      <KEYVALUE>HQ</KEYVALUE>
    </ACCOUNTINFO>
    <HARDWARE>
      <CHECKSUM>131071</CHECKSUM>
      <ETIME>1</ETIME>
      <MEMORY>7800</MEMORY>
      <NAME>host1</NAME>
      <VMSYSTEM>Physical</VMSYSTEM>
    </HARDWARE>
    <LOCAL_GROUPS>
      <ID>4</ID>
      <MEMBER>ann</MEMBER>
      <MEMBER>bob</MEMBER>
      <NAME>adm</NAME>
    </LOCAL_GROUPS>
    <NETWORKS>
      <DESCRIPTION>eth0</DESCRIPTION>
      <MACADDR>52:54:00:00:00:01</MACADDR>
      <STATUS>Up</STATUS>
      <VIRTUALDEV>0</VIRTUALDEV>
    </NETWORKS>
    <OPERATINGSYSTEM>
      <TIMEZONE>
        <NAME>Europe/Paris</NAME>
        <OFFSET>+0100</OFFSET>
      </TIMEZONE>
    </OPERATINGSYSTEM>
    <SLOTS>
      <DESCRIPTION>x16</DESCRIPTION>
      <NAME>J1</NAME>
      <STATUS>In Use</STATUS>
    </SLOTS>
    <VERSIONCLIENT>Airlock_v0.1</VERSIONCLIENT>
    <VERSIONPROVIDER>
      <NAME>Airlock</NAME>
    </VERSIONPROVIDER>
    <VIDEOS>
      <NAME>A &quot;card&quot; &lt;1&gt; &amp; co\</NAME>
      <PCIID>8086:1234</PCIID>
    </VIDEOS>
  </CONTENT>
  <DEVICEID>host1-2024-01-02-03-04-05</DEVICEID>
  <QUERY>INVENTORY</QUERY>
</REQUEST>
"#;
    assert_eq!(inventory_xml(&report(), &envelope()), expected);
}

#[test]
fn an_empty_report_is_still_a_document() {
    let envelope = Envelope::computer("x", "Airlock_v0.1");
    let json = "{\n  \"action\": \"inventory\",\n  \"content\": {\n    \"versionclient\": \"Airlock_v0.1\"\n  },\n  \"deviceid\": \"x\",\n  \"itemtype\": \"Computer\"\n}\n";
    assert_eq!(inventory_json(&Report::default(), &envelope), json);
    assert!(inventory_xml(&Report::default(), &envelope).contains("<VERSIONCLIENT>Airlock_v0.1</VERSIONCLIENT>"));
}

#[test]
fn the_time_it_took_is_told_without_hardware_too() {
    let mut report = Report::default();
    add(&mut report, "versionprovider", Row::new().with("etime", 3_u32));
    let xml = inventory_xml(&report, &Envelope::computer("x", "y"));
    assert!(xml.contains("<HARDWARE>\n      <ETIME>3</ETIME>\n    </HARDWARE>"), "{xml}");
    assert!(!xml.contains("VERSIONPROVIDER"));
}

#[test]
fn objects_without_what_they_need_are_not_sent() {
    let mut report = Report::default();
    add(&mut report, "operatingsystem", Row::new().with("timezone.name", "UTC").with("name", "Debian"));
    add(&mut report, "accesslog", Row::new().with("userid", "me"));
    add(&mut report, "databases", Row::new().with("name", "lost").with("of", "nobody"));
    for text in
        [inventory_json(&report, &Envelope::computer("x", "y")), inventory_xml(&report, &Envelope::computer("x", "y"))]
    {
        assert!(text.contains("Debian") && !text.to_lowercase().contains("timezone"), "{text}");
        assert!(!text.to_lowercase().contains("accesslog") && !text.contains("lost"), "{text}");
    }
    assert_eq!(report.loose_ends().len(), 3);
}
