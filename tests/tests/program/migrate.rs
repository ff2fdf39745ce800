//! `airlock migrate`: from another agent's configuration to a running Airlock.

use airlock_tests::dropin::DropIn;
use airlock_tests::fakeglpi::{Authority, FakeGlpi};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// A state file as Perl's Storable writes it (native order, 64 bits), with these two texts.
fn state(deviceid: &str, agentid: &[u8; 16]) -> Vec<u8> {
    let mut bytes = b"pst0\x04\x0b\x0812345678\x04\x08\x08\x08\x03\x02\0\0\0".to_vec();
    for (key, value) in [("deviceid", deviceid.as_bytes()), ("agentid", &agentid[..])] {
        bytes.extend([10, u8::try_from(value.len()).unwrap()]);
        bytes.extend(value);
        bytes.extend(u32::try_from(key.len()).unwrap().to_le_bytes());
        bytes.extend(key.as_bytes());
    }
    bytes
}

const AGENT_ID: [u8; 16] = [0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0x11, 0xef, 0x80, 0, 1, 2, 3, 4, 5, 6];

fn old(server: &FakeGlpi) -> String {
    format!(
        "server = {}\ntag = old \"tag\"\nuser = agent\npassword = s3cret # word\nno-task = deploy,Collect\n\
         no-ssl-check = 1\nhttpd-trust = 192.0.2.0/24,glpi.example\nno-category = process\nvardir = {}\ndelaytime = 600\n",
        server.url("/front/inventory.php"),
        "@VAR@"
    )
}

#[test]
fn a_migrated_machine_reports_as_before_and_nothing_else_is_granted() {
    let (server, drop_in) = (FakeGlpi::http(), DropIn::new());
    server.wants_basic("agent", "s3cret");
    let cfg = old(&server).replace("@VAR@", &drop_in.text("home/old"));
    let cfg = drop_in.write("home/etc/agent.cfg", cfg);
    drop_in.write("home/old/GLPI-Agent.dump", state("pc-9-2024-05-06-07-08-09", &AGENT_ID));
    let said = drop_in.done("airlock", &["migrate", cfg.to_str().unwrap()]).stdout;
    for words in [
        "no-ssl-check",
        "httpd-trust",
        "airlock doctor tls",
        "the task netdiscovery",
        "glpi.example",
        "pc-9-2024-05-06-07-08-09: taken over",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("s3cret"));

    let own = |name: &str| drop_in.path("home/.config/airlock").join(name);
    let secret = own("secrets/http-password");
    assert_eq!(fs::read_to_string(&secret).unwrap(), "s3cret\n");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    let settings = fs::read_to_string(own("airlock.toml")).unwrap();
    assert!(!settings.contains("s3cret") && settings.contains("delay = 600"), "{settings}");
    let policies: Vec<_> = fs::read_dir(own("policy.d")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(policies.len(), 1, "{policies:?}");
    let policy = fs::read_to_string(&policies[0]).unwrap();
    let read: toml::Table = policy.parse().unwrap();
    let verbs: Vec<&str> =
        read["grant"].as_array().unwrap().iter().map(|grant| grant["verb"].as_str().unwrap()).collect();
    assert_eq!(verbs, ["inventory.read", "report.send"]);
    assert_eq!(read["forbid"][0]["task"].as_array().unwrap().len(), 2, "{policy}");
    drop_in.done("airlock", &["policy", "check"]);
    drop_in.done("airlock", &["policy", "lint"]);
    drop_in.done("airlock", &["policy", "test"]);

    // The login for http has to be said again: it is for everybody on the way to read.
    let again = settings.replace("[transport]\n", "[transport]\nallow_cleartext_login = true\n");
    fs::write(own("airlock.toml"), again).unwrap();
    drop_in.done("airlock", &["run"]);
    let inventories = server.inventories();
    assert_eq!(inventories.len(), 1);
    assert!(inventories[0].contains("pc-9-2024-05-06-07-08-09"));
    let ids: Vec<_> =
        server.requests().iter().filter_map(|request| request.header("glpi-agent-id").map(str::to_owned)).collect();
    assert!(!ids.is_empty() && ids.iter().all(|id| id == "67452301-ab89-11ef-8000-010203040506"), "{ids:?}");
}

#[test]
fn the_web_servers_plugins_become_parts_of_the_listener() {
    let drop_in = DropIn::new();
    let cfg = drop_in.write("home/etc/agent.cfg", "server = https://glpi.example/\nhttpd-port = 62399\n");
    let authority = Authority::new("Test Authority");
    drop_in.write("home/etc/listener.pem", authority.identity(&["localhost"]).pem());
    for (name, text) in [
        ("server-test-plugin.cfg", "disabled = no\nport = 62355\n"),
        ("ssl-server-plugin.cfg", "disabled = no\nports = 62399\nssl_cert_file = listener.pem\nssl_cipher = TLSv13\n"),
        ("basic-authentication-server-plugin.cfg", "disabled = 0\nuser = ann\npassword = pa55 # word\nrealm = Here\n"),
        // As packages have it: off, and a file of the owner's that turns it on.
        ("inventory-server-plugin.cfg", "disabled = yes\ntokn = x\nno_compress = yes\ninclude \"inventory.local\"\n"),
        (
            "inventory.local",
            "disabled = no\ntoken = s3cret-token\nport = 62356\nmaxrate = 7\nforbid_not_trusted = yes\n",
        ),
        (
            "proxy-server-plugin.cfg",
            "disabled = no\nprolog_freq = 12\nlocal_store = /srv/store\nmax_pass_through = 3\n",
        ),
        ("proxy2-server-plugin.cfg", "disabled = no\nport = 62357\n"),
    ] {
        drop_in.write(&format!("home/etc/{name}"), text);
    }
    let out = drop_in.text("home/out");
    let said = drop_in.done("airlock", &["migrate", cfg.to_str().unwrap(), "--output", &out]).stdout;
    for words in [
        "inventory-server-plugin.cfg:2: unknown key \"tokn\"; did you mean token?",
        "inventory-server-plugin.cfg:3: no_compress",
        "inventory.local:3: port = \"62356\": the listener has one port, 62399",
        "ssl-server-plugin.cfg:4: ssl_cipher",
        "proxy2-server-plugin.cfg: the plugin is on; it is not taken over",
        "server-test-plugin.cfg: the plugin is on; it is not taken over",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("pa55") && !said.contains("s3cret"), "{said}");
    let settings = fs::read_to_string(drop_in.path("home/out/airlock.toml")).unwrap();
    assert!(!settings.contains("pa55") && !settings.contains("s3cret"), "{settings}");
    let read: toml::Table = settings.parse().unwrap();
    let listener = &read["listener"];
    assert_eq!(listener["tls"]["certificate"].as_str(), Some(drop_in.text("home/etc/listener.pem").as_str()));
    assert_eq!((listener["basic"]["user"].as_str(), listener["basic"]["realm"].as_str()), (Some("ann"), Some("Here")));
    assert_eq!(listener["inventory"]["rate"]["most"].as_integer(), Some(7));
    assert_eq!(listener["inventory"]["only_trusted"].as_bool(), Some(true));
    assert_eq!(
        (listener["proxy"]["contact"].as_integer(), listener["proxy"]["hops"].as_integer()),
        (Some(43_200), Some(3))
    );
    assert_eq!(listener["proxy"]["store"].as_str(), Some("/srv/store"));
    for (table, key, text) in [("basic", "password_file", "pa55\n"), ("inventory", "token_file", "s3cret-token\n")] {
        let path = listener[table][key].as_str().unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), text);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let policy = fs::read_to_string(drop_in.path("home/out/policy.d/50-glpi-example.toml")).unwrap();
    assert!(policy.contains("task = [\"proxy\"]"), "{policy}");
    assert_eq!(policy.matches("server = [\"neighbours\"]").count(), 2, "{policy}");
    drop_in.done("airlock", &["policy", "check", &drop_in.text("home/out/policy.d")]);
    // The program reads what was written.
    let confdir = format!("--confdir={out}");
    let status = drop_in.done("airlock", &[&confdir, "status"]).stdout;
    assert!(status.contains("glpi-example"), "{status}");
}

