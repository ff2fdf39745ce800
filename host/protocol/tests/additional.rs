//! Additional content: both kinds, older names, and files that are refused.

#![allow(clippy::unwrap_used, reason = "a test's helpers too")]

use airlock_model::{Report, Row};
use airlock_protocol::{AdditionalError as Error, DocumentFault as Fault, additional_content};

fn read(name: &str, text: &str) -> (Report, Vec<String>) {
    let (report, notes) = additional_content(name, text.as_bytes()).unwrap();
    (report, notes.into_iter().map(|note| note.0).collect())
}

fn refused(name: &str, text: &str) -> Error {
    additional_content(name, text.as_bytes()).unwrap_err()
}

#[test]
fn json_becomes_rows() {
    let (report, notes) = read(
        "extra.json",
        r#"{"action":"inventory","deviceid":"x","content":{
            "hardware":{"name":"h","memory":4096},
            "softwares":[{"name":"a","version":2},{"name":"b","no_remove":false}],
            "operatingsystem":{"timezone":{"name":"UTC","offset":"+0000"}},
            "local_groups":[{"id":5,"name":"g","members":["m","n"]}],
            "databases_services":[{"name":"S","version":"1","databases":[{"name":"d","size":3}]}]}}"#,
    );
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(report.rows("hardware"), [Row::new().with("name", "h").with("memory", 4096_u32)]);
    assert_eq!(report.rows("softwares").len(), 2);
    assert_eq!(report.rows("softwares")[0].text("version"), Some("2"));
    assert_eq!(report.rows("operatingsystem")[0].text("timezone.offset"), Some("+0000"));
    assert_eq!(report.rows("local_groups")[0].text("id"), Some("5"));
    assert_eq!(report.rows("databases"), [Row::new().with("of", "S").with("name", "d").with("size", 3_u32)]);
    assert!(report.loose_ends().is_empty());
}

#[test]
fn xml_with_older_names_becomes_the_same_rows() {
    let (report, notes) = read(
        "EXTRA.XML",
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <REQUEST><!-- by hand --><CONTENT>
          <BIOS><BDATE>05/17/2023</BDATE><SSN> S&amp;N&#49; </SSN></BIOS>
          <NETWORKS><DESCRIPTION>eth0</DESCRIPTION><MACADDR>52:54:00:00:00:01</MACADDR><STATUS>Up</STATUS><VIRTUALDEV>0</VIRTUALDEV><MTU/></NETWORKS>
          <STORAGES><SERIAL>other</SERIAL><SERIALNUMBER>right</SERIALNUMBER><INTERFACE>sata</INTERFACE></STORAGES>
          <STORAGES><SERIALNUMBER>right</SERIALNUMBER><SERIAL>other</SERIAL></STORAGES>
          <SOFTWARES><NAME>x</NAME><INSTALLDATE>17/05/2023</INSTALLDATE><NO_REMOVE>1</NO_REMOVE></SOFTWARES>
          <FIREWALL><STATUS>on</STATUS></FIREWALL>
          <LOCAL_GROUPS><ID>1</ID><NAME>g</NAME><MEMBER>a</MEMBER><MEMBER>b</MEMBER></LOCAL_GROUPS>
          <SLOTS><NAME>J1</NAME><DESCRIPTION>x16</DESCRIPTION><STATUS>In Use</STATUS></SLOTS>
          <PROCESSES><USER>u</USER><PID>1</PID><CMD><![CDATA[a < b]]></CMD><STARTED>2024-05-01 10:07</STARTED></PROCESSES>
          <OPERATINGSYSTEM><TIMEZONE><NAME>UTC</NAME><OFFSET>+0000</OFFSET></TIMEZONE></OPERATINGSYSTEM>
          <HARDWARE><ETIME>4</ETIME></HARDWARE>
        </CONTENT><DEVICEID>x</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>"#,
    );
    assert_eq!(notes, ["storages.serial: said twice, \"other\" left out (2 times)"]);
    assert_eq!(report.rows("bios"), [Row::new().with("bdate", "2023-05-17").with("ssn", "S&N1")]);
    let network = Row::new()
        .with("description", "eth0")
        .with("mac", "52:54:00:00:00:01")
        .with("status", "up")
        .with("virtualdev", false);
    assert_eq!(report.rows("networks"), [network]);
    assert_eq!(report.rows("storages")[0], Row::new().with("serial", "right").with("interface", "SATA"));
    assert_eq!(report.rows("storages")[1], Row::new().with("serial", "right"));
    assert_eq!(
        report.rows("softwares"),
        [Row::new().with("name", "x").with("install_date", "2023-05-17").with("no_remove", true)]
    );
    assert_eq!(report.rows("firewalls"), [Row::new().with("status", "on")]);
    assert_eq!(report.rows("local_groups")[0].get("members").unwrap().to_text(), "a,b");
    assert_eq!(report.rows("slots")[0].text("status"), Some("used"));
    assert_eq!(report.rows("processes")[0].text("cmd"), Some("a < b"));
    assert_eq!(report.rows("processes")[0].text("started"), Some("2024-05-01 10:07:00"));
    assert_eq!(report.rows("operatingsystem")[0].text("timezone.name"), Some("UTC"));
    assert_eq!(report.rows("versionprovider")[0].integer("etime"), Some(4));
}

