//! The two roads of an attack: a real machine (a folder of its own, real files, real processes) and a mock of the same one.
//! What is decided has to be the same on both.

use crate::policies;
use crate::ports::{Given, Keeper};
use crate::rig::Setup;
use airlock_gate::mock::Mock;
use airlock_gate::{Asker, Limits};
use airlock_native::{MachineDeploy, MachineFiles, MachineHttp, MachineProcess, OwnFiles};
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

/// What is nobody's business.
pub const CANARY: &str = "canary-7d3f9a";

/// A machine with a folder `acme` that is granted, what lies beside it, and files of the agent's own.
pub struct Road {
    pub name: &'static str,
    /// The folder that all of it is in.
    pub base: String,
    files: Option<tempfile::TempDir>,
    mock: Option<Arc<Mock>>,
}

impl Road {
    pub fn both() -> [Road; 2] {
        [Road::live(), Road::mock("")]
    }

    pub fn live() -> Road {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        for folder in ["acme/sub", "acme2", "secret", "own"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        fs::write(at("acme/a.txt"), "hello").unwrap();
        for file in ["acme2/x", "secret/shadow", "own/key"] {
            fs::write(at(file), CANARY).unwrap();
        }
        symlink("../secret", at("acme/out")).unwrap();
        symlink("../secret/shadow", at("acme/link")).unwrap();
        symlink("/proc/self/root", at("acme/magic")).unwrap();
        fs::hard_link(at("own/key"), at("acme/key")).unwrap();
        fs::hard_link(at("secret/shadow"), at("acme/twin")).unwrap();
        let base = dir.path().to_str().unwrap().to_owned();
        Road { name: "live", base, files: Some(dir), mock: None }
    }

    /// The same, with more of a machine.
    pub fn mock(more: &str) -> Road {
        let mut text = String::from("mock_version = 1\n");
        let top = more.find("\n[").map_or(more, |at| &more[..at]);
        let tables = &more[top.len()..];
        text += top;
        text += "\n[own]\npaths = [\"/opt/own\"]\n[files]\n";
        for (path, what) in [
            ("acme/a.txt", "text = \"hello\"".to_owned()),
            ("acme/sub", "folder = true".to_owned()),
            ("acme2/x", format!("text = \"{CANARY}\"")),
            ("secret/shadow", format!("text = \"{CANARY}\"")),
            ("own/key", format!("text = \"{CANARY}\"")),
            ("acme/out", "link = \"../secret\"".to_owned()),
            ("acme/link", "link = \"../secret/shadow\"".to_owned()),
            ("acme/magic", "link = \"/\"".to_owned()),
            ("acme/key", "same_as = \"/opt/own/key\"".to_owned()),
            ("acme/twin", "same_as = \"/opt/secret/shadow\"".to_owned()),
        ] {
            text += &format!("\"/opt/{path}\" = {{ {what} }}\n");
        }
        text += tables;
        let mock = Mock::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        Road { name: "mock", base: "/opt".to_owned(), files: None, mock: Some(Arc::new(mock)) }
    }

    /// A path on this road; `BASE` in a text stands for it.
    pub fn here(&self, text: &str) -> String {
        text.replace("BASE", &self.base)
    }

    pub fn setup(&self, policy: &str) -> Setup {
        self.setup_for(&policies::asker("hq", "hostile"), policy)
    }

    pub fn setup_for(&self, asker: &Asker, policy: &str) -> Setup {
        let policy = policies::policy_for(asker, &self.here(policy));
        let setup = Setup { policy, limits: Limits::default(), ..Setup::default() };
        match &self.mock {
            Some(mock) => {
                let native = mock.native(Arc::new(Keeper::default()));
                let deploy = native.deploy;
                Setup {
                    deploy,
                    files: native.files,
                    http: native.http,
                    process: native.process,
                    snmp: native.snmp,
                    ..setup
                }
            }
            None => {
                let own = Arc::new(OwnFiles::new(vec![format!("{}/own", self.base).into()]));
                let state = format!("{}/own/deploy", self.base);
                Setup {
                    deploy: Arc::new(MachineDeploy::new(Arc::clone(&own), state.into())),
                    facts: Arc::new(Given::machine()),
                    files: Arc::new(MachineFiles::new(Arc::clone(&own))),
                    process: Arc::new(MachineProcess::new(own)),
                    http: Arc::new(MachineHttp::default()),
                    ..setup
                }
            }
        }
    }

    /// Nothing but `acme` has changed.
    pub fn assert_untouched(&self) {
        if let Some(dir) = &self.files {
            for file in ["acme2/x", "secret/shadow", "own/key"] {
                assert_eq!(fs::read_to_string(dir.path().join(file)).unwrap(), CANARY, "{file}");
            }
            let mut names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
            names.sort_unstable();
            assert_eq!(names, ["acme", "acme2", "own", "secret"]);
        }
        if let Some(mock) = &self.mock {
            let outside: Vec<_> = mock.changes().into_iter().filter(|what| !what.contains("/opt/acme/")).collect();
            assert!(outside.is_empty(), "{outside:?}");
        }
    }
}
