use super::MachineDeploy;
use super::store::Store;
use crate::own_files::OwnFiles;
use airlock_gate::calls::{DeployFetch, FileId, JobFile, Kind, Place, Sha512Sum, Target, TreeEntry};
use airlock_gate::ports::Deploy;
use airlock_gate::{CallError, Code, Scope};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha512};
use std::fs::{self, Permissions};
use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A part that this machine serves at a port.
fn of_part(port: u16, part: &Sha512Sum) -> DeployFetch {
    let target = Target::parse(&format!("http://127.0.0.1:{port}/p/{part}")).unwrap();
    let (part, file) = (part.to_string(), FileId::default());
    DeployFetch { target, addresses: vec![[127, 0, 0, 1].into()], part, file, retention_minutes: 5, shared: false }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn sum(bytes: &[u8]) -> Sha512Sum {
    Sha512Sum::new(Sha512::digest(bytes).into())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

struct Rig {
    folder: TempDir,
    deploy: MachineDeploy,
}

impl Rig {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let own = OwnFiles::new(vec![folder.path().join("own"), folder.path().join("state")]);
        fs::create_dir_all(folder.path().join("own")).unwrap();
        fs::create_dir_all(folder.path().join("opt")).unwrap();
        let deploy = MachineDeploy::new(Arc::new(own), folder.path().join("state"));
        fs::create_dir(folder.path().join("state")).unwrap();
        Self { folder, deploy }
    }

    fn opt(&self) -> String {
        self.folder.path().join("opt").to_str().unwrap().to_owned()
    }

    fn machine(&self, path: &str) -> Place {
        let root = self.opt();
        Place::Machine { path: if path.is_empty() { root.clone() } else { format!("{root}/{path}") }, root }
    }

    fn put(&self, part: &[u8]) -> String {
        let parts = self.folder.path().join("state/parts");
        self.deploy.store().unwrap();
        fs::write(parts.join(sum(part).to_string()), part).unwrap();
        self.deploy.store().unwrap().prolong(&sum(part), SystemTime::now() + Duration::from_secs(60));
        sum(part).to_string()
    }

    fn fetch(&self, bytes: &[u8], part: &Sha512Sum, most: Option<u64>) -> Result<u64, CallError> {
        let port = serve(bytes.to_vec());
        let call = of_part(port, part);
        let scope = Scope { max_bytes: most, ..Scope::default() };
        now(self.deploy.fetch_part(call, &scope)).map(|reply| {
            assert_eq!(reply.status, 200);
            reply.bytes
        })
    }

    fn assemble(&self, name: &str, whole: &[u8], parts: Vec<String>, most: Option<u64>) -> Result<u64, CallError> {
        let sha512 = sum(whole).to_string();
        let file = JobFile { name: name.into(), sha512, parts, retention_minutes: 5, shared: false };
        now(self.deploy.assemble(&file, &Scope { max_bytes: most, ..Scope::default() }))
    }

    fn in_store(&self) -> usize {
        fs::read_dir(self.folder.path().join("state/parts")).unwrap().count()
    }
}

/// Answers one request with these bytes.
fn serve(bytes: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&bytes);
    });
    port
}

#[test]
fn a_part_is_kept_only_if_it_is_what_it_is_called() {
    let rig = Rig::new();
    let part = sum(b"acme");
    assert_eq!(now(rig.deploy.has_part(&part)), Ok(false));
    assert!(matches!(rig.fetch(b"evil", &part, None), Err(CallError::Failed(why)) if why.contains("digest")));
    assert!(matches!(rig.fetch(b"acme", &part, Some(3)), Err(CallError::Failed(why)) if why.contains("3 bytes")));
    assert_eq!((now(rig.deploy.has_part(&part)), rig.in_store()), (Ok(false), 0));
    assert_eq!(rig.fetch(b"acme", &part, Some(4)), Ok(4));
    assert_eq!((now(rig.deploy.has_part(&part)), rig.in_store()), (Ok(true), 1));
}

#[test]
fn a_file_is_there_only_if_its_digest_is_right() {
    let rig = Rig::new();
    let (one, two) = (gzip(b"one "), b"two".to_vec());
    let parts = vec![rig.put(&one), rig.put(&two)];
    assert_eq!(rig.assemble("a.txt", b"one two", parts.clone(), None), Ok(7));
    let at = Place::Work("a.txt".into());
    assert_eq!(now(rig.deploy.hash(&at, None)), Ok(sum(b"one two").to_string()));
    let wrong = rig.assemble("b.txt", b"one three", parts.clone(), None);
    assert!(matches!(wrong, Err(CallError::Failed(why)) if why.contains("digest")));
    let small = rig.assemble("c.txt", b"one two", parts, Some(6));
    assert!(matches!(small, Err(CallError::Failed(why)) if why.contains("granted")));
    assert_eq!(rig.assemble("d.txt", b"x", vec![sum(b"nowhere").to_string()], None), Err(CallError::NotFound));
    assert_eq!(now(rig.deploy.list(&Place::Work(String::new()), 10)).unwrap(), ["a.txt"]);
}

