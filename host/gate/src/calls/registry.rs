//! Calls by their names: for whoever has a call as data (a recording, an audit record) and wants to know what it is.

use super::{
    Answer, Asked, DeployAssemble, DeployCopy, DeployFetch, DeployFromPeers, DeployHas, DeployHash, DeployInstall,
    DeployList, DeployMkdir, DeployPackage, DeployPeers, DeployRecognise, DeployRemove, DeployResolve, DeployRun,
    DeploySpace, DeployStat, DeployTree, DeployUnpack, Emit, FactsExpect, FactsRead, FactsSections, FileHash, FileList,
    FileMkdir, FileRead, FileRemove, FileStat, FileWrite, FindFiles, HashBelow, HttpResolve, HttpSend, Log, Now,
    ProbeLacking, ProbeReach, ProcessRun, Progress, PromptAsk, Random, RegistryRead, SnmpGet, SnmpOpen, SnmpWalk,
    SysobjectFind, Tell, WakeSend, WmiRead,
};
use crate::{Ask, HostCall};
use serde_json::Value;

/// Something that can be done with every kind of call.
pub(crate) trait Visitor {
    type Output;

    fn visit<C: HostCall>(self) -> Self::Output;
}

macro_rules! registry {
    ($($call:ident)*) => {
        /// The names of all calls.
        pub const NAMES: &[&str] = &[$($call::NAME,)*];

        /// Visits the kind of call that has this name.
        pub(crate) fn by_name<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
            match name {
                $($call::NAME => Some(visitor.visit::<$call>()),)*
                _ => None,
            }
        }
    };
}

registry! {
    FactsSections FactsExpect FactsRead
    DeployHas DeployResolve DeployFetch DeployPeers DeployFromPeers DeployAssemble DeployUnpack DeployPackage DeployInstall
    DeployStat DeployList DeployHash DeploySpace DeployTree DeployCopy DeployMkdir DeployRemove
    DeployRecognise DeployRun
    FileStat FileList FileRead FileHash FileWrite FileMkdir FileRemove
    FindFiles HashBelow RegistryRead WmiRead
    HttpResolve HttpSend
    ProbeReach ProbeLacking
    ProcessRun
    PromptAsk
    SnmpOpen SnmpGet SnmpWalk
    SysobjectFind
    WakeSend
    Log Progress Emit Now Random
    Tell Answer Asked
}

/// What a call that was kept as data asks of a policy; none when there is no such call, or it makes no sense.
pub fn ask_of(name: &str, call: &Value) -> Option<Ask> {
    struct Asks<'a>(&'a Value);
    impl Visitor for Asks<'_> {
        type Output = Option<Ask>;

        fn visit<C: HostCall>(self) -> Option<Ask> {
            serde_json::from_value::<C>(self.0.clone()).ok()?.ask().ok()
        }
    }
    by_name(name, Asks(call)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verb;
    use serde_json::json;

    #[test]
    fn no_name_stands_for_two_calls() {
        for (at, name) in NAMES.iter().enumerate() {
            assert!(!NAMES[..at].contains(name), "{name}");
        }
    }

    #[test]
    fn a_call_as_data_asks_what_the_call_asks() {
        let ask = ask_of("files.read", &json!({"path": "/etc/hosts", "offset": 0, "length": 9})).unwrap();
        assert_eq!((ask.verb, ask.path.as_deref(), ask.bytes), (Some(Verb::FilesRead), Some("/etc/hosts"), Some(9)));
        for (name, call) in [
            ("no.such", json!({})),
            ("files.read", json!({"path": 7})),
            ("files.read", json!({"path": "/x", "offset": -1, "length": 9})),
        ] {
            assert_eq!(ask_of(name, &call), None, "{name} {call}");
        }
    }
}
