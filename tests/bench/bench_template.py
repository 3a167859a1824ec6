#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets per second of processor time of `dsmipgen write --nodes`, as ratios in one run.

Against the plain limit (bench_template.c: memcpy, checksum updates, HMAC by libgcrypt, large writes), which
writes the same pcap file, of pcapng with its comments against pcap, and against scapy building and signing the
same messages. Medians of several runs, taken in turns; the time of each program is that of all of it, user and
system. Exit status 1 below a target.
"""

import argparse
import filecmp
import hmac
import ipaddress
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.mobileip import MobileIP, MobileIPRRP, MobileIPRRQ
from scapy.packet import Raw
from scapy.utils import PcapWriter, rdpcap

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("DSMIPV4_BUILD", ROOT / "build"))
LIMIT = BUILD / "tests" / "bench" / "bench_template"
LIMIT_TARGET, PCAPNG_TARGET, SCAPY_TARGET = 2.0, 0.8, 300
START, NTP_OFFSET = 1767225600, 2208988800
AGENT, KEY = "198.51.100.1", b"mn1-ha secret"


def timed(*command):
    """Seconds of processor time that a program takes."""
    program = subprocess.Popen([str(word) for word in command])
    _, status, usage = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    assert program.returncode == 0, command
    return usage.ru_utime + usage.ru_stime


def signed(ether, message, extensions):
    """The frame with a Mobile-Home authentication extension after the others; the message is built once."""
    covered = bytes(MobileIP() / message) + extensions + bytes.fromhex("201400000100")
    return ether / UDP(sport=434, dport=434) / Raw(covered + hmac.new(KEY, covered, "md5").digest())


def registration(node):
    """Request and reply of a node, with the times that they are sent at."""
    host = node // 254 * 256 + node % 254 + 1
    hoa, coa = (str(ipaddress.ip_address(base) + host) for base in ("10.0.0.0", "10.64.0.0"))
    prefix = (ipaddress.ip_address("3fff::") + (node << 80)).packed
    at = START + node / 1000
    ntp = (int(at) + NTP_OFFSET) << 32 | (node % 1000 * 1000 << 32) // 1000000
    mac = "02:00:" + ipaddress.ip_address(coa).packed.hex(":")
    agent_mac = "02:00:" + ipaddress.ip_address(AGENT).packed.hex(":")
    to_agent = Ether(dst=agent_mac, src=mac) / IP(src=coa, dst=AGENT, id=0)
    to_node = Ether(dst=mac, src=agent_mac) / IP(src=AGENT, dst=coa, id=0)
    request = MobileIPRRQ(flags=0x22, lifetime=600, homeaddr=hoa, haaddr=AGENT, coaddr=coa, id=ntp)
    reply = MobileIPRRP(code=0, lifetime=600, homeaddr=hoa, haaddr=AGENT, id=ntp)
    yield at, signed(to_agent, request, b"\x98\x12\x01\x30" + prefix + b"\x98\x02\x03\x00")
    yield at + 0.1, signed(to_node, reply, b"\x98\x14\x02\x01\x30\x00" + prefix)


def scapy_rate(nodes, path):
    begin = time.process_time()
    with PcapWriter(str(path), linktype=1) as writer:
        for node in range(nodes):
            for at, packet in registration(node):
                packet.time = at
                writer.write(packet)
    return 2 * nodes / (time.process_time() - begin)


def check_scapy(folder, nodes):
    """The same messages, or the comparison is none."""
    write = [BUILD / "gen" / "dsmipgen", "write", "registration", "--nodes", nodes, "-w", folder / "few.pcap",
             "--set", "nodes.hoa=10.0.0.0/10", "--set", "nodes.coa=10.64.0.0/10"]
    subprocess.run([str(word) for word in write], check=True)
    ours, theirs = ({bytes(packet) for packet in rdpcap(str(folder / name))} for name in ("few.pcap", "scapy.pcap"))
    assert ours == theirs, "scapy does not make the same packets"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000000)
    parser.add_argument("--scapy-nodes", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", default="/dev/shm", help="where to write; tmpfs (default /dev/shm)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-template-", dir=options.folder))
    write = [BUILD / "gen" / "dsmipgen", "write", "registration", "--nodes"]
    plain, ours, commented, scapy = [], [], [], []
    try:
        timed(*write, 1, "-w", folder / "one.pcap")
        for _ in range(options.runs):
            plain.append(timed(LIMIT, folder / "one.pcap", options.nodes, folder / "plain.pcap"))
            ours.append(timed(*write, options.nodes, "-w", folder / "ours.pcap"))
            assert filecmp.cmp(folder / "ours.pcap", folder / "plain.pcap", shallow=False), "not the same packets"
            (folder / "plain.pcap").unlink()
            (folder / "ours.pcap").unlink()
            commented.append(timed(*write, options.nodes, "-w", folder / "ours.pcapng"))
            (folder / "ours.pcapng").unlink()
            scapy.append(scapy_rate(options.scapy_nodes, folder / "scapy.pcap"))
        check_scapy(folder, options.scapy_nodes)
    finally:
        shutil.rmtree(folder)
    plain, ours, commented = (2 * options.nodes / statistics.median(times) for times in (plain, ours, commented))
    scapy = statistics.median(scapy)
    print(f"plain limit  {plain:12,.0f} packets a CPU second")
    print(f"pcap         {ours:12,.0f}  {ours / plain:.2f} of the limit (target {LIMIT_TARGET})")
    print(f"pcapng       {commented:12,.0f}  {commented / ours:.2f} of pcap (target {PCAPNG_TARGET})")
    print(f"scapy        {scapy:12,.0f}  pcap is {ours / scapy:.0f} times as fast (target {SCAPY_TARGET})")
    reached = ours >= LIMIT_TARGET * plain and commented >= PCAPNG_TARGET * ours and ours >= SCAPY_TARGET * scapy
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
