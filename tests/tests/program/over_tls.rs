//! A component from a server that speaks TLS: whose certificate the machine trusts, and whose it does not.

use airlock_tests::fakeglpi::Authority;
use airlock_tests::program::{Airlock, Output, run};
use airlock_tests::site::{Page, Site};
use airlock_tests::strangers::{FACTS, Publisher, Release, component};
use std::fs;

/// An owner who trusts the publisher acme, and what acme publishes.
struct Scene {
    airlock: Airlock,
    publisher: Publisher,
    authority: Authority,
}

impl Scene {
    fn new() -> Self {
        let authority = Authority::new("An authority of a test");
        let scene = Self { airlock: Airlock::new(), publisher: Publisher::new(), authority };
        scene.publisher.key(&scene.airlock, "acme");
        scene.airlock.trust(&scene.publisher, "acme", "acme", "acme-*");
        scene.authority.file(&scene.publisher.path(""));
        scene
    }

    fn serve(&self, site: &Site) {
        let good = component(&[FACTS], "1");
        let folder = self.publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("/{}", path.file_name().unwrap().to_str().unwrap());
            site.put(&name, Page::Bytes(fs::read(path).unwrap()));
        }
    }

    /// On a machine that trusts the authorities of this file, and no others.
    fn install(&self, site: &Site, trusted: &str) -> Output {
        let mut command = self.airlock.command(&["task", "install", "--loopback", &site.url("/task.wasm")]);
        command.env("SSL_CERT_FILE", self.publisher.path(trusted)).env_remove("SSL_CERT_DIR");
        run(command)
    }
}

#[test]
fn a_component_comes_from_a_server_whose_authority_is_trusted() {
    let scene = Scene::new();
    let site = Site::with_tls(&scene.authority.identity(&["127.0.0.1"]));
    scene.serve(&site);
    assert!(site.url("/").starts_with("https://"));
    let output = scene.install(&site, "ca.pem");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(scene.airlock.installed(), [("acme-check".to_owned(), "1.0.0".to_owned())]);
}

#[test]
fn a_server_of_an_unknown_authority_is_refused_with_what_to_do() {
    let scene = Scene::new();
    fs::create_dir(scene.publisher.path("other")).unwrap();
    Authority::new("Another authority").file(&scene.publisher.path("other"));
    fs::write(scene.publisher.path("none.pem"), "").unwrap();
    let site = Site::with_tls(&scene.authority.identity(&["127.0.0.1"]));
    scene.serve(&site);
    for trusted in ["other/ca.pem", "none.pem"] {
        let output = scene.install(&site, trusted);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = &output.stderr;
        assert!(
            said.contains("not trusted by this machine") && said.contains("update-ca-certificates"),
            "{trusted}: {said}"
        );
    }
    // A certificate for somebody else is no certificate.
    let site = Site::with_tls(&scene.authority.identity(&["repo.acme.test"]));
    scene.serve(&site);
    let output = scene.install(&site, "ca.pem");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stderr.contains("not valid for name"), "{}", output.stderr);
    assert_eq!(site.asked(), Vec::<String>::new(), "nothing was asked for");
    assert_eq!(scene.airlock.installed(), []);
}
