# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux kernel as home agent: it takes what `dsmipgen send` tunnels to it, and answers in kind.

Debian's user-mode-linux runs as a process on a tap interface in a network namespace of the test's own. Its
kernel has sit, ipip and gre tunnels to three mobile nodes (uml/init), which register and then ping a
correspondent behind it (uml/*.yaml).

Then `dsmipgen run` tests a home agent of two halves: `dsmipgen respond` answers registrations and forwards nothing, the
kernel has the tunnels. Both are at the same addresses, on a bridge that sends everything everywhere.
"""

import contextlib
import os
import re
import select
import shutil
import signal
import stat
import struct
import subprocess
import time
from pathlib import Path

import pytest
from scapy.utils import rdpcap

import dsmipgen
from dsmipv4_tshark import rules_per_frame, scratch
from network import Receiver, namespace, reason_to_skip, write_pcap

UML = Path(__file__).parent / "uml"
TAP = "tap0"
TAP_ADDRESS = "198.51.100.254/24"  # the home agent's router
BOOT_SECONDS, ANSWER_SECONDS = 90, 10
PINGS = 50
MODULES = ["crc-ccitt", "ipv6", "ip_tunnel", "tunnel4", "tunnel6", "gre", "ipip", "sit", "ip_gre"]  # in this order
HA, CN = bytes([198, 51, 100, 1]), bytes.fromhex("20010db800c000000000000000000001")

IPIP, SIX, GRE, ICMPV6, ECHO_REPLY = 4, 41, 47, 58, 129

HA_MAC = "02:00:c6:33:64:01"

# The mobile nodes of the forms, and a correspondent node on the home agent's link, for the conformance tests
NODES = {
    "coa": {},
    "hoa": {"mn1.hoa": "198.51.100.78", "mn1.coa": "192.0.2.34", "mn1.prefix": "2001:db8:b::", "mn1.address6": "2001:db8:b::1"},
    "gre": {"mn1.hoa": "198.51.100.79", "mn1.coa": "192.0.2.35", "mn1.prefix": "2001:db8:d::", "mn1.address6": "2001:db8:d::1"},
}
CORRESPONDENT = "cn.address6=2001:db8:c1::1"
VERDICTS = {  # of those tests of the suite that a tunnel which is always there can pass
    "coa": {"HA-80": "PASS", "HA-87": "PASS", "HA-88": "PASS", "HA-90": "PASS", "HA-93": "PASS",
            "HA-92": "WARN"},  # a kernel forwards any source out of a tunnel, unless it is told not to
    "hoa": {"HA-81": "PASS", "HA-91": "PASS"},
    "gre": {"HA-82": "PASS"},
}

# form: (tunnels of uml/init that a packet passes, mobile node's addresses)
FORMS = {
    "coa": (["coa"], "192.0.2.33", None, "20010db8000a00000000000000000001"),
    "hoa": (["outer", "hoa"], "192.0.2.34", "198.51.100.78", "20010db8000b00000000000000000001"),
    "gre": (["gre"], "192.0.2.35", None, "20010db8000d00000000000000000001"),
}


def why_not():
    """Why this machine cannot run the home agent, or an empty text."""
    if reason_to_skip():
        return reason_to_skip()
    if not shutil.which("linux.uml") or not modules_folder():
        return "user-mode-linux is not installed"
    if not is_static("/bin/busybox"):
        return "busybox-static is not installed"
    if not Path("/dev/net/tun").exists():
        return "no /dev/net/tun"
    return ""


def is_static(program):
    """Whether a program is there and needs no libraries, which the initial file system does not have."""
    return Path(program).exists() and subprocess.run(["ldd", program], capture_output=True, check=False).returncode != 0


def modules_folder():
    return next(iter(sorted(Path("/usr/lib/uml/modules").glob("*/kernel"))), None)


pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")


# The initial file system: a cpio archive, in the "newc" format that the kernel unpacks.

def cpio_entry(name, mode, data=b"", device=(0, 0)):
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0]
    header = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return padded(header) + padded(data)


def padded(data):
    return data + bytes(-len(data) % 4)


def initramfs(path):
    folder = modules_folder()
    entries = [cpio_entry(name, stat.S_IFDIR | 0o755) for name in ["dev", "bin", "modules"]]
    entries.append(cpio_entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1)))
    entries.append(cpio_entry("dev/null", stat.S_IFCHR | 0o666, device=(1, 3)))
    entries.append(cpio_entry("bin/busybox", stat.S_IFREG | 0o755, Path("/bin/busybox").read_bytes()))
    entries.append(cpio_entry("init", stat.S_IFREG | 0o755, (UML / "init").read_bytes()))
    for number, module in enumerate(MODULES):
        found = list(folder.rglob(module + ".ko"))
        assert found, f"no module {module} in {folder}"
        entries.append(cpio_entry(f"modules/{number}-{module}.ko", stat.S_IFREG | 0o644, found[0].read_bytes()))
    path.write_bytes(b"".join(entries) + cpio_entry("TRAILER!!!", 0))


