//! TR-13, TR-14, TR-15: who a server is.

use super::{REPORT, done, for_localhost, https, post, refused, transport, trusting};
use airlock_net::server::{Certificate, ClientCertificate, Pin, Secret, Transport, Trust};
use airlock_tests::fakeglpi::{Authority, FakeGlpi, Identity};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Nothing of a request was sent to it.
fn assert_untold(server: &FakeGlpi) {
    assert_eq!(server.requests().len(), 0);
    assert_eq!(server.handshakes(), 0, "the handshake is what is refused");
}

fn key_of(identity: &Identity) -> Pin {
    Pin::parse(&Certificate::read(&identity.chain[0]).unwrap().pin).unwrap()
}

#[test]
fn tr_13_a_certificate_for_another_host_is_refused() {
    let (authority, folder) = (Authority::new("Test CA"), tempfile::tempdir().unwrap());
    for names in [&["other.test"][..], &["localhost.test"], &["*.localhost"], &["127.0.0.1"], &[]] {
        let server = FakeGlpi::https(&authority.identity(names));
        assert_eq!(refused(trusting(&server, &authority, folder.path()), post()), "E-TLS-NAME", "{names:?}");
        assert_untold(&server);
    }
}

#[test]
fn tr_13_a_certificate_that_nobody_vouches_for_or_of_another_time_is_refused() {
    let (authority, folder) = (Authority::new("Test CA"), tempfile::tempdir().unwrap());
    let other = Authority::new("Test CA");
    let (past, future) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(4000, 1, 1));
    let names = &["localhost"];
    for (identity, code) in [
        (other.identity(names), "E-TLS-CERTIFICATE"),
        (Authority::new("Other CA").identity(names), "E-TLS-ISSUER"),
        (Identity::self_signed(names, |_| {}), "E-TLS-SELF-SIGNED"),
        (authority.identity_with(names, |params| params.not_after = past), "E-TLS-DATE"),
        (authority.identity_with(names, |params| params.not_before = future), "E-TLS-DATE"),
        (authority.intermediate("Between").identity(names), "E-TLS-ISSUER"),
        (
            authority.identity_with(names, |params| {
                params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
            }),
            "E-TLS-CERTIFICATE",
        ),
    ] {
        let server = FakeGlpi::https(&identity);
        assert_eq!(refused(trusting(&server, &authority, folder.path()), post()), code);
        assert_untold(&server);
        // The authorities of the system know it even less.
        let code = refused(transport(&server.url("/")), post());
        assert!(code.starts_with("E-TLS") || code == "E-SETTINGS", "{code}");
        assert_untold(&server);
    }
}

#[test]
fn tr_13_a_leaf_does_not_vouch_for_another() {
    let (authority, folder) = (Authority::new("Test CA"), tempfile::tempdir().unwrap());
    // Somebody has a certificate of a trusted authority for a host of theirs, and signs with its key.
    let theirs = authority.identity(&["evil.test"]);
    let mut subject = rcgen::CertificateParams::default();
    subject.distinguished_name = rcgen::DistinguishedName::new();
    subject.distinguished_name.push(rcgen::DnType::CommonName, "evil.test");
    let issuer = rcgen::Issuer::new(subject, rcgen::KeyPair::try_from(theirs.key.serialize_der()).unwrap());
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let forged = params.signed_by(&key, &issuer).unwrap();
    let mut identity = theirs.clone().followed_by(authority.certificate());
    identity.chain.insert(0, forged.der().clone());
    identity.key = Arc::new(key);
    let server = FakeGlpi::https(&identity);
    assert!(refused(trusting(&server, &authority, folder.path()), post()).starts_with("E-TLS"));
    assert_untold(&server);
}

#[test]
fn tr_13_twin_the_right_certificate_is_believed() {
    let (authority, folder) = (Authority::new("Test CA"), tempfile::tempdir().unwrap());
    let between = authority.intermediate("Between");
    for identity in [
        for_localhost(&authority),
        for_localhost(&authority).followed_by(authority.certificate()),
        between.identity(&["localhost"]).followed_by(between.certificate()),
    ] {
        let server = FakeGlpi::https(&identity);
        done(trusting(&server, &authority, folder.path()), post());
        assert_eq!(server.inventories(), [REPORT]);
        // A folder of files, as OpenSSL has it.
        let trust = Trust::Folder(folder.path().to_owned());
        done(Transport { trust, ..transport(&server.url("/")) }, post());
    }
}