#[test]
fn plugins_that_are_off_or_cannot_be_on_are_not_taken_over() {
    let drop_in = DropIn::new();
    let cfg = drop_in.write("home/etc/agent.cfg", "server = https://glpi.example/\n");
    drop_in.write("home/etc/ssl-server-plugin.cfg", "disabled = yes\nssl_cert_file = a.pem\n");
    drop_in.write("home/etc/basic-authentication-server-plugin.cfg", "disabled = no\nuser = a:b\npassword = x\n");
    drop_in.write("home/etc/inventory-server-plugin.cfg", "disabled = no\ntoken = none\n");
    drop_in.write("home/etc/proxy-server-plugin.cfg", "disabled = perhaps\n");
    let out = drop_in.text("home/out");
    let said = drop_in.done("airlock", &["migrate", cfg.to_str().unwrap(), "--output", &out]).stdout;
    for words in ["a colon", "it names no token"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let read: toml::Table = fs::read_to_string(drop_in.path("home/out/airlock.toml")).unwrap().parse().unwrap();
    for table in ["tls", "basic", "inventory", "proxy"] {
        assert!(read["listener"].get(table).is_none(), "{table}");
    }
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let drop_in = DropIn::new();
    let cfg = drop_in
        .write("home/agent.cfg", "server = https://glpi.example/, branch.example/glpi\nhtml = 1\nlocal = /srv/x\n");
    let (cfg, out) = (cfg.to_str().unwrap().to_owned(), drop_in.text("home/out"));
    let told: Value =
        serde_json::from_str(&drop_in.done("airlock", &["migrate", &cfg, "--output", &out, "--json"]).stdout).unwrap();
    let files: Vec<&str> = told["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert!(files.iter().any(|file| file.ends_with("policy.d/50-glpi-example.toml")), "{files:?}");
    let before: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let again = drop_in.run("airlock", &["migrate", &cfg, "--output", &out]);
    assert_eq!(again.status.code(), Some(1));
    assert!(again.stderr.contains("is there already"), "{}", again.stderr);
    assert_eq!(files.iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>(), before);
    assert!(drop_in.path("home/.config").read_dir().is_err(), "--output leaves the configuration alone");
    // By what was written, a person can see what it would do.
    let policy = drop_in.text("home/out/policy.d");
    drop_in.done("airlock", &["policy", "check", &policy]);
}

#[test]
fn a_state_that_is_no_state_is_said_and_taken_for_none() {
    let drop_in = DropIn::new();
    let cfg = drop_in.write("home/agent.cfg", "server = https://glpi.example/\n");
    drop_in.write("home/old/GLPI-Agent.dump", b"pst0\x04\x0b\x0812345678\x04\x08\x08\x08\x1a\x01");
    let said =
        drop_in.done("airlock", &["migrate", cfg.to_str().unwrap(), "--state", &drop_in.text("home/old")]).stdout;
    assert!(said.contains("servers will see a new agent"), "{said}");
    let missing = drop_in.run("airlock", &["migrate", "/nonexistent/agent.cfg"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(missing.stderr.contains("/nonexistent/agent.cfg"), "{}", missing.stderr);
}
