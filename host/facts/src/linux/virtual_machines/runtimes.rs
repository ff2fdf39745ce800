//! The runtimes of Kubernetes, containerd and CRI-O, through `crictl`.

use crate::Scan;
use crate::output::crictl;
use crate::output::virtual_machine::VirtualMachine;

const SOCKETS: [(&str, &str); 3] = [
    ("/run/crio/crio.sock", "cri-o"),
    ("/run/k3s/containerd/containerd.sock", "containerd"),
    ("/run/containerd/containerd.sock", "containerd"),
];

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    let Some((socket, kind)) = SOCKETS.into_iter().find(|(socket, _)| scan.roots().exists(socket)) else { return };
    // Docker has a containerd of its own, and whoever has no Kubernetes has no crictl.
    if !scan.has_tool("crictl") {
        return;
    }
    let endpoint = format!("unix://{socket}");
    if let Some(text) = scan.output("crictl", &["--runtime-endpoint", &endpoint, "ps", "-a", "-o", "json"]) {
        found.extend(crictl::containers(&text, kind));
    }
}
