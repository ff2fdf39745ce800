//! `airlock inject`: the same bytes to each server, whatever they are packed in; nothing is taken away that was not taken.

use airlock_tests::fakeglpi::usual::zlib;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::program::{Airlock, program};
use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REQUEST><QUERY>INVENTORY</QUERY><DEVICEID>a-1</DEVICEID><CONTENT/></REQUEST>\n";
const JSON: &str = "{\"action\":\"inventory\",\"deviceid\":\"a-1\",\"content\":{\"versionclient\":\"X_v1\"}}";

fn inject(folder: &Path, words: &[&str]) -> airlock_tests::program::Output {
    let mut command = Airlock::new().command(&["inject", "--json"]);
    command.args(words).current_dir(folder);
    airlock_tests::program::run(command)
}

#[test]
fn each_server_gets_the_same_bytes_whatever_they_are_packed_in() {
    let (one, two, folder) = (FakeGlpi::http(), FakeGlpi::http(), tempfile::tempdir().unwrap());
    let id = "0123abcd-0000-4000-8000-0123456789ab";
    fs::write(folder.path().join("a.xml"), XML).unwrap();
    fs::write(folder.path().join("b.ocs"), zlib(XML.as_bytes())).unwrap();
    fs::write(folder.path().join(format!("c-{id}.data")), zlib(JSON.as_bytes())).unwrap();
    fs::write(folder.path().join("d.json"), JSON).unwrap();
    fs::write(folder.path().join("other.txt"), XML).unwrap();
    let output = inject(folder.path(), &["-d", ".", "--url", &one.url("/"), "--url", &two.url("/")]);
    assert!(output.status.success(), "{}{}", output.stdout, output.stderr);
    for server in [&one, &two] {
        assert_eq!(server.inventories(), [XML, XML, JSON, JSON]);
        let requests = server.requests();
        assert!(requests.iter().all(|request| request.header("content-type") == Some("application/x-compress-zlib")));
        assert_eq!(requests[0].header("glpi-agent-id"), None, "XML is not GLPI's own protocol");
        assert_eq!(requests[2].header("glpi-agent-id"), Some(id));
        assert!(requests[3].header("glpi-agent-id").is_some_and(|other| other.len() == 36 && other != id));
    }
    let bodies = |server: &FakeGlpi| server.requests().into_iter().map(|request| request.body).collect::<Vec<_>>();
    assert_eq!(bodies(&one), bodies(&two));
    let output = inject(folder.path(), &["-C", "-f", "b.ocs", "--url", &one.url("/")]);
    assert!(output.status.success());
    assert_eq!(one.requests().last().unwrap().body, XML.as_bytes());
    assert_eq!(one.requests().last().unwrap().header("content-type"), Some("application/xml"));
}

#[test]
fn a_file_goes_only_when_every_server_took_it() {
    let (good, bad, folder) = (FakeGlpi::http(), FakeGlpi::http(), tempfile::tempdir().unwrap());
    bad.at("/", Play::Reply(Reply::json("{\"status\":\"error\",\"message\":\"no room\"}").with_status(400)));
    let path = folder.path().join("a.xml");
    fs::write(&path, XML).unwrap();
    let both = ["-r", "-f", "a.xml", "--url", &good.url("/"), "--url", &bad.url("/")];
    let output = inject(folder.path(), &both);
    assert!(output.status.code() == Some(1) && output.stdout.contains("no room"), "{}{}", output.stdout, output.stderr);
    assert!(path.exists());
    // Somebody else works on it.
    let held = Flock::lock(File::open(&path).unwrap(), FlockArg::LockExclusiveNonblock).unwrap();
    let output = inject(folder.path(), &both[..5]);
    assert!(output.status.code() == Some(1) && output.stdout.contains("another program holds it"), "{}", output.stdout);
    drop(held);
    assert_eq!(good.inventories().len(), 1);
    assert!(inject(folder.path(), &both[..5]).status.success());
    assert!(!path.exists());
}

#[test]
fn no_server_waits_for_another() {
    let (slow, good, folder) = (FakeGlpi::http(), FakeGlpi::http(), tempfile::tempdir().unwrap());
    slow.at("/", Play::Hang);
    let path = folder.path().join("a.xml");
    fs::write(&path, XML).unwrap();
    let mut command = Airlock::new().command(&["inject", "--json", "-r", "-f", "a.xml", "--retries", "0"]);
    command.args(["--timeout", "20", "--url", &slow.url("/"), "--url", &good.url("/")]).current_dir(folder.path());
    let mut injecting = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    good.wait_for(1);
    slow.wait_for(1);
    assert!(injecting.try_wait().unwrap().is_none(), "the first server has not answered, and will not");
    let output = injecting.wait_with_output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&said[0]["ok"], &said[1]["ok"]), (&false.into(), &true.into()), "{said}");
    assert!(output.status.code() == Some(1) && path.exists());
}