#[test]
fn tr_13_twin_a_servers_own_certificate_is_believed_where_the_owner_named_it() {
    let folder = tempfile::tempdir().unwrap();
    let authority = |params: &mut rcgen::CertificateParams| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    };
    // As a leaf, and as `openssl req -x509` makes it.
    let file = folder.path().join("own.pem");
    for identity in [Identity::self_signed(&["localhost"], |_| {}), Identity::self_signed(&["localhost"], authority)] {
        std::fs::write(&file, identity.certificate_pem()).unwrap();
        let server = FakeGlpi::https(&identity);
        done(Transport { trust: Trust::File(file.clone()), ..transport(&server.url("/")) }, post());
    }
    // For its own name only, and not for ever.
    let wrong = Identity::self_signed(&["other.test"], authority);
    let late = Identity::self_signed(&["localhost"], |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    for (identity, code) in [(wrong, "E-TLS-NAME"), (late, "E-TLS-DATE")] {
        std::fs::write(&file, identity.certificate_pem()).unwrap();
        let server = FakeGlpi::https(&identity);
        assert_eq!(
            refused(Transport { trust: Trust::File(file.clone()), ..transport(&server.url("/")) }, post()),
            code
        );
        assert_untold(&server);
    }
}

#[test]
fn tr_13_twin_a_server_that_asks_who_we_are_is_answered() {
    let (authority, folder) = (Authority::new("Test CA"), tempfile::tempdir().unwrap());
    let server = FakeGlpi::https(&for_localhost(&authority).wants_clients_of(&authority));
    assert_eq!(refused(trusting(&server, &authority, folder.path()), post()), "E-TLS-CLIENT");
    let pem = Secret::new(authority.identity(&["agent.test"]).pem());
    let certificate = Some(ClientCertificate { source: "agent.pem".to_owned(), pem });
    done(Transport { certificate, ..trusting(&server, &authority, folder.path()) }, post());
}

#[test]
fn tr_14_a_pin_narrows_and_never_widens() {
    let (authority, folder) = (Authority::new("Test CA"), tempfile::tempdir().unwrap());
    let (right, other) = (for_localhost(&authority), for_localhost(&authority));
    let certificate = Pin::parse(&format!("sha256${}", Certificate::read(&right.chain[0]).unwrap().sha256)).unwrap();
    for pin in [key_of(&right), certificate] {
        let pinned = |server: &FakeGlpi| Transport { pins: vec![pin], ..trusting(server, &authority, folder.path()) };
        // Another certificate that an authority vouches for, alone and with the pinned one behind it.
        for identity in [other.clone(), other.clone().followed_by(right.chain[0].clone())] {
            let server = FakeGlpi::https(&identity);
            assert_eq!(refused(pinned(&server), post()), "E-TLS-PIN");
            assert_untold(&server);
        }
        // The pinned certificate, which nobody vouches for.
        let server = FakeGlpi::https(&right);
        let elsewhere = Authority::new("Another CA");
        let elsewhere = Trust::File(elsewhere.file(tempfile::tempdir().unwrap().keep().as_path()));
        assert_eq!(refused(Transport { trust: elsewhere, ..pinned(&server) }, post()), "E-TLS-ISSUER");
        // And for another host.
        let mut wrong = pinned(&server);
        wrong.url = wrong.url.replace("localhost", "localhost.");
        assert!(refused(wrong, post()).starts_with("E-"));
    }
    // A pin of the authority's key is none of the server's.
    let server = FakeGlpi::https(&right);
    let pin = Pin::parse(&Certificate::read(&authority.certificate()).unwrap().pin).unwrap();
    let pinned = Transport { pins: vec![pin], ..trusting(&server, &authority, folder.path()) };
    assert_eq!(refused(pinned, post()), "E-TLS-PIN");
    assert_untold(&server);
}

#[test]
fn tr_14_pins_alone_are_asked_for_by_name_and_never_empty() {
    let identity = Identity::self_signed(&["whoever.test"], |_| {});
    let server = FakeGlpi::https(&identity);
    let alone = |pins: Vec<Pin>| Transport { trust: Trust::PinsAlone, pins, ..transport(&server.url("/")) };
    assert_eq!(refused(alone(vec![]), post()), "E-TLS-PIN");
    let other = key_of(&Identity::self_signed(&["whoever.test"], |_| {}));
    assert_eq!(refused(alone(vec![other]), post()), "E-TLS-PIN");
    // Somebody without the key shows the pinned certificate.
    let mut thief = Identity::self_signed(&["whoever.test"], |_| {});
    thief.chain = identity.chain.clone();
    let stolen = FakeGlpi::https_with_anothers_key(&thief);
    let fooled = Transport { url: stolen.url("/"), ..alone(vec![key_of(&identity)]) };
    assert!(refused(fooled, post()).starts_with("E-TLS"));
    assert_eq!(stolen.requests().len(), 0);
    // Nor is a pin passed over where nothing else is checked.
    let unchecked = Transport { trust: Trust::Unchecked, ..alone(vec![other]) };
    assert_eq!(refused(unchecked, post()), "E-TLS-PIN");
    assert_untold(&server);
}

