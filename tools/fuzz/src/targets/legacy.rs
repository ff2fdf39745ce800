//! What other agents of the family leave on a machine.

use super::Target;
use airlock_protocol::legacy::{decode, directives, identity};

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "legacy/agent_cfg",
        run: |bytes| drop(directives(&decode(bytes))),
        seeds: &[
            b"# an agent\nserver = http://a/,https://b/\ntag = 'x # y' # z\n  debug=1\ninclude \"conf.d/\"\ninclude = b.cfg\nnot one\n",
        ],
    },
    Target {
        name: "legacy/storable",
        run: |bytes| drop(identity(bytes)),
        seeds: &[
            b"pst0\x04\x0b\x0812345678\x04\x08\x08\x08\x03\x03\0\0\0\x0a\x04ab-1\x08\0\0\0deviceid\x0a\x10gE#\x01\xab\x89\x11\xef\x80\0\x01\x02\x03\x04\x05\x06\x07\0\0\0agentid\x04\x03\x01\0\0\0\x02\x01\0\0\0\x05\x01\0\0\0a\x01\0\0\0b",
            b"pst0\x05\x0b\x03\0\0\0\x01\x0a\x04ab-1\0\0\0\x08deviceid",
        ],
    },
];
