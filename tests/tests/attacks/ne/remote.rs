//! Machines that a server would have this one log in to, and hosts whose names are meant for another program.

use super::{CANARY, Done, FAST, NETS, community, device, discovery, query, range, world};
use airlock_tests::agent::{Agent, hq};
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::fakesnmp::FakeSnmp;
use airlock_tests::program::Airlock;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

fn here(test: &str) -> String {
    format!("ne::remote::{test}")
}

/// Hears whether anybody comes.
fn ear(address: &str) -> TcpListener {
    let listener = TcpListener::bind(address).unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

/// A login for ESX, as jobs have it.
const LOGIN: &str = "<AUTHENTICATION><ID>9</ID><TYPE>esx</TYPE><USERNAME>root</USERNAME><PASSWORD>s3nt-along</PASSWORD></AUTHENTICATION>";

#[test]
fn ne_09_a_job_for_esx_is_not_done_and_no_login_leaves() {
    world(&here("ne_09_a_job_for_esx_is_not_done_and_no_login_leaves"), || {
        let (evil, vcenter, device) = (ear("10.9.9.9:443"), ear("10.1.2.9:443"), ear("10.1.2.5:443"));
        let (server, folder) = (FakeGlpi::http(), tempfile::tempdir().unwrap());
        let job = r#"{"jobs":[{"host":"10.9.9.9","user":"root","password":"s3nt-along","uuid":"1"}]}"#;
        server.at("/plugins/glpiinventory/b/esx", Play::Reply(Reply::json(job)));
        let offer = r#"{"status":"ok","expiration":"24","tasks":{"esx":{"server":"glpiinventory","version":"1.4.0"}}}"#;
        server.next(Play::Reply(Reply::json(offer)));
        let secret = folder.path().join("vcenter");
        std::fs::write(&secret, CANARY).unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        let agent = Agent::new(&hq(&server));
        agent.policy(&format!(
            "policy_version = 1\n[server.hq]\norigin = \"{}\"\n[credential.vcenter]\nkind = \"esx\"\nuser = \"reader\"\n\
             source = \"file:{}\"\nuse_for = [\"10.1.2.9/32\"]\n[[grant]]\nserver = [\"hq\"]\ntask = \"*\"\nverb = \"report.send\"\n",
            server.url(""),
            secret.display()
        ));
        let output = agent.run(&["run", "--json"]);
        assert!(output.stdout.contains("this version has no such task for servers"), "{output:?}");
        let texts: Vec<String> = server.requests().iter().map(|one| format!("{} {}", one.path, one.text())).collect();
        assert!(!texts.is_empty() && texts.iter().all(|text| !text.contains(CANARY)), "{texts:?}");
        assert!(texts.iter().all(|text| !text.contains("/b/esx")), "nobody asks for such jobs: {texts:?}");
        // Nor does a login that comes with a job for the network lead anywhere.
        let job = discovery(&range("10.1.2.5", "10.1.2.5"), FAST, LOGIN);
        let done = Done::lenient(&job, NETS);
        assert_eq!(done.said("s3nt-along"), 0);
        for listener in [&evil, &vcenter, &device] {
            assert!(listener.accept().is_err(), "{listener:?}: nobody came");
        }
    });
}

#[test]
fn ne_09_twin_the_credential_beside_it_is_used() {
    world(&here("ne_09_twin_the_credential_beside_it_is_used"), || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let job = discovery(&range("10.1.2.5", "10.1.2.5"), FAST, &(LOGIN.to_owned() + &community(7, "public")));
        let done = Done::lenient(&job, NETS);
        assert_eq!((done.said("switch-a"), done.said("<AUTHSNMP>7</AUTHSNMP>")), (1, 1), "{:?}", done.output);
    });
}

#[test]
fn ne_10_no_host_is_an_option_of_another_program() {
    world(&here("ne_10_no_host_is_an_option_of_another_program"), || {
        let folder = tempfile::tempdir().unwrap();
        let marker = folder.path().join("pwned");
        let marker_text = marker.display();
        let hosts = [
            format!("-oProxyCommand=touch {marker_text}"),
            format!("ssh://-oProxyCommand=touch%20{marker_text}@h/"),
            format!("h;touch {marker_text}"),
            format!("$(touch {marker_text})"),
            "-h".to_owned(),
        ];
        let airlock = Airlock::new();
        for host in &hosts {
            // Of the owner's command line, in every place that takes a host …
            for (option, command) in
                [("--host", "netdiscovery"), ("--host", "netinventory"), ("--first", "netdiscovery")]
            {
                let output = airlock.run(&[command, &format!("{option}={host}")]);
                assert_eq!(output.status.code(), Some(2), "{host}: {output:?}");
                assert!(output.stderr.contains("no address"), "{host}: {}", output.stderr);
            }
            let output = airlock.run(&["snmp", "walk", "--", host]);
            assert_eq!(output.status.code(), Some(2), "{host}: {output:?}");
            // … and of a server's jobs.
            let escaped = host.replace('&', "&amp;").replace('"', "&quot;");
            let done = Done::lenient(&query(&device(&escaped, ""), &community(1, "public")), NETS);
            assert_eq!(done.said("<INFO>"), 0, "{host}: {:?}", done.output);
            let done = Done::lenient(&discovery(&range(&escaped, "10.1.2.9"), FAST, &community(1, "public")), NETS);
            assert_eq!((done.said("<DEVICE>"), done.said("<EXIT>1</EXIT>")), (0, 1), "{host}: {:?}", done.output);
        }
        assert!(!marker.exists());
    });
}

#[test]
fn ne_10_twin_a_name_of_a_host_is_looked_up() {
    world(&here("ne_10_twin_a_name_of_a_host_is_looked_up"), || {
        let switch = FakeSnmp::switch("127.0.0.1:0", "public");
        let port = switch.address.port().to_string();
        for command in ["netdiscovery", "netinventory"] {
            let output =
                Airlock::new().done(&[command, "--host", "localhost", "--port", &port, "--timeout", "1", "--json"]);
            let line: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
            assert_eq!(line["host"], "localhost", "{line}");
            assert!(output.stdout.contains("switch-a"), "{command}: {output:?}");
        }
    });
}
