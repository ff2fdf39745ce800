//! Discovery of a network of dead addresses, as a server's job under a grant's packet rate: how long it takes beside what the
//! rate allows, and what memory it takes at its begin, in its middle and at its end.
//!
//! The network is behind a gateway that throws everything away, as most networks are that are not one's own: a kernel asks
//! nobody who has these addresses. Packets are counted where they leave.

use super::site;
use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The first address of all: in a private network (RFC 1918).
const FIRST: [u8; 4] = [10, 64, 0, 0];
const EVERY: Duration = Duration::from_millis(500);

#[derive(Serialize)]
pub(super) struct Figures {
    addresses: u32,
    /// As granted, in one second.
    pps: u32,
    /// That left this machine.
    packets: u64,
    wall_s: f64,
    /// That the rate counts: each way of asking an address, whether a packet goes there or elsewhere.
    asks: u64,
    /// What so many take at that rate.
    least_s: f64,
    cpu_s: f64,
    /// Resident memory in MiB: a tenth of the way in, in the middle, at the end; and the most at any time.
    begin_mib: f64,
    middle_mib: f64,
    end_mib: f64,
    peak_mib: f64,
}

struct Sample {
    rss_kib: u64,
    peak_kib: u64,
    packets: u64,
    cpu_ticks: u64,
}

/// In a network namespace of this program's own.
pub(super) fn run(airlock: &Path, prefix: u8, pps: u32) -> Result<Figures> {
    let addresses = 1_u32 << (32 - u32::from(prefix));
    network(prefix)?;
    let folder = tempfile::tempdir()?;
    let origin = serve(&job(addresses))?;
    let at = |name: &str| folder.path().join(name);
    fs::write(at("airlock.toml"), format!("[[server]]\nname = \"bench\"\nurl = \"{origin}/front/inventory.php\"\n"))?;
    fs::write(at("policy.toml"), policy(&origin, prefix, pps))?;
    let log = fs::File::create(at("said"))?;
    let command = |words: &[&str]| {
        let mut command = Command::new(airlock);
        command.arg("--confdir").arg(folder.path()).arg("--vardir").arg(at("state"));
        command.arg("--policy").arg(at("policy.toml")).args(words).stdin(Stdio::null());
        command
    };
    // So that the task is compiled.
    command(&["netdiscovery", "--host", "127.0.0.1", "--timeout", "1"]).output()?;
    let mut command = command(&["run"]);
    command.stdout(log.try_clone()?).stderr(log);
    let began = Instant::now();
    let mut child = command.spawn().with_context(|| airlock.display().to_string())?;
    let samples = samples(&mut child);
    let wall = began.elapsed();
    let status = child.wait()?;
    let said = fs::read_to_string(at("said"))?;
    ensure!(status.success(), "it failed ({status}): {said}");
    let of = |tenths: usize| samples.get((samples.len() * tenths / 10).min(samples.len().saturating_sub(1)));
    let (Some(begin), Some(middle), Some(end)) = (of(1), of(5), of(10)) else { bail!("it ended at once: {said}") };
    ensure!(end.packets > u64::from(addresses), "only {} packets for {addresses} addresses: {said}", end.packets);
    let resolver = fs::read_to_string("/etc/resolv.conf").is_ok_and(|text| text.contains("nameserver "));
    // By SNMP, two ways of ICMP, the table of neighbours, NetBIOS; a name, where there is who knows names.
    let asks = u64::from(addresses) * (5 + u64::from(resolver));
    let peak = samples.iter().map(|sample| sample.peak_kib).max().unwrap_or(0);
    Ok(Figures {
        addresses,
        pps,
        packets: end.packets,
        wall_s: wall.as_secs_f64(),
        asks,
        least_s: float(asks) / f64::from(pps),
        cpu_s: float(end.cpu_ticks) / 100.0,
        begin_mib: float(begin.rss_kib) / 1024.0,
        middle_mib: float(middle.rss_kib) / 1024.0,
        end_mib: float(end.rss_kib) / 1024.0,
        peak_mib: float(peak) / 1024.0,
    })
}

impl Figures {
    pub(super) fn table(&self) -> String {
        let Self { addresses, pps, packets, wall_s, asks, least_s, cpu_s, begin_mib, middle_mib, end_mib, peak_mib } =
            self;
        format!(
            "{addresses} dead addresses, {pps} packets a second granted\n\
             {asks} questions in {wall_s:.1} s; at that rate they take {least_s:.1} s; {cpu_s:.1} s of processor time\n\
             {packets} packets left this machine\n\
             memory: {begin_mib:.1} MiB at first, {middle_mib:.1} in the middle, {end_mib:.1} at the end, {peak_mib:.1} at most\n"
        )
    }
}

