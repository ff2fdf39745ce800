//! `airlock doctor tls`: a server's chain, what is wrong with it, the line of the policy that is missing.

use airlock_tests::fakeglpi::{Authority, FakeGlpi, Identity};
use airlock_tests::program::{Airlock, Output};

fn doctor(arguments: &[&str]) -> Output {
    Airlock::new().run(&[&["doctor", "tls"], arguments].concat())
}

/// As JSON, with whether the server is believed.
fn looked_at(arguments: &[&str]) -> (bool, serde_json::Value) {
    let output = doctor(&[arguments, &["--json"]].concat());
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(document["ok"].as_bool(), Some(output.status.success()), "{output:?}");
    (output.status.success(), document)
}

#[test]
fn a_server_that_is_believed_is_shown_with_its_chain_and_a_pin_that_holds() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Test CA");
    let between = authority.intermediate("Between");
    let server = FakeGlpi::https(&between.identity(&["localhost", "127.0.0.1"]).followed_by(between.certificate()));
    let ca = authority.file(folder.path()).display().to_string();
    let url = server.url("");
    let (ok, document) = looked_at(&[&url, "--ca", &ca]);
    assert!(ok, "{document}");
    let chain = document["chain"].as_array().unwrap();
    assert_eq!(chain.len(), 2);
    assert_eq!(chain[0]["names"], serde_json::json!(["localhost", "127.0.0.1"]));
    assert_eq!((&chain[0]["issuer"], &chain[1]["issuer"]), (&"CN=Between".into(), &"CN=Test CA".into()));
    let pin = chain[0]["pin"].as_str().unwrap();
    // What is proposed is narrower, and true.
    let line = document["policy"][1].as_str().unwrap();
    assert_eq!(line, format!("tls = {{ ca = \"{ca}\", pin_spki = [\"{pin}\"] }}"));
    assert!(looked_at(&[&url, "--ca", &ca, "--pin", pin]).0);
    let certificate = format!("sha256${}", chain[0]["sha256"].as_str().unwrap());
    assert!(looked_at(&[&url, "--ca", &ca, "--pin", &certificate]).0);
    let said = doctor(&[&url, "--ca", &ca]).stdout;
    assert!(said.contains("believed") && said.contains(pin) && said.contains("CN=Between"), "{said}");
    assert_eq!(server.requests().len(), 0, "nothing is sent");
}

#[test]
fn what_is_wrong_is_said_with_its_certificate_and_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, other) = (Authority::new("Test CA"), Authority::new("Unknown CA"));
    let ca = authority.file(folder.path()).display().to_string();
    let names = &["localhost"];
    let past = rcgen::date_time_ymd(2020, 1, 1);
    for (identity, code, place, line) in [
        (
            other.identity(names),
            "E-TLS-ISSUER",
            0,
            "tls = { ca = \"/etc/airlock/ca.pem\" }   # the certificate of CN=Unknown CA",
        ),
        (Identity::self_signed(names, |_| {}), "E-TLS-SELF-SIGNED", 0, "# the certificate of localhost itself"),
        (authority.identity(&["glpi.test"]), "E-TLS-NAME", 0, "origin = \"https://glpi.test:"),
        (authority.identity_with(names, |params| params.not_after = past), "E-TLS-DATE", 0, ""),
        (other.identity(names).followed_by(other.certificate()), "E-TLS-ISSUER", 1, "CN=Unknown CA"),
    ] {
        let server = FakeGlpi::https(&identity);
        let (ok, document) = looked_at(&[&server.url(""), "--ca", &ca]);
        assert!(!ok);
        assert_eq!((&document["error"]["code"], &document["error"]["certificate"]), (&code.into(), &place.into()));
        let lines = document["policy"].to_string();
        assert!(lines.replace("\\\"", "\"").contains(line), "{lines}");
        let output = doctor(&[&server.url(""), "--ca", &ca]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.contains(&format!("NOT believed at certificate {place} ({code})")), "{output:?}");
    }
}

#[test]
fn a_pin_that_does_not_match_and_a_server_that_is_none_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Test CA");
    let ca = authority.file(folder.path()).display().to_string();
    let server = FakeGlpi::https(&authority.identity(&["localhost"]));
    let pin = format!("sha256${}", "00".repeat(32));
    let (_, document) = looked_at(&[&server.url(""), "--ca", &ca, "--pin", &pin]);
    assert_eq!(document["error"]["code"], "E-TLS-PIN");
    let plain = FakeGlpi::http();
    let url = format!("127.0.0.1:{}", plain.address.port());
    assert_eq!(looked_at(&[&url, "--ca", &ca]).1["error"]["code"], "E-TLS-NONE");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(looked_at(&[&nobody.to_string(), "--ca", &ca]).1["error"]["code"], "E-CONNECT");
    for (arguments, code) in [
        (&["localhost", "--pin", "sha1/x"][..], 2),
        (&["localhost", "--proxy", "socks5://h"], 2),
        (&[], 2),
        (&["localhost", "--ca", "/nowhere/ca.pem"], 1),
        (&["http://localhost", "--ca", &ca], 1),
        (&["https://user:secret@localhost", "--ca", &ca], 1),
    ] {
        let output = doctor(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty() && !output.stderr.contains("secret"), "{output:?}");
    }
}

#[test]
fn what_a_certificate_says_is_obeyed_by_no_terminal() {
    let identity = Identity::self_signed(&["localhost"], |params| {
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "x\u{1b}[2J\u{202e}\nbelieved");
    });
    let server = FakeGlpi::https(&identity);
    let folder = tempfile::tempdir().unwrap();
    let ca = Authority::new("Test CA").file(folder.path()).display().to_string();
    for arguments in [&[][..], &["--json"]] {
        let output = doctor(&[&[server.url("").as_str(), "--ca", &ca], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let obeyed = |text: &str| text.chars().any(|c| airlock_model::is_obeyed(c) && c != '\n');
        assert!(!obeyed(&output.stdout) && !output.stdout.contains("\nbelieved"), "{:?}", output.stdout);
    }
}
