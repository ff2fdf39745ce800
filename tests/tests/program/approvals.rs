//! What a person approves, end to end: all that a job will do, asked once; and what was not shown, asked again. Jobs bring
//! files, so all of it is in a network of the test's own: no job reaches this machine's own addresses.

use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::Managed;
use airlock_tests::namespace::{elsewhere, in_namespace};
use serde_json::{Value, json};
use std::fs;

const SERVER: &str = "203.0.113.5";

/// Everything that changes something waits for `ops`, downloads too.
fn managed() -> Managed {
    elsewhere(SERVER);
    let managed = Managed::at(&format!("{SERVER}:8443"), SERVER, "");
    let grant = |verb: &str, rest: &str| {
        format!("[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"{verb}\"\n{rest}\napproval = \"ops\"\n")
    };
    let fetch = format!("origins = [\"https://{SERVER}:8443\"]\nmax_bytes = 1_000_000");
    managed.grants(&format!(
        "{}{}{}[approval.ops]\nexpires = \"1h\"\n[template.touch]\nprogram = \"/usr/bin/touch\"\n\
         argv = [\"--\", \"{{file}}\"]\nrecognise = [\"touch {{file}}\"]\n\
         [template.touch.args]\nfile = {{ type = \"path-under\", root = \"{{folder}}\" }}\n",
        grant("pkg.fetch", &fetch),
        grant("files.write", "paths = [\"{folder}/**\"]"),
        grant("exec.template", "templates = [\"touch\"]"),
    ));
    managed
}

/// How many parts the server was asked for.
fn fetched(managed: &Managed) -> usize {
    managed.server.asked_to("getFilePart").len()
}

fn waiting(managed: &Managed) -> Value {
    let mut all = managed.agent.json(&["jobs", "--json"])["waiting"].as_array().unwrap().clone();
    assert_eq!(all.len(), 1, "one question: {all:?}");
    all.remove(0)
}

fn approve(managed: &Managed) {
    let digest = waiting(managed)["digest"].as_str().unwrap().to_owned();
    let output = managed.run(&["jobs", "approve", &digest]);
    assert!(output.status.success(), "{output:?}");
}

fn touch(managed: &Managed, name: &str) -> Value {
    json!({"cmd": {"exec": format!("touch {}", managed.text(name)), "logLineLimit": 0}})
}

fn copy(managed: &Managed, from: &str, name: &str) -> Value {
    json!({"copy": {"from": from, "to": managed.text(name)}})
}

fn archive(names: &[&str]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for name in names {
        let mut header = tar::Header::new_gnu();
        header.set_size(4);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, &b"text"[..]).unwrap();
    }
    archive.into_inner().unwrap()
}

#[test]
fn a_person_is_asked_once_about_all_that_a_job_will_do() {
    in_namespace("approvals::a_person_is_asked_once_about_all_that_a_job_will_do", &[], || {
        let managed = managed();
        let tool: Vec<u8> = (0..62_500_u32).flat_map(u32::to_le_bytes).collect();
        let package = Package::new("6b02e835e4c90")
            .file("tool.bin", &tool)
            .action(copy(&managed, "tool.bin", "tool.bin"))
            .action(touch(&managed, "one"))
            .action(touch(&managed, "two"))
            .action(touch(&managed, "one"));
        managed.server.deploys(&package);
        let told = managed.round();
        assert!(told["what"].as_str().unwrap().contains("waiting for local approval (expires "), "{told}");
        assert_eq!(fetched(&managed), 0, "nothing is downloaded before a person has said so");
        let request = waiting(&managed);
        let verbs: Vec<&str> =
            request["calls"].as_array().unwrap().iter().map(|c| c["verb"].as_str().unwrap()).collect();
        assert_eq!(
            verbs,
            ["pkg.fetch", "files.write", "exec.template", "exec.template", "exec.template"],
            "{request:#}"
        );
        for which in ["j-1", request["digest"].as_str().unwrap()] {
            let shown = managed.run(&["jobs", "show", which]).stdout;
            for part in [
                "download",
                "tool.bin",
                ", 3 parts from https://203.0.113.5:8443/",
                &format!("sha512 {:.16}...", request["calls"][0]["sha512"].as_str().unwrap()),
                "its size is known after the download",
                "exec.template",
                &format!("file={}", managed.text("two")),
            ] {
                assert!(shown.contains(part), "{part}: {shown}");
            }
        }
        let simulated = managed.agent.json(&["jobs", "simulate", "j-1", "--json"]);
        let planned = simulated["planned"].to_string();
        assert!(planned.contains("fetch tool.bin") && planned.contains("after download: create "), "{simulated:#}");
        approve(&managed);
        managed.round();
        let lines = managed.server.told();
        assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"), "{lines:?}");
        assert_eq!(fs::read(managed.path("tool.bin")).unwrap(), tool);
        assert!(managed.path("one").exists() && managed.path("two").exists());
        assert_eq!(fetched(&managed), 3, "each part once");
        assert_eq!(lines.iter().filter(|line| line.contains("waiting for local approval")).count(), 1, "{lines:?}");
    });
}

