//! `docs/deploy.md`: what it shows is what happens. Its policies are put in force, its jobs handed out, its commands run; what
//! the server is told has to be what stands there. `…` stands for any text.

use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::Managed;
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

#[test]
fn the_guide_to_deployments_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy.md");
    let managed = Managed::new("");
    let acme = managed.folder.path().to_str().unwrap().to_owned();
    fs::create_dir(managed.path("bin")).unwrap();
    let program = managed.path("bin/acmectl");
    fs::write(&program, "#!/bin/sh\necho \"release $3 is active\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let guide = fs::read_to_string(path).unwrap().replace("/opt/acme", &acme);
    let (mut number, mut steps) = (0, 0);
    let mut job: Option<serde_json::Value> = None;
    let mut is_new = false;
    for (kind, text) in blocks(&guide) {
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
                    managed.server.deploys(&Package::new(&uuid).action(job.clone().unwrap()));
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
    assert!(number >= 5, "{number} steps");
}
