//! Why a call was not let through, as the codes that the audit, the explanations and the tests of policies use.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal;)*) => {
        /// A code of a refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Code {
            $(#[serde(rename = $name)] $variant,)*
        }

        impl Code {
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// In words for people.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    NoGrant "NO_GRANT" "no grant of the policy covers the call";
    Forbidden "FORBIDDEN" "a rule of the policy forbids the call";
    ForbidError "FORBID_ERROR" "a rule that forbids cannot be evaluated for this call, so it holds";
    NoPolicy "NO_POLICY" "there is no policy that loads";
    UnsafePolicy "UNSAFE_POLICY" "somebody else could have written the policy, so nothing is changed under it";
    UnknownServer "UNKNOWN_SERVER" "the policy does not know the server";
    UnknownTask "UNKNOWN_TASK" "the task is neither one of the program's own nor signed by a publisher of the policy";
    ArgType "ARG_TYPE" "an argument of a command does not have the type that its template asks for";
    Loopback "LOOPBACK" "the machine itself, through its loopback addresses, is never reached";
    LinkLocal "LINK_LOCAL" "link-local addresses (and with them cloud metadata) are never reached";
    Multicast "MULTICAST" "multicast addresses are never reached";
    Broadcast "BROADCAST" "broadcast addresses are never reached";
    Unspecified "UNSPECIFIED" "an unspecified address is never reached";
    OwnAddress "OWN_ADDRESS" "the machine's own addresses are never reached";
    AgentPath "AGENT_PATH" "the agent's own program, configuration, policy, state, keys and audit are never touched";
    Link "LINK" "a link on the way: the path would lead somewhere else than it says";
    BadArgument "BAD_ARGUMENT" "an argument makes no sense, so no rule was asked";
    BadName "BAD_NAME" "not the name of one thing: empty, dots, separators or control characters";
    DevicePath "DEVICE_PATH" "network paths and devices are never opened";
    Environment "ENVIRONMENT" "variables that change what a program loads are never set";
    Archive "ARCHIVE" "an archive with other things than plain files and folders below one folder, or with too much: refused as a whole";
    Unsigned "UNSIGNED" "a package is not signed by enough of its publisher's keys, not for its name, not for these bytes, or no more";
    Rollback "ROLLBACK" "older than what was installed before, or than the policy takes";
    SecretHive "SECRET_HIVE" "the registry's stores of secrets are never read";
    NoTls "NO_TLS" "the server's identity is not proven by TLS, so nothing may be changed for it";
    CredentialBinding "CREDENTIAL_BINDING" "the credential is bound to other targets";
    Window "WINDOW" "granted, but not at this time";
    Rate "RATE" "granted, but not so often";
    Quota "QUOTA" "granted, but the allowance is spent";
    Replayed "REPLAYED" "the job ran before, and is not repeatable";
    Approval "APPROVAL" "granted, once a person here has approved it";
    NotApproved "NOT_APPROVED" "granted if a person here approves it: one refused it, or nobody could be asked";
    Killed "KILLED" "stopped by the owner (airlock stop)";
    AuditUnavailable "AUDIT_UNAVAILABLE" "the audit log cannot be written";
    WouldAllow "WOULD_ALLOW" "a dry run: it would have been done";
}

impl Code {
    pub fn by_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
