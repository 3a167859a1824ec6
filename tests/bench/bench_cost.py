#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin costs: instructions per packet in tshark, beside tshark without the plugin.

  bench_cost.py [--json FILE] [--doc FILE] [--only WORD] [--small] [--compare FILE]

Each kind of traffic follows a few packets of all kinds, and is read with and without the plugin, without output (-q) and
as text (-V). What those few packets and the start of the program cost is measured once and taken away. Instructions are
valgrind's, so other programs do not matter; two runs differ by a thousandth. All packets conform.

  --small      the kinds that say most, without output, for CI: a minute on two processors
  --json       write the rows, for --compare; rows of FILE that were not measured stay
  --doc        write the rows of --json's file, or those measured, as a table
  --compare    fail if a ratio is 3 % above that in FILE
"""

import argparse
import functools
import ipaddress
import json
import os
import re
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import bench_tunnel
from bench_tunnel import BEGIN, CN, HA
from dsmipv4_tshark import as_ordinary_user, environment, plugin_dir, scratch

STRANGERS = ipaddress.IPv4Address("203.0.113.50").packed, ipaddress.IPv4Address("203.0.113.60").packed
TOLERANCE = 1.03
PACKETS = 6000


N_BEGIN = 20
FIRST_REGISTERED = 100
ETHERNET = bytes.fromhex("020000000001 020000000002 0800")


def pcap_header():
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def record(seconds, packet):
    return bench_tunnel.record(seconds, ETHERNET + packet)


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ipv4(source, destination, protocol, payload):
    header = bench_tunnel.ipv4(source, destination, protocol, payload)[:20]
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(source, destination, ports, payload):
    length = 8 + len(payload)
    header = struct.pack("!HHHH", *ports, length, 0)
    pseudo = source + destination + struct.pack("!HH", 17, length)
    return header[:6] + struct.pack("!H", checksum(pseudo + header + payload) or 0xFFFF) + payload


class Node(bench_tunnel.Node):
    """With right checksums, on Ethernet."""

    def registration(self):
        whole = super().registration()
        records = b""
        for _ in range(2):
            seconds, micros, length = struct.unpack("<III", whole[:12])
            packet, whole = whole[16:16 + length], whole[16 + length:]
            ends = packet[12:16], packet[16:20]
            records += record(seconds + micros / 1e6, ipv4(*ends, 17, udp(*ends, (434, 434), packet[28:])))
        return records


def ipv6(source, destination, next_header, payload):
    return struct.pack("!IHBB16s16s", 0x60000000, len(payload), next_header, 64, source, destination) + payload


def inner(node, to_node, next_header):
    """IPv6 to or from a node: with next header 59 and nothing inside, or UDP of 64 bytes."""
    payload = bytes(32)
    if next_header == 17:
        payload = struct.pack("!HHHH", 5000, 5001, 72, 1) + bytes(64)
    source, destination = (CN, node.address) if to_node else (node.address, CN)
    return ipv6(source, destination, next_header, payload)


def to_coa(node, to_node, next_header):
    return ipv4(*((HA, node.coa) if to_node else (node.coa, HA)), 41, inner(node, to_node, next_header))


def to_hoa(node, to_node, next_header):
    home = ipv4(*((HA, node.hoa) if to_node else (node.hoa, HA)), 41, inner(node, to_node, next_header))
    return ipv4(*((HA, node.coa) if to_node else (node.coa, HA)), 4, home)


def of_strangers(node, to_node, next_header):
    return ipv4(*STRANGERS[::1 if to_node else -1], 41, inner(node, to_node, next_header))


def dns(node, to_node, next_header):
    del node, next_header
    ends = STRANGERS[::1 if to_node else -1]
    ports = (40000, 53) if to_node else (53, 40000)
    question = struct.pack("!HHHHHH", 1, 0x0100 if to_node else 0x8180, 1, 0, 0, 0) + b"\x03www\x07example\x00\x00\x01\x00\x01"
    return ipv4(*ends, 17, udp(*ends, ports, question))


def data(form, number, next_header=59):
    """Packets after the registrations: node 0 has the care-of address mode, node 1 the home address mode."""
    def write(out, count):
        node = Node(number)
        for i in range(count):
            out.write(record(BEGIN + 5 + i * 1e-3, form(node, i % 2 == 0, next_header)))
    return write


def registrations(out, count):
    for number in range(FIRST_REGISTERED, FIRST_REGISTERED + count // 2):
        out.write(Node(number).registration())


def without_agent(form):
    def write(out, count):
        for i in range(count):
            out.write(record(BEGIN + 5 + i * 1e-3, form(Node(0), i % 2 == 0, 59)))
    write.begin = begin_without_agent
    return write


# What a file begins with, so that what happens once in a file has happened.

def begin(out):
    for number in range(N_BEGIN):
        out.write(Node(number).registration())
    for form, number in ((to_coa, 0), (to_hoa, 1), (of_strangers, 0), (dns, 0)):
        for next_header in (59, 17):
            for i in range(N_BEGIN):
                out.write(record(BEGIN + 4 + i * 1e-3, form(Node(number), i % 2 == 0, next_header)))


def begin_without_agent(out):
    without_agent(of_strangers)(out, N_BEGIN)


# name -> (how it is written, least cost wanted of -q and of -V)
KINDS = {
    "registrations": (registrations, 1.20, 1.25),
    "6in4 to the care-of address, next header 59": (data(to_coa, 0), 1.06, 1.20),
    "6in4 to the care-of address, UDP": (data(to_coa, 0, 17), 1.02, 1.10),
    "6in4 to the home address, next header 59": (data(to_hoa, 1), 1.06, 1.20),
    "6in4 to the home address, UDP": (data(to_hoa, 1, 17), 1.02, 1.10),
    "6in4 of others, a home agent is known": (data(of_strangers, 0), 1.01, 1.005),
    "6in4 of others, no home agent": (without_agent(of_strangers), 1.01, 1.005),
    "DNS, a home agent is known": (data(dns, 0), 1.005, 1.005),
}
SMALL = ["registrations", "6in4 to the care-of address, next header 59", "6in4 of others, a home agent is known"]
MODES = {"-q": ["-q", "-z", "io,stat,0"], "-V": ["-V"]}


@functools.lru_cache
def capture(kind, count):
    """A file that begins as those of the kind do, with `count` packets of it."""
    path = scratch() / f"{re.sub('[^a-z0-9]+', '-', kind.lower())}-{count}.pcap"
    write = KINDS[kind][0]
    with path.open("wb") as out:
        out.write(pcap_header())
        getattr(write, "begin", begin)(out)
        write(out, count)
    path.chmod(0o644)
    return path


def instructions(path, mode, plugin):
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
               "tshark", "-n", *MODES[mode], "-r", path]
    process = subprocess.run(as_ordinary_user(command), env=environment(plugin_dir() if plugin else None), text=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=scratch(), check=True)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", process.stderr)[1].replace(",", ""))


def measure(kinds, modes, count):
    """Rows for these kinds and modes."""
    plugin_dir()
    firsts = {getattr(KINDS[kind][0], "begin", begin): capture(kind, 0) for kind in reversed(kinds)}
    files = {kind: (firsts[getattr(KINDS[kind][0], "begin", begin)], capture(kind, count)) for kind in kinds}
    jobs = sorted({(path, mode, plugin) for pair in files.values() for path in pair for mode in modes
                   for plugin in (True, False)})
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counted = dict(zip(jobs, pool.map(lambda job: instructions(*job), jobs)))
    rows = []
    for kind in kinds:
        for mode in modes:
            ours, stock = ((counted[files[kind][1], mode, plugin] - counted[files[kind][0], mode, plugin]) / count
                           for plugin in (True, False))
            rows.append({"kind": kind, "mode": mode, "instructions": round(ours), "stock": round(stock),
                         "ratio": round(ours / stock, 4), "goal": KINDS[kind][1 if mode == "-q" else 2]})
    return rows


def steeper(rows, earlier):
    """Rows whose ratio is worse than before by more than the tolerance."""
    before = {(row["kind"], row["mode"]): row["ratio"] for row in earlier}
    return [row for row in rows if row["ratio"] > before[row["kind"], row["mode"]] * TOLERANCE]


def merged(rows, earlier):
    """Those rows, and earlier ones of what was not measured."""
    found = {(row["kind"], row["mode"]): row for row in (*earlier, *rows)}
    return [found[kind, mode] for kind in KINDS for mode in MODES if (kind, mode) in found]


DOC_HEAD = """\
<!-- Written by tests/bench/bench_cost.py --doc. Do not edit. -->
# What the plugin costs