class HomeAgent:
    """The running kernel, by its console."""

    def __init__(self, process):
        self.process = process
        self.said = ""

    def until(self, pattern, seconds):
        """What the console says up to a line that matches."""
        end = time.monotonic() + seconds
        while not (match := re.search(pattern, self.said, re.MULTILINE)):
            left = end - time.monotonic()
            assert left > 0, f"the home agent did not say {pattern!r} in {seconds} s:\n{self.said}"
            if select.select([self.process.stdout], [], [], left)[0]:
                piece = os.read(self.process.stdout.fileno(), 65536).decode(errors="replace")
                assert piece, f"the home agent ended:\n{self.said}"
                self.said += piece.replace("\r", "")
        said, self.said = self.said[:match.start()], self.said[match.end():]
        return said

    def run(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        return self.until(r"^DONE 0\n", ANSWER_SECONDS)

    def received(self, tunnel):
        """Packets that came out of a tunnel, by the kernel's own count."""
        return int(self.run(f"cat /sys/class/net/{tunnel}/statistics/rx_packets").split()[-1])


@contextlib.contextmanager
def home_agent(space, folder):
    image = folder / "initramfs"
    initramfs(image)
    command = ["linux.uml", "mem=96M", f"initrd={image}", "rdinit=/init", "con=null", "con0=fd:0,fd:1", "quiet",
               f"uml_dir={folder}", "umid=ha", f"vec0:transport=tap,ifname={TAP},depth=128,mac=02:00:c6:33:64:01"]
    process = subprocess.Popen(space.command(*command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, cwd=folder, start_new_session=True,
                               env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)})
    try:
        yield HomeAgent(process)
        process.stdin.write(b"poweroff -f\n")  # which takes the processes that it runs on along
        process.stdin.flush()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
    finally:
        with contextlib.suppress(ProcessLookupError):  # all of them, whatever has come of that
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="module", name="talk")
def fixture_talk(tmp_path_factory):
    """The conversation: capture, form -> packets that came out of its tunnels; the same for strange senders; form -> test -> verdict."""
    folder = tmp_path_factory.mktemp("uml")
    with namespace() as space:
        space.ip(f"tuntap add dev {TAP} mode tap")
        space.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        space.ip(f"addr add {TAP_ADDRESS} dev {TAP}")
        space.ip(f"link set {TAP} up")
        with home_agent(space, folder) as agent, Receiver(space, TAP, outgoing=True) as capture:
            boot = agent.until(r"^READY\n", BOOT_SECONDS)
            assert "FAILED" not in boot, boot
            received = {form: converse(space, agent, form, folder) for form in FORMS}
            time.sleep(0.5)
            frames = capture.frames()
            strange = send_strange_pings(space, agent, folder)
            add_control_plane(space)
            verdicts = {form: conformance(space, form, folder) for form in FORMS}
    path = scratch() / "uml.pcap"
    write_pcap(path, frames, capture.times)
    path.chmod(0o644)
    return path, received, strange, verdicts


def converse(space, agent, form, folder):
    """Registers a mobile node, then sends its pings; how many packets came out of each tunnel meanwhile."""
    before = [agent.received(tunnel) for tunnel in FORMS[form][0]]
    send(space, UML / f"{form}.yaml")
    send_pings(space, form, folder, PINGS - 1)
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        counts = [agent.received(tunnel) - old for tunnel, old in zip(FORMS[form][0], before)]
        if counts == [PINGS] * len(counts) or time.monotonic() > deadline:
            return counts
        time.sleep(0.2)


def send(space, *words):
    process = space.run(dsmipgen.PROGRAM, "send", *words, "-i", TAP)
    assert (process.returncode, process.stderr) == (0, "")


def send_pings(space, form, folder, count, *options):
    data = folder / f"{form}_data.yaml"
    data.write_text(f"base: {UML / form}.yaml\nsteps:\n  - step: request\n    drop: true\n"
                    "  - step: reply\n    drop: true\n")
    send(space, data, "--pps", "100", "--count", str(count), *options)


def send_strange_pings(space, agent, folder):
    """Pings from care-of addresses that no tunnel leads to; form -> how many packets came out of its tunnels."""
    counts = {}
    for form, (tunnels, *_) in FORMS.items():
        before = sum(agent.received(tunnel) for tunnel in tunnels)
        send_pings(space, form, folder, 3, "--set", "mn1.coa=192.0.2.99")
        time.sleep(0.2)
        counts[form] = sum(agent.received(tunnel) for tunnel in tunnels) - before
    return counts