#[test]
fn tr_14_twin_the_pinned_server_is_believed() {
    let (authority, folder) = (Authority::new("Test CA"), tempfile::tempdir().unwrap());
    let (identity, other) = (for_localhost(&authority), for_localhost(&authority));
    let server = FakeGlpi::https(&identity);
    // One of several is enough: keys are exchanged.
    let pins = vec![key_of(&other), key_of(&identity)];
    done(Transport { pins, ..trusting(&server, &authority, folder.path()) }, post());
    let alone = Identity::self_signed(&["whoever.test"], |_| {});
    let server = FakeGlpi::https(&alone);
    let pins = vec![key_of(&alone)];
    done(Transport { trust: Trust::PinsAlone, pins, ..transport(&server.url("/")) }, post());
    done(Transport { trust: Trust::Unchecked, ..transport(&server.url("/")) }, post());
}

/// A server that answers a ClientHello with these bytes.
fn answering(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut hello = [0; 4096];
            let _ = stream.read(&mut hello);
            let _ = stream.write_all(bytes);
        }
    });
    address
}

#[test]
fn tr_15_old_versions_of_tls_and_empty_ciphers_are_refused() {
    // A ServerHello of TLS 1.0: version 3.1, 32 bytes at random, no session, the cipher TLS_RSA_WITH_AES_128_CBC_SHA.
    const TLS10: &[u8] = b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01\
        0123456789abcdef0123456789abcdef\x00\x00\x2f\x00";
    // One of TLS 1.2 with TLS_RSA_WITH_NULL_SHA, and one with an export cipher.
    const NULL: &[u8] = b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03\
        0123456789abcdef0123456789abcdef\x00\x00\x02\x00";
    const EXPORT: &[u8] = b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03\
        0123456789abcdef0123456789abcdef\x00\x00\x03\x00";
    // The alerts protocol_version and handshake_failure, and no TLS at all.
    for (bytes, codes) in [
        (TLS10, &["E-TLS-VERSION"][..]),
        (b"\x15\x03\x01\x00\x02\x02\x46", &["E-TLS-VERSION"]),
        (b"\x15\x03\x03\x00\x02\x02\x28", &["E-TLS-VERSION"]),
        (NULL, &["E-TLS-VERSION", "E-TLS"]),
        (EXPORT, &["E-TLS-VERSION", "E-TLS"]),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", &["E-TLS-NONE"]),
    ] {
        let authority = Authority::new("Test CA");
        let folder = tempfile::tempdir().unwrap();
        let mut transport = transport(&format!("https://localhost:{}/", answering(bytes).port()));
        transport.trust = Trust::File(authority.file(folder.path()));
        let code = refused(transport, post());
        assert!(codes.contains(&code), "{code}: {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn tr_15_twin_tls_1_2_and_1_3_are_spoken() {
    let (server, authority, folder) = https();
    done(trusting(&server, &authority, folder.path()), post());
    let old = FakeGlpi::https(&for_localhost(&authority).only_tls12());
    done(trusting(&old, &authority, folder.path()), post());
}

/// A proxy that leads wherever it is asked to `to`, and all that it heard.
pub(super) fn tunnel(to: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).is_ok_and(|count| count == 1) {
                head.push(byte[0]);
            }
            kept.lock().unwrap().extend_from_slice(&head);
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
            let server = TcpStream::connect(to).unwrap();
            let (mut back, mut forth) = (server.try_clone().unwrap(), server);
            let mut down = client.try_clone().unwrap();
            std::thread::spawn(move || std::io::copy(&mut back, &mut down));
            let mut part = [0; 4096];
            while let Ok(count @ 1..) = client.read(&mut part) {
                kept.lock().unwrap().extend_from_slice(&part[..count]);
                if forth.write_all(&part[..count]).is_err() {
                    break;
                }
            }
        }
    });
    (address, heard)
}