#[test]
fn parts_that_only_begin_as_gzip_does_are_bytes() {
    let rig = Rig::new();
    let archive = gzip(b"an archive of its own");
    let (start, end) = archive.split_at(12);
    let parts = vec![rig.put(start), rig.put(end)];
    assert_eq!(rig.assemble("a.tgz", &archive, parts, None), Ok(archive.len() as u64));
}

#[test]
fn a_damaged_part_goes_so_that_it_comes_again() {
    let rig = Rig::new();
    let part = rig.put(b"whole");
    fs::write(rig.folder.path().join("state/parts").join(&part), b"").unwrap();
    assert!(rig.assemble("a", b"whole", vec![part], None).is_err());
    assert_eq!(now(rig.deploy.has_part(&sum(b"whole"))), Ok(false));
}

#[test]
fn parts_go_when_their_time_is_over() {
    let rig = Rig::new();
    rig.put(b"kept");
    let store: Store = rig.deploy.store().unwrap();
    store.clean(SystemTime::now()).unwrap();
    assert!(store.has(&sum(b"kept")));
    store.clean(SystemTime::now() + Duration::from_secs(120)).unwrap();
    assert!(!store.has(&sum(b"kept")));
}

#[test]
fn the_folder_of_a_job_goes_with_it_and_a_forgotten_one_with_the_next() {
    let rig = Rig::new();
    let jobs = rig.folder.path().join("state/jobs");
    now(rig.deploy.list(&Place::Work(String::new()), 10)).unwrap();
    fs::create_dir_all(jobs.join("job-killed/work/x")).unwrap();
    let other = MachineDeploy::new(Arc::default(), rig.folder.path().join("state"));
    now(other.list(&Place::Work(String::new()), 10)).unwrap();
    assert_eq!(fs::read_dir(&jobs).unwrap().count(), 2, "two jobs, and the killed one is gone");
    drop(other);
    drop(rig.deploy);
    assert_eq!(fs::read_dir(&jobs).unwrap().count(), 0);
}