#[test]
fn what_was_handed_over_is_listed_with_what_came_of_it() {
    let (good, bad, folder) = (FakeGlpi::http(), FakeGlpi::http(), tempfile::tempdir().unwrap());
    bad.at("/", Play::Reply(Reply::json("{\"status\":\"error\",\"message\":\"no room\"}").with_status(400)));
    fs::write(folder.path().join("a.xml"), XML).unwrap();
    let airlock = Airlock::new();
    let mut command = airlock.command(&["inject", "-f", "a.xml", "--url", &good.url("/"), "--url", &bad.url("/")]);
    command.current_dir(folder.path());
    airlock_tests::program::run(command);
    let sent = airlock.json(&["sent", "--json"]);
    let of = |server: &FakeGlpi| {
        let all = sent.as_array().unwrap();
        all.iter().find(|one| one["to"] == server.url("/").as_str()).unwrap_or_else(|| panic!("{sent}")).clone()
    };
    assert_eq!(sent.as_array().unwrap().len(), 2, "{sent}");
    assert!(of(&good)["from"] == "a.xml" && of(&good)["sha256"] == of(&bad)["sha256"], "{sent}");
    assert_eq!(of(&good)["bytes"], XML.len());
    assert!(!of(&good)["result"].as_str().unwrap().contains("not taken"), "{sent}");
    assert!(of(&bad)["result"].as_str().unwrap().contains("not taken: ") && sent.to_string().contains("no room"));
    assert!(airlock.done(&["audit", "show", "--json"]).stdout.contains("inventory injected"));
    assert!(!airlock.run(&["sent", "--last"]).status.success(), "what others made is not kept");
}

#[test]
fn a_link_in_a_folder_sends_nobodys_files() {
    let (server, folder, secret) = (FakeGlpi::http(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(secret.path().join("s.xml"), XML).unwrap();
    std::os::unix::fs::symlink(secret.path().join("s.xml"), folder.path().join("a.xml")).unwrap();
    let output = inject(folder.path(), &["-r", "-d", ".", "--url", &server.url("/")]);
    assert!(output.status.code() == Some(1) && output.stdout.contains("a link"), "{}", output.stdout);
    assert_eq!(server.requests().len(), 0);
    // A name that a person wrote is another thing.
    assert!(inject(folder.path(), &["-f", "a.xml", "--url", &server.url("/")]).status.success());
    assert!(secret.path().join("s.xml").exists());
}

#[test]
fn a_server_in_trouble_is_tried_again_with_the_same_id_and_not_for_ever() {
    let (server, folder) = (FakeGlpi::http(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("a.json"), JSON).unwrap();
    server.next(Play::Reply(Reply::status(500)));
    let words = ["-f", "a.json", "--retries", "1", "--url", &server.url("/")];
    assert!(inject(folder.path(), &words).status.success());
    let ids: Vec<_> =
        server.requests().iter().map(|request| request.header("glpi-request-id").unwrap().to_owned()).collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
    (0..2).for_each(|_| server.next(Play::Close));
    assert_eq!(inject(folder.path(), &words).status.code(), Some(1));
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_login_comes_from_a_file_and_not_from_the_command_line() {
    let (server, folder) = (FakeGlpi::http(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("a.json"), JSON).unwrap();
    let url = server.url("/").replace("http://", "http://agent:s3cret@");
    let output = inject(folder.path(), &["-f", "a.json", "--url", &url]);
    assert!(output.status.code() == Some(2) && output.stderr.contains("--password-file"), "{}", output.stderr);
    assert!(!output.stderr.contains("s3cret") && server.requests().is_empty());
}

#[test]
fn what_the_inventory_prints_goes_through_a_pipe() {
    let server = FakeGlpi::http();
    let airlock = Airlock::new();
    let line = format!(
        "{0} --vardir {1} inventory --xml | {0} --vardir {1} inject --stdin --url {2}",
        program().display(),
        airlock.vardir().display(),
        server.url("/")
    );
    let status = Command::new("sh").args(["-c", &line]).stdout(Stdio::null()).status().unwrap();
    assert!(status.success());
    assert!(server.inventories()[0].contains("<QUERY>INVENTORY</QUERY>"));
}
