//! DE-02, DE-04, DE-05, DE-06: names, digests, what parts make together, and how much comes out of them.

use super::job::{Job, code, file, sum};
use airlock_gate::Code;
use airlock_gate::calls::{DeployAssemble, DeployHas, DeployList, JobFile};
use airlock_gate::{CallError, calls::DeployStat};
use airlock_tests::policies::grant;
use airlock_tests::roads::Road;
use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

const FETCH: &str = "origins = [\"http://203.0.113.5:8080\"]\nmax_bytes = 4_000_000";

/// Both machines with these parts: in the store of the real one, and in the network of the other.
fn roads(parts: &[&[u8]]) -> [(Road, Job); 2] {
    let (live, mut http) = (Road::live(), String::new());
    let store = Path::new(&live.base).join("own/deploy/parts");
    fs::create_dir_all(&store).unwrap();
    for part in parts {
        let name = sum(part);
        fs::write(store.join(&name), part).unwrap();
        let later = std::time::SystemTime::now() + Duration::from_secs(600);
        fs::File::options().write(true).open(store.join(&name)).unwrap().set_modified(later).unwrap();
        let url = format!("{}{}/{}/{name}", super::job::MIRROR, &name[..1], &name[..2]);
        http += &format!("[[http]]\nurl = \"{url}\"\nbody_base64 = \"{}\"\n", BASE64_STANDARD.encode(part));
    }
    let mock = Road::mock(&format!("\n{http}"));
    let policy = grant("pkg.fetch", FETCH);
    let jobs = [Job::on(&live, &policy), Job::on(&mock, &policy)];
    for part in parts {
        let of = file("x", part, &[part]);
        jobs[1].now(jobs[1].gate.deploy_fetch(super::job::MIRROR, &sum(part), &of)).unwrap();
    }
    let [one, two] = jobs;
    [(live, one), (mock, two)]
}

fn in_work(job: &Job) -> Vec<String> {
    job.now(job.gate.call(DeployList { at: "work:".into() })).unwrap()
}

fn assemble(job: &Job, file: JobFile) -> Result<u64, CallError> {
    job.now(job.gate.call(DeployAssemble { file }))
}

/// What lies in the folder of jobs, all of it.
fn left_behind(road: &Road) -> Vec<String> {
    fn walk(folder: &Path, all: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), all);
            } else {
                all.push(entry.path().display().to_string());
            }
        }
    }
    let mut all = Vec::new();
    if road.name == "live" {
        walk(&Path::new(&road.base).join("own/deploy/jobs"), &mut all);
    }
    all
}

#[test]
fn de_02_a_name_is_one_name() {
    let long = "a".repeat(129);
    for (road, job) in roads(&[b"part"]) {
        for name in
            ["../../../../etc/cron.d/x", "/etc/cron.d/x", "a/../../x", "..", ".", "", "a/b", "a\\b", "a\0b", "é", &long]
        {
            let of = file(name, b"part", &[b"part"]);
            let fetched = job.refused(job.gate.deploy_fetch(super::job::MIRROR, &of.parts[0], &of));
            let assembled = job.refused(job.gate.call(DeployAssemble { file: of }));
            assert_eq!(
                [fetched, assembled],
                [code(Code::BadArgument), code(Code::BadArgument)],
                "{} {name:?}",
                road.name
            );
        }
        assert!(in_work(&job).is_empty());
        road.assert_untouched();
    }
}

#[test]
fn de_02_twin_a_package_lands_in_the_jobs_folder() {
    for (road, job) in roads(&[b"part"]) {
        assert_eq!(assemble(&job, file("acme-1.2.deb", b"part", &[b"part"])), Ok(4), "{}", road.name);
        assert_eq!(in_work(&job), ["acme-1.2.deb"]);
        road.assert_untouched();
    }
}

