//! Where a job's files come from over TLS: whose word is taken for who a mirror is. With real sockets in a network of the
//! test's own, for no job reaches this machine's own addresses.

use airlock_tests::fakeglpi::{Authority, FakeGlpi, Package};
use airlock_tests::managed::Managed;
use airlock_tests::namespace::{elsewhere, in_namespace};
use serde_json::{Value, json};
use std::fs;

const SERVER: &str = "203.0.113.5";
const TOOL: &[u8] = b"what the tool is";

/// Its server wants to see who asks; both are named by the owner, and what its key is.
fn managed(grants: &str) -> Managed {
    elsewhere(SERVER);
    let authority = Authority::new("An authority of a test");
    let clients = Authority::new("An authority of clients");
    let identity = authority.identity(&[SERVER]).wants_clients_of(&clients);
    let server = FakeGlpi::on(&format!("{SERVER}:8443"), Some(&identity));
    let managed = Managed::of(server, authority, "");
    let client = managed.agent.confdir.path().join("client.pem");
    fs::write(&client, clients.identity(&["machine"]).pem()).unwrap();
    fs::set_permissions(&client, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let auth = format!(
        "auth = {{ kind = \"mtls\", credential = \"client\" }}\n[credential.client]\nsource = \"file:{}\"\n\
         use_for = [\"{}\"]\n",
        client.display(),
        managed.server.url("")
    );
    managed.grants_with(&auth, grants);
    managed
}

fn grants(origins: &[&str]) -> String {
    format!(
        "[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"pkg.fetch\"\norigins = {}\nmax_bytes = 1_000_000\n\
         [[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"files.write\"\npaths = [\"{{folder}}/**\"]\n",
        json!(origins)
    )
}

fn tool(managed: &Managed, uuid: &str, bytes: &[u8]) -> Package {
    let copy: Value = json!({"copy": {"from": "tool.bin", "to": managed.text("tool.bin")}});
    Package::new(uuid).file("tool.bin", bytes).action(copy)
}

#[test]
fn a_server_serves_its_own_parts_as_it_is_believed_itself() {
    in_namespace("mirrors::a_server_serves_its_own_parts_as_it_is_believed_itself", &[], || {
        let managed = managed(&grants(&["https://203.0.113.5:8443"]));
        managed.server.deploys(&tool(&managed, "6b02e835e4c90", TOOL));
        let told = managed.round();
        let lines = managed.server.told();
        assert_eq!(fs::read(managed.path("tool.bin")).ok().as_deref(), Some(TOOL), "{told} {lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"), "{lines:?}");
    });
}

#[test]
fn another_mirror_is_believed_by_the_authorities_alone_and_never_sees_who_asks() {
    let name = "mirrors::another_mirror_is_believed_by_the_authorities_alone_and_never_sees_who_asks";
    in_namespace(name, &[], || {
        let others = ["203.0.113.6", "203.0.113.7", "203.0.113.8"];
        others.iter().for_each(|address| elsewhere(address));
        let origins = others.map(|address| format!("https://{address}:8443"));
        let managed = managed(&grants(&origins.each_ref().map(String::as_str)));
        let stranger = Authority::new("Nobody's authority");
        let clients = Authority::new("Whoever asks");
        let identities = [
            // One that the authority vouches for whom the owner named, one that nobody does, one that asks who it is.
            managed.authority.identity(&[others[0]]),
            stranger.identity(&[others[1]]),
            managed.authority.identity(&[others[2]]).wants_clients_of(&clients),
        ];
        for (number, (address, identity)) in others.iter().zip(&identities).enumerate() {
            let mirror = FakeGlpi::on(&format!("{address}:8443"), Some(identity));
            let package = tool(&managed, &format!("6b02e835e4c9{number}"), address.as_bytes());
            mirror.stocks(&package);
            managed.server.deploys(&package.from_mirror(&mirror.mirror()));
            let before = managed.server.told().len();
            let told = managed.round();
            let lines = managed.server.told().split_off(before);
            let came = fs::remove_file(managed.path("tool.bin")).is_ok();
            assert_eq!(came, number == 0, "{address}: {told} {lines:?}");
            assert_eq!(mirror.requests().len(), usize::from(number == 0), "{address}: {lines:?}");
        }
    });
}