#[test]
fn what_the_schema_does_not_know_is_noted() {
    let (report, notes) = read(
        "x.json",
        r#"{"content":{"versionclient":"other","what":[{"a":1}],"databases":[{"name":"d","of":"S"}],"cpus":[{"name":"c","colour":"red","speed":1.5,"core":[1]},[],3],
            "networks":[{"mac":"x"}],"modems":[{"imei":["1",{}]}],"hardware":{"name":null}}}"#,
    );
    assert_eq!(
        notes,
        [
            "\"versionclient\": the agent says that of itself, left out",
            "\"what\": no such section, left out",
            "\"databases\": no such section, left out",
            "cpus.\"colour\": no such field, left out",
            "cpus.core: not a single value, left out",
            "cpus: not an object, left out",
            "cpus: not an object or a list of objects, left out",
            "modems.imei: not a list of texts, left out",
            "cpus.speed: \"1.5\" is not a whole number, zero or more, left out",
            "networks: a row without description, left out",
        ]
    );
    assert_eq!(report.rows("cpus"), [Row::new().with("name", "c")]);
    assert_eq!(report.rows("modems").len(), 1);
}

#[test]
fn a_child_belongs_where_it_stands() {
    let text =
        r#"{"content":{"databases_services":[{"name":"S","version":"1","databases":[{"name":"d","of":"another"}]}]}}"#;
    let (report, notes) = read("x.json", text);
    assert_eq!(report.rows("databases")[0].text("of"), Some("S"));
    assert_eq!(notes, ["databases.\"of\": no such field, left out"]);
}

#[test]
fn files_of_another_kind_are_refused() {
    assert_eq!(refused("x.txt", "{}"), Error::Kind { name: "x.txt".into() });
    assert_eq!(refused("json", "{}"), Error::Kind { name: "json".into() });
    assert!(matches!(refused("x.json", "{"), Error::Document(Fault::Json { .. })));
    assert!(matches!(refused("x.json", "[]"), Error::Document(Fault::Json { .. })));
    assert!(matches!(refused("x.json", "{\"content\":{}} x"), Error::Document(Fault::Json { .. })));
    assert!(matches!(refused("x.json", "{}"), Error::Content { .. }));
    assert!(matches!(refused("x.json", "{\"content\":[]}"), Error::Content { .. }));
    for text in [
        "",
        "<REPLY/>",
        "<REQUEST/>",
        "<REQUEST><A/></REQUEST>",
        "<REQUEST><CONTENT>x</CONTENT></REQUEST>",
        "<request><CONTENT/></request>",
    ] {
        assert!(matches!(refused("x.xml", text), Error::Content { .. }), "{text}");
    }
    for text in ["<REQUEST>", "<A></B>", "</A>", "<A/><B/>", "x<A/>", "<A>&</A>", "<A", "<A/>x", "<A>&lt</A>"] {
        assert!(
            matches!(refused("x.xml", text), Error::Document(Fault::Xml { .. })),
            "{text} {:?}",
            refused("x.xml", text)
        );
    }
    let message = refused("x.json", "{\"content\":[]}").to_string();
    assert_eq!(message, "no content: expected a JSON object with an object `content`");
}