#[test]
fn de_04_a_digest_is_128_digits_and_never_a_path() {
    let good = sum(b"part");
    for (road, job) in roads(&[b"part"]) {
        let slashed = format!("/{}", &good[1..]);
        let dotted = format!("../{}", &good[3..]);
        for part in
            ["../../aaaaaaaaaa", "", &good[1..], &format!("{good}0"), &slashed, &dotted, &good.replace(&good[..1], "g")]
        {
            let of = JobFile { parts: vec![part.to_owned()], ..file("a", b"part", &[]) };
            let key = JobFile { sha512: part.to_owned(), ..file("a", b"part", &[b"part"]) };
            let codes = [
                job.refused(job.gate.call(DeployHas { part: part.to_owned() })),
                job.refused(job.gate.deploy_fetch(super::job::MIRROR, part, &of)),
                job.refused(job.gate.call(DeployAssemble { file: of.clone() })),
                job.refused(job.gate.call(DeployAssemble { file: key })),
            ];
            assert!(codes.iter().all(|one| *one == code(Code::BadArgument)), "{} {part:?}: {codes:?}", road.name);
        }
        road.assert_untouched();
    }
}

#[test]
fn de_04_twin_a_digest_in_capitals_is_the_same_digest() {
    for (road, job) in roads(&[b"part"]) {
        let part = sum(b"part").to_uppercase();
        assert_eq!(job.now(job.gate.call(DeployHas { part })), Ok(true), "{}", road.name);
        assert_eq!(job.now(job.gate.call(DeployHas { part: sum(b"other") })), Ok(false));
    }
}

#[test]
fn de_05_what_is_not_the_file_never_has_its_name() {
    let big = vec![7; 3_000_000];
    for (road, job) in roads(&[&big, b"end"]) {
        // Each part is what it is called; together they are not the file.
        let wrong = assemble(&job, file("a.iso", b"something else", &[&big, b"end"]));
        assert!(matches!(&wrong, Err(CallError::Failed(why)) if why.contains("digest")), "{} {wrong:?}", road.name);
        // Nor is what is longer than is granted, however right it is.
        let whole: Vec<u8> = [big.as_slice(), &big, b"end"].concat();
        let long = assemble(&job, file("b.iso", &whole, &[&big, &big, b"end"]));
        assert!(matches!(&long, Err(CallError::Failed(why)) if why.contains("granted")), "{} {long:?}", road.name);
        assert!(in_work(&job).is_empty());
        assert!(left_behind(&road).is_empty(), "{:?}", left_behind(&road));
        road.assert_untouched();
    }
}

#[test]
fn de_05_twin_the_file_is_there_once_it_is_whole() {
    let big = vec![7; 3_000_000];
    for (road, job) in roads(&[&big, b"end"]) {
        let whole: Vec<u8> = [big.as_slice(), b"end"].concat();
        assert_eq!(assemble(&job, file("a.iso", &whole, &[&big, b"end"])), Ok(3_000_003), "{}", road.name);
        let is = job.now(job.gate.call(DeployStat { at: "work:a.iso".into() })).unwrap().unwrap();
        assert_eq!(is.size, 3_000_003);
    }
}

fn zeros(count: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let block = vec![0; 1 << 20];
    for _ in 0..count {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn de_06_a_part_becomes_no_more_than_is_granted() {
    let bomb = zeros(512);
    assert!(bomb.len() < 1 << 20, "half a gigabyte of nothing in {} bytes", bomb.len());
    for (road, job) in roads(&[&bomb]) {
        let started = Instant::now();
        let blown = assemble(&job, file("a", b"", &[&bomb]));
        assert!(matches!(&blown, Err(CallError::Failed(_))), "{} {blown:?}", road.name);
        assert!(started.elapsed() < Duration::from_secs(5), "{} {:?}", road.name, started.elapsed());
        assert!(in_work(&job).is_empty() && left_behind(&road).is_empty());
    }
}

#[test]
fn de_06_twin_a_part_that_grows_within_bounds_is_unpacked() {
    let part = zeros(3);
    for (road, job) in roads(&[&part]) {
        assert_eq!(assemble(&job, file("a", &vec![0; 3 << 20], &[&part])), Ok(3 << 20), "{}", road.name);
    }
}