Instructions per packet of tshark with the plugin, without it, and their ratio. All packets conform. `-q` is without
output, `-V` prints every packet. The goals are those of the project; tests/bench/README.md tells how this is measured.

| Traffic | | With | Without | Ratio | Goal |
| --- | --- | ---: | ---: | ---: | ---: |
"""


def table(rows):
    return DOC_HEAD + "".join(f"| {row['kind']} | `{row['mode']}` | {row['instructions']} | {row['stock']} | "
                              f"{row['ratio']:.3f} | {row['goal']} |\n" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--doc", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--compare", type=Path)
    args = parser.parse_args()
    kinds = [kind for kind in (SMALL if args.small else KINDS) if args.only in kind]
    rows = measure(kinds, ["-q"] if args.small else list(MODES), PACKETS)
    for row in rows:
        print(f"{row['kind']:46} {row['mode']} {row['instructions']:8} {row['stock']:8}  {row['ratio']:.3f}  "
              f"goal {row['goal']}")
    worse = steeper(rows, json.loads(args.compare.read_text())) if args.compare else []
    if args.json:
        rows = merged(rows, json.loads(args.json.read_text()) if args.json.exists() else [])
        args.json.write_text(json.dumps(rows, indent=1) + "\n")
    if args.doc:
        args.doc.write_text(table(rows))
    if worse:
        sys.exit("dearer than before: " + ", ".join(f"{row['kind']} {row['mode']}: {row['ratio']}" for row in worse))


if __name__ == "__main__":
    main()