def add_control_plane(space):
    """Puts the interface into a bridge; at another port of it, `respond` may answer with the kernel's Ethernet address."""
    mac = space.ip(f"-o link show {TAP}").partition("link/ether ")[2].split()[0]
    space.ip(f"""
        link add br0 address {mac} type bridge mcast_snooping 0
        link add half0 type veth peer name half1 address {HA_MAC}
        addr flush dev {TAP}
        link set {TAP} master br0
        link set half0 master br0
        link set {TAP} type bridge_slave learning off
        link set half0 type bridge_slave learning off
        link set half0 up
        link set half1 up
        addr add {TAP_ADDRESS} dev br0
        link set br0 up""")


def conformance(space, form, folder):
    """What the suite says of the two halves of a home agent: test -> verdict."""
    settings = [f"{name}={value}" for name, value in NODES[form].items()]
    device = folder / f"{form}-device.yaml"
    device.write_text('dut: { name: kernel, version: "", role: ha }\nsupports: [dsmipv4, gre]\n'
                      "timing: { reply: 5s, silence: 100ms }\nset:\n" + "".join(f'  - "{text}"\n' for text in [*settings, CORRESPONDENT]))
    options = [word for text in settings for word in ["--set", text]]
    agent = space.start(dsmipgen.PROGRAM, "respond", "--role", "ha", "-i", "half1", "--fault", "no-tunnel", "--fault", "no-reverse",
                        *options, stdout=subprocess.PIPE)
    try:
        assert agent.stdout.readline().startswith("home agent 198.51.100.1 on half1")
        runs = [space.run(dsmipgen.PROGRAM, "run", "ha", "--dut", device, "-i", "br0", "--only", test) for test in VERDICTS[form]]
    finally:
        agent.send_signal(signal.SIGTERM)
        agent.communicate(timeout=10)
    found = {}
    for process in runs:
        found |= {name: word for word, name in re.findall(r"^([A-Z]+) +(HA-\d+)  ", process.stdout, re.MULTILINE)}
    return found


def ipv4(data, source, destination):
    """Protocol and payload of an IPv4 packet between two addresses; None if it is another."""
    if len(data) < 20 or data[0] != 0x45 or data[12:20] != source + destination:
        return None
    return data[9], data[20:struct.unpack("!H", data[2:4])[0]]


def echo_reply(form, frame):
    """Whether a frame is the correspondent's answer, from the home agent, in the encapsulation of the form."""
    _, coa, hoa, address6 = FORMS[form]
    packet = frame[14:]
    outer = ipv4(packet, HA, bytes(map(int, coa.split("."))))
    if frame[12:14] != b"\x08\x00" or outer is None:
        return False
    protocol, data = outer
    if hoa is not None:
        inner = ipv4(data, HA, bytes(map(int, hoa.split(".")))) if protocol == IPIP else None
        if inner is None:
            return False
        protocol, data = inner
    if form == "gre":
        if protocol != GRE or data[:4] != b"\x00\x00\x86\xdd":
            return False
        protocol, data = SIX, data[4:]
    return (protocol == SIX and data[0] >> 4 == 6 and data[6] == ICMPV6 and data[40] == ECHO_REPLY and
            data[8:24] == CN and data[24:40] == bytes.fromhex(address6))


@pytest.mark.parametrize("form", FORMS)
def test_kernel_decapsulates(talk, form):
    """Each packet sent came out of each tunnel that it was in."""
    assert talk[1][form] == [PINGS] * len(FORMS[form][0])


@pytest.mark.parametrize("form", FORMS)
def test_kernel_answers_in_kind(talk, form):
    frames = [bytes(packet) for packet in rdpcap(str(talk[0]))]
    assert sum(echo_reply(form, frame) for frame in frames) == PINGS


def test_kernel_ignores_strangers(talk):
    """The tunnels tell who sent: what is counted above came from the care-of address of its own mobile node."""
    assert talk[2] == {form: 0 for form in FORMS}


def test_plugin_finds_nothing_wrong(talk):
    """In the conversation with a real kernel, registrations, pings and answers, no rule is broken."""
    rules = rules_per_frame(talk[0])
    assert len(rules) > 2 * PINGS * len(FORMS)
    assert {frame: ids for frame, ids in rules.items() if ids} == {}


@pytest.mark.parametrize("form", FORMS)
def test_runner(talk, form):
    """The conformance tests of a form, with the kernel's tunnels; registrations are accepted by `respond`.

    Without tunnels they fail: that is what the rows no-tunnel and no-reverse of run_matrix.txt say.
    """
    assert talk[3][form] == {"HA-00": "PASS", **VERDICTS[form]}
