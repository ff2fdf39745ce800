//! A component out of a registry that others wrote: `cargo xtask registry` fetches one and runs this.

use airlock_tests::HOSTILE;
use airlock_tests::program::Airlock;
use airlock_tests::strangers::{Publisher, Release};
use airlock_trust::sha256_hex;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The program of the registry (CNCF distribution).
const PROGRAM: &str = "AIRLOCK_TEST_REGISTRY";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A registry on a port of this machine; it ends with the test.
struct Registry {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Registry {
    fn start() -> Self {
        let program =
            std::env::var_os(PROGRAM).unwrap_or_else(|| panic!("{PROGRAM} names no program: cargo xtask registry"));
        let folder = tempfile::tempdir().unwrap();
        // Free just now; nobody else is likely to take it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = folder.path().join("config.yml");
        let data = folder.path().join("data");
        let text = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n",
            data.display()
        );
        fs::write(&config, text).unwrap();
        let child = Command::new(program).arg("serve").arg(&config).stdin(Stdio::null()).spawn().unwrap();
        let registry = Self { child, address, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "the registry does not listen at {address}");
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(registry.ask("GET", "/v2/", "", b"").0, 200);
        registry
    }

    /// The status and the head of an answer.
    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let (host, length) = (self.address, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("{answer}")), answer)
    }

    /// Puts a blob there, as the distribution specification says (POST, then PUT); its description.
    fn push_blob(&self, name: &str, kind: &str, bytes: &[u8]) -> String {
        let (status, head) = self.ask("POST", &format!("/v2/{name}/blobs/uploads/"), "", b"");
        assert_eq!(status, 202, "{head}");
        let location = head.lines().find_map(|line| line.strip_prefix("Location: ")).expect("a place to put it").trim();
        let path = location.split_once(&self.address.to_string()).map_or(location, |(_, path)| path);
        let digest = format!("sha256:{}", sha256_hex(bytes));
        let put = format!("{path}{}digest={digest}", if path.contains('?') { '&' } else { '?' });
        let (status, answer) = self.ask("PUT", &put, "application/octet-stream", bytes);
        assert_eq!(status, 201, "{answer}");
        format!("{{\"mediaType\":\"{kind}\",\"digest\":\"{digest}\",\"size\":{}}}", bytes.len())
    }

    /// Puts a release there; its digest.
    fn push(&self, name: &str, tag: &str, folder: &Path) -> String {
        let parts = [
            ("task.wasm", "application/wasm"),
            ("task.manifest.toml", "application/vnd.airlock.manifest.v1+toml"),
            ("task.manifest.toml.minisig", "application/vnd.airlock.signatures.v1+minisig"),
        ];
        let layers = parts.map(|(file, kind)| self.push_blob(name, kind, &fs::read(folder.join(file)).unwrap()));
        let config = self.push_blob(name, "application/vnd.wasm.config.v0+json", b"{}");
        let manifest = format!(
            "{{\"schemaVersion\":2,\"mediaType\":\"{MANIFEST}\",\"config\":{config},\"layers\":[{}]}}",
            layers.join(",")
        );
        let (status, answer) = self.ask("PUT", &format!("/v2/{name}/manifests/{tag}"), MANIFEST, manifest.as_bytes());
        assert_eq!(status, 201, "{answer}");
        sha256_hex(manifest.as_bytes())
    }
}

#[test]
#[ignore = "needs the program of a registry: cargo xtask registry fetches one and runs this"]
fn a_component_comes_out_of_a_registry_that_others_wrote() {
    let (airlock, publisher, registry) = (Airlock::new(), Publisher::new(), Registry::start());
    publisher.key(&airlock, "acme");
    airlock.trust(&publisher, "acme", "acme", "acme-*");
    let release = Release { worlds: &["everything"], ..Release::new("acme-check", "1.0.0", 1, HOSTILE) };
    let first = registry.push("acme/check", "1.0.0", &publisher.publish("first", &release, &["acme"]));
    let install =
        |name: &str| airlock.run(&["task", "install", "--loopback", &format!("oci://{}/{name}", registry.address)]);

    // By its tag, by its digest; it is what was signed, and runs.
    for name in ["acme/check:1.0.0".to_owned(), format!("acme/check@sha256:{first}")] {
        let output = install(&name);
        assert!(output.status.success(), "{name}: {output:?}");
        assert_eq!(airlock.installed(), [("acme-check".to_owned(), "1.0.0".to_owned())]);
    }
    airlock.done(&["task", "run", "acme-check", "--target", "spin 1"]);

    // A tag that moves to something unsigned changes nothing here; what is not there is said.
    let unsigned = publisher.publish("unsigned", &Release { version: "2.0.0", counter: 2, ..release }, &["acme"]);
    fs::write(unsigned.join("task.manifest.toml.minisig"), "").unwrap();
    registry.push("acme/check", "1.0.0", &unsigned);
    let refused = install("acme/check:1.0.0");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let missing = install("acme/check:9.9.9");
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("there is no"), "{missing:?}");
    assert_eq!(airlock.installed(), [("acme-check".to_owned(), "1.0.0".to_owned())]);
}