#[test]
fn document_types_and_entities_are_refused() {
    assert_eq!(refused("x.xml", "<!DOCTYPE R [<!ENTITY a \"b\">]><REQUEST/>"), Error::Document(Fault::DocumentType));
    let text = "<REQUEST><CONTENT><BIOS><SSN>&xxe;</SSN></BIOS></CONTENT></REQUEST>";
    assert_eq!(refused("x.xml", text), Error::Document(Fault::Entity { name: "xxe".into() }));
    assert!(matches!(refused("x.xml", "<A>&#x110000;</A>"), Error::Document(Fault::Entity { .. })));
}

#[test]
fn encodings_other_than_utf8_are_refused() {
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><REQUEST><CONTENT/></REQUEST>";
    assert_eq!(
        additional_content("x.xml", latin).unwrap_err(),
        Error::Document(Fault::Encoding { found: "ISO-8859-1".into() })
    );
    assert_eq!(additional_content("x.json", b"{\"a\":\"\xff\"}").unwrap_err(), Error::Document(Fault::Utf8 { at: 6 }));
    // A mark of the byte order is no reason to refuse.
    assert!(additional_content("x.json", b"\xef\xbb\xbf{\"content\":{}}").is_ok());
}

#[test]
fn size_depth_and_number_are_bounded() {
    let big = vec![b' '; 16 * 1024 * 1024 + 1];
    assert!(matches!(additional_content("x.xml", &big), Err(Error::Size { .. })));
    let deep = |n: usize| format!("<REQUEST>{}{}</REQUEST>", "<A>".repeat(n), "</A>".repeat(n));
    assert!(matches!(refused("x.xml", &deep(100_000)), Error::Document(Fault::Deep { .. })));
    let deep = |n: usize| format!("{{\"content\":{}{}}}", "[".repeat(n), "]".repeat(n));
    assert!(refused("x.json", &deep(100)).to_string().contains("deeper than 16 levels"));
    assert!(matches!(refused("x.json", &deep(1_000_000)), Error::Document(Fault::Json { .. })));
    let beside = format!("{{\"other\":{}{},\"content\":{{}}}}", "[".repeat(100_000), "]".repeat(100_000));
    // Beside the content nothing is kept, however deep it is.
    assert_eq!(read("x.json", &beside), (Report::default(), vec![]));
    let many = format!("{{\"content\":{{\"cpus\":[{}{{}}]}}}}", "{},".repeat(600_000));
    assert!(refused("x.json", &many).to_string().contains("more than 500000 values"));
    let many = format!("<REQUEST><CONTENT>{}</CONTENT></REQUEST>", "<CPUS/>".repeat(600_000));
    assert!(matches!(refused("x.xml", &many), Error::Document(Fault::Many { .. })));
}

#[test]
fn mistakes_by_the_thousand_are_a_few_notes() {
    let rows: Vec<String> = (0..20_000).map(|i| format!("{{\"name\":\"c\",\"f{i}\":1}}")).collect();
    let (report, notes) = read("x.json", &format!("{{\"content\":{{\"cpus\":[{}]}}}}", rows.join(",")));
    assert_eq!(report.rows("cpus").len(), 20_000);
    assert_eq!(notes.len(), 101);
}

mod hostile {
    use airlock_protocol::additional_content;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = additional_content("x.json", &bytes);
            let _ = additional_content("x.xml", &bytes);
        }

        #[test]
        fn nor_almost_documents(text in "(<|>|/|&|;|\"|REQUEST|CONTENT|CPUS|NAME|<REQUEST>|<CONTENT>|</CONTENT>|<!\\[CDATA\\[|\\]\\]>|<!--|#x0|\\{|\\}|\\[|\\]|:|,|\"content\"|\"cpus\"|1|é| ){0,40}") {
            let _ = additional_content("x.json", text.as_bytes());
            let _ = additional_content("x.xml", text.as_bytes());
        }
    }
}
