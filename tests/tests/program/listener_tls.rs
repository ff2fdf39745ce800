//! The listener by TLS, with a certificate of an authority that exists for the test: who trusts it gets the page, who does not
//! or does not speak TLS gets nothing, and who stalls in the handshake holds nobody up.

use airlock_tests::fakeglpi::Authority;
use airlock_tests::served::{STRANGER, Served, TRUSTED, status};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

const VERSIONS: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];
/// A record of a handshake that announces 512 bytes, and the first of them (RFC 8446, 5.1).
const BEGUN: &[u8] = &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00];

struct Scene {
    authority: Authority,
    served: Served,
    _folder: tempfile::TempDir,
}

fn scene() -> Scene {
    let (authority, folder) = (Authority::new("Test Authority"), tempfile::tempdir().unwrap());
    let path = folder.path().join("listener.pem");
    std::fs::write(&path, authority.identity(&["localhost", "127.0.0.1"]).pem()).unwrap();
    let served = Served::new(&format!("[listener.tls]\ncertificate = \"{}\"\n", path.display()));
    Scene { authority, served, _folder: folder }
}

impl Scene {
    /// The answer to `GET` for a client at that address that trusts this authority.
    fn get(
        &self,
        from: Ipv4Addr,
        path: &str,
        trusts: CertificateDer<'static>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(trusts).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let config = Arc::new(builder.with_root_certificates(roots).with_no_client_auth());
        let connection = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
        let mut stream = StreamOwned::new(connection, self.served.connect(from));
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.served.address)?;
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            // Whoever closes without a word may have cut the answer short: its length says whether.
            Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Err(error),
            _ => {}
        }
        Ok(String::from_utf8(answer).unwrap())
    }

    fn trusted_get(&self, path: &str) -> String {
        self.get(TRUSTED, path, self.authority.certificate(), VERSIONS).unwrap()
    }
}

#[test]
fn who_trusts_its_authority_gets_the_page() {
    let scene = scene();
    for version in VERSIONS {
        let page = scene.get(TRUSTED, "/", scene.authority.certificate(), &[version]).unwrap();
        assert!(status(&page) == 200 && page.contains("<h1>Airlock") && page.ends_with("</html>\n"), "{page}");
    }
    let stranger = scene.get(STRANGER, "/now", scene.authority.certificate(), VERSIONS).unwrap();
    assert_eq!(status(&stranger), 403, "TLS is no trust");
}

#[test]
fn who_does_not_trust_it_or_speaks_plainly_gets_nothing_and_harms_nobody() {
    let mut scene = scene();
    let other = Authority::new("Another Authority").certificate();
    let error = scene.get(TRUSTED, "/", other, VERSIONS).unwrap_err();
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
    for bytes in [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".as_slice(), b"\x17\x03\x03\x00\x05hello", &[0; 4096]] {
        let began = Instant::now();
        let answer = scene.served.bytes(TRUSTED, bytes);
        assert!(!answer.contains("HTTP/1.1 ") && !answer.contains("Airlock"), "{answer}");
        assert!(began.elapsed() < Duration::from_secs(5), "it is refused at once");
    }
    assert!(scene.served.is_alive());
    assert_eq!(status(&scene.trusted_get("/status")), 200);
}

#[test]
fn who_stalls_in_the_handshake_holds_nobody_up_and_is_let_go() {
    let scene = scene();
    let began = Instant::now();
    let stalled: Vec<TcpStream> = (0..300)
        .map(|n| {
            let mut stream = scene.served.connect(STRANGER);
            // Some say nothing at all.
            stream.write_all(if n % 2 == 0 { BEGUN } else { b"" }).unwrap();
            stream
        })
        .collect();
    for _ in 0..5 {
        assert_eq!(status(&scene.trusted_get("/status")), 200);
    }
    assert!(began.elapsed() < Duration::from_secs(8), "nobody waits for them: {:?}", began.elapsed());
    for mut stream in stalled {
        let left = Duration::from_secs(25).saturating_sub(began.elapsed()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left)).unwrap();
        let mut rest = Vec::new();
        match stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "it is let go of in its time"),
        }
        assert!(!rest.starts_with(b"HTTP"), "{rest:?}");
    }
    assert_eq!(status(&scene.trusted_get("/status")), 200);
}