#[test]
fn what_only_a_file_can_tell_asks_again_before_anything_is_changed() {
    let name = "approvals::what_only_a_file_can_tell_asks_again_before_anything_is_changed";
    in_namespace(name, &[], || {
        let managed = managed();
        let package = Package::new("6b02e835e4c91")
            .file("tools.tar", &archive(&["a.conf", "b.conf"]))
            .unpacked()
            .action(touch(&managed, "one"))
            .action(copy(&managed, "*.conf", "conf"));
        fs::create_dir(managed.path("conf")).unwrap();
        managed.server.deploys(&package);
        managed.round();
        assert_eq!(waiting(&managed)["calls"].as_array().map(Vec::len), Some(3), "{:#}", waiting(&managed));
        let shown = managed.run(&["jobs", "show", "j-1"]).stdout;
        assert!(shown.contains("unpack") && shown.contains("work:tools.tar"), "{shown}");
        approve(&managed);
        managed.round();
        assert_eq!(fetched(&managed), 1, "the download was approved");
        assert!(!managed.path("one").exists(), "nothing is changed before all of it is approved");
        let request = waiting(&managed);
        let calls = request["calls"].as_array().unwrap();
        let paths: Vec<&str> = calls.iter().filter_map(|call| call["path"].as_str()).collect();
        assert_eq!(paths, [managed.text("conf/a.conf"), managed.text("conf/b.conf")], "{request:#}");
        assert_eq!(calls.len(), 5, "with all that was approved before: {request:#}");
        approve(&managed);
        managed.round();
        let lines = managed.server.told();
        assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"), "{lines:?}");
        assert_eq!(fs::read(managed.path("conf/b.conf")).unwrap(), b"text");
        assert!(managed.path("one").exists() && fetched(&managed) == 1);
    });
}

#[test]
fn a_job_that_differs_in_one_byte_is_another_and_asks_again() {
    in_namespace("approvals::a_job_that_differs_in_one_byte_is_another_and_asks_again", &[], || {
        let managed = managed();
        let package = |uuid: &str, name: &str| {
            let file = Package::new(uuid).file("tool.bin", b"what the tool is");
            file.action(copy(&managed, "tool.bin", "tool.bin")).with("name", json!(name))
        };
        managed.server.deploys(&package("6b02e835e4c92", "a"));
        managed.round();
        approve(&managed);
        managed.server.takes_jobs_back();
        managed.server.deploys(&package("6b02e835e4c92", "b"));
        managed.round();
        // The approved one is done; the other one waits.
        assert_eq!(fs::read(managed.path("tool.bin")).unwrap(), b"what the tool is");
        fs::remove_file(managed.path("tool.bin")).unwrap();
        let request = waiting(&managed);
        assert!(request["job"]["text"].as_str().unwrap().contains("\"name\":\"b\""), "{request:#}");
        managed.round();
        assert!(!managed.path("tool.bin").exists());
    });
}
