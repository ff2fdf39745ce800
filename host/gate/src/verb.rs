//! The verbs of the policy language, version 1, and what each does to the world. Few, typed and narrow: there is no verb
//! for any program, any variable of the environment, any socket.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a call does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Belongs to the run itself: its log, its clock, its report. Counted, not recorded one by one.
    Run,
    /// Looks at the machine.
    Read,
    /// Sends packets and reads what comes back.
    Network,
    /// Changes the machine.
    Change,
    /// Asks a person.
    Ask,
    /// Sends what was found to a server.
    Send,
}

impl Effect {
    /// Changes are what the floor refuses to servers without a proven identity, what needs the audit, and what the kill
    /// switch stops first.
    pub fn is_mutating(self) -> bool {
        self == Effect::Change
    }
}

macro_rules! verbs {
    ($($variant:ident $name:literal $effect:ident $meaning:literal;)*) => {
        /// A verb of the policy language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Verb {
            $(#[serde(rename = $name)] $variant,)*
        }

        impl Verb {
            /// All of them, in the order of the language's description.
            pub const ALL: &[Verb] = &[$(Verb::$variant,)*];

            /// As it is written in a policy.
            pub fn name(self) -> &'static str {
                match self { $(Verb::$variant => $name,)* }
            }

            pub fn effect(self) -> Effect {
                match self { $(Verb::$variant => Effect::$effect,)* }
            }

            /// In words for people.
            pub fn meaning(self) -> &'static str {
                match self { $(Verb::$variant => $meaning,)* }
            }
        }
    };
}

verbs! {
    InventoryRead "inventory.read" Read "read facts about this machine";
    FilesStat "files.stat" Read "see that a file is there, its size and its time";
    FilesFind "files.find" Read "list folders";
    FilesRead "files.read" Read "read files";
    FilesHash "files.hash" Read "compute digests of files";
    RegistryRead "registry.read" Read "read the Windows registry";
    WmiRead "wmi.read" Read "ask WMI";
    NetProbe "net.probe" Network "see whether something answers at an address";
    SnmpRead "snmp.read" Network "read a device by SNMP";
    EsxRead "esx.read" Network "read a VMware host";
    RemoteRead "remote.read" Network "read another machine";
    WolSend "wol.send" Network "wake a machine up";
    HttpFetch "http.fetch" Network "send HTTP requests";
    PkgFetch "pkg.fetch" Network "download packages";
    FilesWrite "files.write" Change "write files";
    FilesDelete "files.delete" Change "delete files";
    FilesMkdir "files.mkdir" Change "make folders";
    PkgInstall "pkg.install" Change "install packages";
    ExecTemplate "exec.template" Change "run a command that the policy spells out";
    UiAsk "ui.ask" Ask "ask the person at the machine";
    ReportSend "report.send" Send "send reports to its server";
    P2pFetch "p2p.fetch" Network "download parts from neighbours";
    P2pServe "p2p.serve" Network "give parts to neighbours";
}

impl Verb {
    pub fn by_name(name: &str) -> Option<Verb> {
        Verb::ALL.iter().copied().find(|verb| verb.name() == name)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