fn float(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// Everything to these addresses leaves by an interface behind which nothing is.
fn network(prefix: u8) -> Result<()> {
    let [a, b, c, d] = FIRST;
    let net = format!("{a}.{b}.{c}.{d}/{prefix}");
    let gateway = "198.51.100.254";
    site::ip(&["link", "add", "near", "type", "veth", "peer", "name", "far"])?;
    site::ip(&["addr", "add", "198.51.100.1/24", "dev", "near"])?;
    site::ip(&["link", "set", "near", "up"])?;
    site::ip(&["link", "set", "far", "up"])?;
    // A hardware address that the other end does not have.
    site::ip(&["neigh", "add", gateway, "lladdr", "02:00:00:00:00:fe", "dev", "near"])?;
    site::ip(&["route", "add", &net, "via", gateway, "dev", "near"])
}

fn job(addresses: u32) -> String {
    let first = u32::from_be_bytes(FIRST);
    let of = |number: u32| std::net::Ipv4Addr::from(number).to_string();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE><OPTION>\
         <NAME>NETDISCOVERY</NAME><PARAM PID=\"1\" THREADS_DISCOVERY=\"64\" TIMEOUT=\"1\"/>\
         <RANGEIP ID=\"1\" IPSTART=\"{}\" IPEND=\"{}\" ENTITY=\"0\"/>\
         <AUTHENTICATION><ID>1</ID><VERSION>2c</VERSION><COMMUNITY>public</COMMUNITY></AUTHENTICATION></OPTION></REPLY>",
        of(first),
        of(first | (addresses - 1))
    )
}

fn policy(origin: &str, prefix: u8, pps: u32) -> String {
    let [a, b, c, d] = FIRST;
    let grant = "[[grant]]\nserver = [\"bench\"]\ntask = [\"netdiscovery\"]\n";
    let net = format!("cidr = [\"{a}.{b}.{c}.{d}/{prefix}\"]\n");
    format!(
        "policy_version = 1\n[server.bench]\norigin = \"{origin}\"\n[server.bench.limits]\nnet_pps = {pps}\n\
         {grant}verb = \"report.send\"\n{grant}verb = \"net.probe\"\n{net}\
         {grant}verb = \"snmp.read\"\n{net}allow_server_credentials = true\n"
    )
}

/// A server that has one job, and thanks for everything else.
fn serve(job: &str) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("http://{}", listener.local_addr()?);
    let job = job.to_owned();
    thread::spawn(move || {
        let mut next = Some(job);
        for stream in listener.incoming().flatten() {
            let text = next.take().unwrap_or_else(|| "<?xml version=\"1.0\"?>\n<REPLY></REPLY>".to_owned());
            // Who hangs up comes again.
            drop(answer(stream, &text));
        }
    });
    Ok(origin)
}

fn answer(mut stream: TcpStream, text: &str) -> Result<()> {
    let (mut request, mut some) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut some)?;
        request.extend_from_slice(some.get(..count).unwrap_or_default());
        let head = request.windows(4).position(|end| end == b"\r\n\r\n");
        let whole = head.is_some_and(|end| {
            let head = String::from_utf8_lossy(request.get(..end).unwrap_or_default()).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            request.len() >= end + 4 + length.unwrap_or(0_usize)
        });
        if whole || count == 0 {
            break;
        }
    }
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )?;
    Ok(())
}

/// Until it ends.
fn samples(child: &mut Child) -> Vec<Sample> {
    let mut all = Vec::new();
    loop {
        if let Some(sample) = sample(child.id()).filter(|sample| sample.rss_kib > 0) {
            all.push(sample);
        }
        if !matches!(child.try_wait(), Ok(None)) {
            return all;
        }
        thread::sleep(EVERY);
    }
}

fn sample(process: u32) -> Option<Sample> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kib = |key: &str| -> Option<u64> {
        status.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
    };
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let ticks = stat.rsplit(')').next()?.split_whitespace();
    let cpu_ticks = ticks.skip(11).take(2).filter_map(|number| number.parse::<u64>().ok()).sum();
    // Bytes, packets … received, then the same of what was sent (proc_net_dev(5)).
    let interfaces = fs::read_to_string("/proc/self/net/dev").ok()?;
    let near = interfaces.lines().find_map(|line| line.trim().strip_prefix("near:"))?;
    let packets = near.split_whitespace().nth(9)?.parse().ok()?;
    Some(Sample { rss_kib: kib("VmRSS:")?, peak_kib: kib("VmHWM:")?, packets, cpu_ticks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_network_is_asked_for_and_granted() {
        assert!(job(1 << 16).contains("IPSTART=\"10.64.0.0\" IPEND=\"10.64.255.255\""));
        assert!(policy("http://127.0.0.1:80", 16, 200).contains("cidr = [\"10.64.0.0/16\"]"));
    }
}
