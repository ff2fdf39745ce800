//! `guest-tasks/deploy/guide.md`: what it shows is what happens. Its policies are put in force, its jobs handed out, its commands run; what
//! the server is told has to be what stands there. `…` stands for any text.

use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::Managed;
use airlock_tests::namespace::{elsewhere, in_namespace};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The digest of the guide's example.
const DIGEST: &str = "7c1e0f0a9b3d2c4e";

/// What stands between fences: what it is, and the text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(kind), false) => {
                blocks.push((kind.to_owned(), String::new()));
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                let (_, block) = blocks.last_mut().unwrap();
                block.push_str(line);
                block.push('\n');
            }
            (None, false) => {}
        }
    }
    blocks
}

/// Whether the text has the parts between the `…` in their order.
fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    for part in pattern.split('…') {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// Where the part begins whose jobs have files.
const WITH_FILES: &str = "## 6. ";

#[test]
fn the_guide_to_deployments_is_true() {
    assert!(is_true(&Managed::new(""), |guide| guide.split_once(WITH_FILES).unwrap().0) >= 5);
}

#[test]
fn the_guides_part_about_files_is_true() {
    // No job reaches this machine's own addresses.
    in_namespace("guide::the_guides_part_about_files_is_true", &[], || {
        elsewhere("203.0.113.5");
        let managed = Managed::at("203.0.113.5:8443", "203.0.113.5", "");
        assert!(is_true(&managed, |guide| guide.split_once(WITH_FILES).unwrap().1) >= 2);
    });
}

/// Does what a part of the guide shows; how many jobs that were.
fn is_true(managed: &Managed, part: impl Fn(&str) -> &str) -> u32 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-tasks/deploy/guide.md");
    let acme = managed.folder.path().to_str().unwrap().to_owned();
    fs::create_dir(managed.path("bin")).unwrap();
    let program = managed.path("bin/acmectl");
    fs::write(
        &program,
        "#!/bin/sh\nif [ $1 = apply ]; then cat \"$3\"; echo here: *; else echo \"release $3 is active\"; fi\n",
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let guide = fs::read_to_string(path).unwrap();
    let guide = part(&guide).replace("/opt/acme", &acme).replace("https://glpi.example", &managed.server.url(""));
    let (mut number, mut steps) = (0_u32, 0);
    let mut files = Vec::new();
    let mut job: Option<serde_json::Value> = None;
    let mut is_new = false;
    for (kind, text) in blocks(&guide) {
        if let Some(name) = kind.strip_prefix("text file ") {
            files.push((name.to_owned(), text));
            continue;
        }
        match kind.as_str() {
            "toml policy" => {
                managed.grants(&text);
                is_new = true;
            }
            "json job" => {
                job = Some(serde_json::from_str(&text).unwrap());
                is_new = true;
            }
            "text told" => {
                let before = managed.server.told().len();
                if is_new {
                    number += 1;
                    let uuid = format!("6b02e835e4c{number:02}");
                    managed.server.takes_jobs_back();
                    let package = Package::new(&uuid).action(job.clone().unwrap());
                    let package = files.iter().fold(package, |all, (name, text)| all.file(name, text.as_bytes()));
                    managed.server.deploys(&package);
                    managed.round();
                    is_new = false;
                }
                let from = if before == managed.server.told().len() { steps } else { before };
                let told = managed.server.told().split_off(from);
                steps = managed.server.told().len();
                let lines: Vec<&str> = text.lines().collect();
                let all_fit = lines.len() == told.len() && lines.iter().zip(&told).all(|(line, told)| fits(line, told));
                assert!(all_fit, "step {number}: the guide says\n{text}\nthe server was told\n{}", told.join("\n"));
            }
            "console" => {
                let mut output = String::new();
                for line in text.lines() {
                    if let Some(command) = line.strip_prefix("$ airlock ") {
                        let digest = managed.agent.json(&["jobs", "--json"])["waiting"][0]["digest"].clone();
                        let command = command.replace(DIGEST, digest.as_str().unwrap_or_default());
                        let ran = managed.run(&command.split(' ').collect::<Vec<_>>());
                        output = format!("{}{}", ran.stdout, ran.stderr);
                        let is_why = command.starts_with("why");
                        assert!(ran.status.success() || is_why, "{line}: {output}");
                    } else {
                        assert!(fits(line, &output), "{line}: {output}");
                    }
                }
            }
            other => panic!("```{other}: the guide has what no test looks at"),
        }
    }
    number
}