#[test]
fn a_tree_goes_where_it_is_sent_and_nothing_else_does() {
    let rig = Rig::new();
    let opt = rig.opt();
    fs::create_dir_all(format!("{opt}/a/b")).unwrap();
    fs::write(format!("{opt}/a/run.sh"), "#!").unwrap();
    fs::set_permissions(format!("{opt}/a/run.sh"), Permissions::from_mode(0o6755)).unwrap();
    fs::write(format!("{opt}/a/b/c"), "cc").unwrap();
    let entries = now(rig.deploy.tree(&rig.machine("a"))).unwrap();
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["", "b", "b/c", "run.sh"]);
    // What has come to be there meanwhile was never decided on.
    fs::write(format!("{opt}/a/b/late"), "x").unwrap();
    let work = Place::Work("t".into());
    assert_eq!(now(rig.deploy.copy(&rig.machine("a"), &entries, &work)), Ok(2));
    assert_eq!(now(rig.deploy.list(&Place::Work("t/b".into()), 10)).unwrap(), ["c"]);
    assert_eq!(now(rig.deploy.copy(&work, &entries, &rig.machine("d"))), Ok(2));
    let mode = fs::metadata(format!("{opt}/d/run.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o755, "a copy runs as nobody but who runs it");
    assert!(now(rig.deploy.remove(&rig.machine("a"), &entries)).is_err());
    assert!(Path::new(&format!("{opt}/a/b/late")).exists());
    let entries = now(rig.deploy.tree(&rig.machine("d"))).unwrap();
    assert_eq!(now(rig.deploy.remove(&rig.machine("d"), &entries)), Ok(()));
    assert!(!Path::new(&format!("{opt}/d")).exists());
    let all = now(rig.deploy.tree(&rig.machine(""))).unwrap();
    assert!(now(rig.deploy.remove(&rig.machine(""), &all)).is_err());
    assert!(Path::new(&opt).exists());
}

#[test]
fn links_and_what_is_no_file_are_refused_wherever_they_are() {
    let rig = Rig::new();
    let opt = rig.opt();
    fs::create_dir_all(format!("{opt}/a")).unwrap();
    fs::write(format!("{opt}/plain"), "x").unwrap();
    symlink("/etc", format!("{opt}/a/etc")).unwrap();
    assert_eq!(now(rig.deploy.tree(&rig.machine("a"))), Err(CallError::Refused(Code::Link)));
    assert_eq!(now(rig.deploy.stat(&rig.machine("a/etc/passwd"))), Err(CallError::Refused(Code::Link)));
    let file = [TreeEntry { path: String::new(), kind: Kind::File, size: 1, may_be_made: true, is_awaited: false }];
    let into_link = now(rig.deploy.copy(&rig.machine("plain"), &file, &rig.machine("a/etc/x")));
    assert_eq!(into_link, Err(CallError::Refused(Code::Link)));
    fs::remove_file(format!("{opt}/a/etc")).unwrap();
    nix::unistd::mkfifo(Path::new(&format!("{opt}/a/pipe")), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert!(matches!(now(rig.deploy.tree(&rig.machine("a"))), Err(CallError::Failed(why)) if why.contains("pipe")));
    // A second name would be changed too.
    fs::hard_link(format!("{opt}/plain"), format!("{opt}/second")).unwrap();
    let over = now(rig.deploy.copy(&rig.machine("plain"), &file, &rig.machine("second")));
    assert_eq!(over, Err(CallError::Refused(Code::Link)));
}

#[test]
fn the_agents_own_is_not_touched_whatever_was_granted() {
    let rig = Rig::new();
    let base = rig.folder.path().to_str().unwrap().to_owned();
    let own = |path: &str| Place::Machine { path: format!("{base}/{path}"), root: base.clone() };
    fs::write(format!("{base}/own/key"), "x").unwrap();
    for path in ["own", "own/key", "state", "state/parts"] {
        assert_eq!(now(rig.deploy.tree(&own(path))), Err(CallError::Refused(Code::AgentPath)), "{path}");
    }
    assert_eq!(now(rig.deploy.tree(&own(""))), Err(CallError::Refused(Code::AgentPath)));
    assert_eq!(now(rig.deploy.make_dir(&own("own/x"), 3)), Err(CallError::Refused(Code::AgentPath)));
}

#[test]
fn folders_are_made_as_far_as_they_may_be() {
    let rig = Rig::new();
    let opt = rig.opt();
    assert_eq!(now(rig.deploy.make_dir(&rig.machine("a/b/c"), 1)), Err(CallError::Refused(Code::NoGrant)));
    assert!(!Path::new(&format!("{opt}/a")).exists());
    assert_eq!(now(rig.deploy.make_dir(&rig.machine("a/b/c"), 2)), Ok(()));
    assert_eq!(now(rig.deploy.make_dir(&rig.machine("a/b/c"), 0)), Ok(()), "what is there is fine");
    assert_eq!(now(rig.deploy.make_dir(&Place::Work("x/y".into()), 0)), Ok(()));
    let mb = now(rig.deploy.free_space(&rig.machine("a"))).unwrap();
    let stat = nix::sys::statvfs::statvfs(Path::new(&opt)).unwrap();
    let is = stat.blocks_available() * stat.fragment_size() / 1_024_000;
    assert!(mb.abs_diff(is) < 200, "{mb} {is}");
}

#[test]
fn what_is_for_signed_packages_alone_is_nothing_that_a_task_can_name() {
    let rig = Rig::new();
    let part = sum(b"signed");
    let port = serve(b"signed".to_vec());
    let call = of_part(port, &part);
    let scope = Scope { is_sealed: true, ..Scope::default() };
    assert_eq!(now(rig.deploy.fetch_part(call, &scope)).unwrap().bytes, 6);
    assert_eq!((now(rig.deploy.has_part(&part)), rig.in_store()), (Ok(true), 0));
    // Whatever the file is put together under.
    assert_eq!(rig.assemble("a.pkg", b"signed", vec![part.to_string()], None), Ok(6));
    assert_eq!(now(rig.deploy.stat(&Place::Work("a.pkg".into()))), Ok(None));
    assert!(rig.deploy.packed("a.pkg").unwrap().file().is_ok());
    assert!(matches!(rig.deploy.packed("b.pkg").unwrap().file(), Err(CallError::NotFound)));
}

#[test]
fn a_download_takes_no_more_of_the_line_than_is_granted() {
    let rig = Rig::new();
    let bytes: Vec<u8> = (0..150_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let part = sum(&bytes);
    let port = serve(bytes.clone());
    let call = of_part(port, &part);
    let scope = Scope { bytes_per_second: Some(100_000), ..Scope::default() };
    let began = std::time::Instant::now();
    assert_eq!(now(rig.deploy.fetch_part(call, &scope)).unwrap().bytes, 150_000);
    let took = began.elapsed().as_secs_f64();
    assert!((1.2..10.0).contains(&took), "{took}");
}
