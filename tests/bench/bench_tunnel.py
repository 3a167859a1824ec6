#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tunneled packet costs in tshark, beside tshark without the plugin.

  bench_tunnel.py instructions [BINDINGS...]   instructions per packet at 0, 2, 1000 and 1000000 bindings
  bench_tunnel.py crowd [NODES...]             the same with 10, 1000 and 10000 nodes at one foreign agent
  bench_tunnel.py memory [PACKETS]             peak memory of two passes over a million of them

Instructions are callgrind's, of the data packets alone: the registrations pass through a pipe before
counting begins. The packets are conforming, in both directions, and the same whatever the number of
bindings: those of two nodes, one in each form. Wireshark itself counts more addresses otherwise. In a
crowd they are those of ten nodes, which all have the foreign agent's care-of address.
"""

import ipaddress
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from dsmipv4_tshark import as_ordinary_user, environment, plugin_dir, scratch

HA = ipaddress.IPv4Address("198.51.100.1").packed
FA = ipaddress.IPv4Address("203.0.113.9").packed
CN = ipaddress.IPv6Address("2001:db8:c0::1").packed
BEGIN = 1767225600  # 2026-01-01, as in the scenarios
NTP = BEGIN + 2208988800
DATA_PACKETS = 20000
QUIET = 3.0  # seconds without work after which tshark has taken all it was given


def pcap_header():
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)  # raw IP


def record(seconds, packet):
    whole = int(seconds)
    return struct.pack("<IIII", whole, int((seconds - whole) * 1e6), len(packet), len(packet)) + packet


def ipv4(source, destination, protocol, payload):
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, source, destination) + payload


def udp(payload):
    return struct.pack("!HHHH", 434, 434, 8 + len(payload), 0) + payload


class Node:
    """Number k of the nodes: even ones were granted the care-of address mode, odd ones the home address mode."""

    def __init__(self, number):
        self.number = number
        self.hoa = struct.pack("!I", 0x0A000001 + number)
        self.coa = struct.pack("!I", 0x40000001 + number)
        self.prefix = struct.pack("!HHI8x", 0x2001, 0x0DB8, number)[:16]
        self.address = self.prefix[:8] + bytes(7) + b"\x01"
        self.to_coa = number % 2 == 0
        self.flags = 0x22

    def registration(self):
        """Request and reply (RFC 3344 3.3, 3.4; RFC 5454 2), with authenticators that nobody checks."""
        seconds = 1 + self.number // 1000
        ident = struct.pack("!II", NTP + seconds, self.number)
        auth = struct.pack("!BBI16x", 32, 20, 256)
        mode = bytes([152, 2, 3, 0]) if self.to_coa else b""
        request = struct.pack("!BBH4s4s4s8s", 1, self.flags, 0xFFFE, self.hoa, HA, self.coa, ident)
        request += struct.pack("!BBBB16s", 152, 18, 1, 64, self.prefix) + mode + auth
        reply = struct.pack("!BBH4s4s8s", 3, 0, 0xFFFE, self.hoa, HA, ident)
        reply += struct.pack("!BBBBBB16s", 152, 20, 2, int(self.to_coa), 64, 0, self.prefix) + auth
        return (record(BEGIN + seconds, ipv4(self.coa, HA, 17, udp(request))) +
                record(BEGIN + seconds + 0.01, ipv4(HA, self.coa, 17, udp(reply))))

    def packet(self, seconds, to_node):
        source, destination = (CN, self.address) if to_node else (self.address, CN)
        inner = struct.pack("!IHBB16s16s", 0x60000000, 32, 59, 64, source, destination) + bytes(32)
        ends = (HA, self.coa) if to_node else (self.coa, HA)
        if self.to_coa:
            return record(seconds, ipv4(*ends, 41, inner))
        home = (HA, self.hoa) if to_node else (self.hoa, HA)
        return record(seconds, ipv4(*ends, 4, ipv4(*home, 41, inner)))


class Sharer(Node):
    """Number k of those behind one foreign agent, without a D bit and in the home address mode."""

    def __init__(self, number):
        super().__init__(number)
        self.coa = FA
        self.to_coa = False
        self.flags = 0x02


def data(n_packets, nodes):
    for i in range(n_packets):
        yield nodes[i % len(nodes)].packet(BEGIN + 10000 + i * 1e-4, i // len(nodes) % 2 == 0)


def cpu_time(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def wait_until_idle(pid):
    last, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET:
        now = cpu_time(pid)
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.2)


def talkers(n_nodes, kind):
    """Whose data packets are counted."""
    return [kind(0), kind(1)] if kind is Node else [kind(i * n_nodes // 10) for i in range(10)]


def instructions(n_nodes, plugin, kind=Node):
    """Instructions per data packet, after `n_nodes` registrations."""
    nodes = talkers(n_nodes, kind)
    out = scratch() / f"callgrind-{n_nodes}-{plugin}"
    out.touch()
    os.chmod(out, 0o666)
    command = ["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}",
               "tshark", "-n", "-q", "-z", "io,stat,0", "-r", "-"]
    process = subprocess.Popen(as_ordinary_user(command), env=environment(plugin_dir() if plugin else None), stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, cwd=scratch())
    process.stdin.write(pcap_header())
    for number in range(n_nodes):
        process.stdin.write(kind(number).registration())
    process.stdin.write(b"".join(data(100, nodes)))  # what is done once is done before counting begins
    process.stdin.flush()
    wait_until_idle(process.pid)
    subprocess.run(as_ordinary_user(["callgrind_control", "-i", "on", str(process.pid)]), check=True,
                   env=environment(plugin_dir() if plugin else None), stdout=subprocess.DEVNULL)
    process.stdin.write(b"".join(data(DATA_PACKETS, nodes)))
    process.stdin.close()
    assert process.wait() == 0
    totals = [line for line in out.read_text().splitlines() if line.startswith(("totals:", "summary:"))]
    return int(totals[-1].split()[1]) / DATA_PACKETS


def peak_memory(capture, plugin):
    command = ["tshark", "-n", "-2", "-q", "-z", "io,stat,0", "-r", capture]
    process = subprocess.Popen(as_ordinary_user(command), env=environment(plugin_dir() if plugin else None), stdout=subprocess.DEVNULL,
                               cwd=scratch())
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return usage.ru_maxrss


def compare_instructions(counts, kind=Node):
    figures = {}
    for n_nodes in counts:
        stock, ours = instructions(n_nodes, False, kind), instructions(n_nodes, True, kind)
        figures[n_nodes] = ours
        print(f"{n_nodes:8} bindings: {ours:8.0f} instructions per packet, stock {stock:8.0f}, "
              f"ratio {ours / stock:.3f}", flush=True)
    some = [n_nodes for n_nodes in counts if n_nodes]
    print(f"{some[-1]} bindings to {some[0]}: {figures[some[-1]] / figures[some[0]]:.4f}")


def compare_memory(n_packets):
    capture = scratch() / "conforming.pcap"
    with open(capture, "wb") as out:
        out.write(pcap_header() + Node(0).registration() + Node(1).registration())
        for packet in data(n_packets, talkers(2, Node)):
            out.write(packet)
    os.chmod(capture, 0o644)
    stock, ours = peak_memory(capture, False), peak_memory(capture, True)
    print(f"{n_packets} conforming packets in two passes: {ours} KiB, stock {stock} KiB, ratio {ours / stock:.4f}")


if __name__ == "__main__":
    what, *numbers = sys.argv[1:] or [""]
    numbers = [int(number) for number in numbers]
    if what == "instructions":
        compare_instructions(numbers or [0, 2, 1000, 1000000])
    elif what == "crowd":
        compare_instructions(numbers or [10, 1000, 10000], Sharer)
    elif what == "memory":
        compare_memory(*(numbers or [1000000]))
    else:
        sys.exit(__doc__)
