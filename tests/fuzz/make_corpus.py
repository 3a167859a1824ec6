#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seeds of tests/fuzz/corpus, tests/fuzz/large and tests/fuzz/corpus_tunnel.

The first two are conversations of hand-made messages, each behind a header that is described at read_event()
in fuzz_message.c. The last are the packets of dsmipgen's scenarios, which must have been built: see
read_record() in fuzz_tunnel.c.
"""

import hashlib
import hmac
import os
import struct
import subprocess
from pathlib import Path

HOA, HA, COA, FA = "c633644d", "c6336401", "c0000221", "cb007109"
ID = "e8fe6f80 00000001"
P48 = "20010db8000a0000 0000000000000000"
LL = "fe80000000000000 00000000c633644d"
DIGEST = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
MHAE, MFAE, FHAE = (f"{t} 14 000001{s} {DIGEST}" for t, s in (("20", "00"), ("21", "01"), ("22", "02")))
MN_AAA = f"24 01 0014 00000002 {DIGEST}"
REQ48, REQ_LL = f"98 12 01 30 {P48}", f"98 12 01 ff {LL}"
MODE = "98 02 03 00"
UTRQ, UTRP = "90 06 00 00 00 00 0000", "2c 06 00 00 0000 006e"

# Choice of source and destination by number: 0 to 2 the message's own fields at 4, 8 and 12.
HOA_FIELD, HA_FIELD, COA_FIELD, ZERO, ALL_AGENTS, PRIVATE, OUR_FA = range(7)


def rrq(*extensions, flags="22", life="0258", hoa=HOA, ha=HA, coa=COA, identification=ID):
    return " ".join(["01", flags, life, hoa, ha, coa, identification, *extensions])


def rrp(*extensions, code="00", life="0258", hoa=HOA):
    return " ".join(["03", code, life, hoa, HA, ID, *extensions])


def rep(code="01", length="30", prefix=P48):
    return f"98 14 02 {code} {length} 00 {prefix}"


VIA_FA = {"flags": "02", "coa": FA}
# name: (first, second) as (message, source, destination, TTL), then flags of the messages and bytes cut off.
PAIRS = {
    "coa_mode": ((rrq(REQ48, MODE, MHAE), COA_FIELD, HA_FIELD, 64), (rrp(rep(), MHAE), HA_FIELD, COA_FIELD, 64)),
    "hoa_mode": ((rrq(REQ48, MHAE), COA_FIELD, HA_FIELD, 64), (rrp(rep("00"), MHAE), HA_FIELD, COA_FIELD, 64)),
    "relay": ((rrq(REQ48, MHAE, MFAE, **VIA_FA), HOA_FIELD, COA_FIELD, 255),
              (rrq(REQ48, MHAE, FHAE, **VIA_FA), COA_FIELD, HA_FIELD, 64)),
    "all_agents": ((rrq(MHAE, "82 00", MFAE, **VIA_FA), ZERO, ALL_AGENTS, 1), (rrp(code="4c"), OUR_FA, HOA_FIELD, 1)),
    "nat": ((rrq(REQ48, MODE, UTRQ, MHAE, coa="0a000021"), PRIVATE, HA_FIELD, 64),
            (rrp(rep(), UTRP, MHAE), HA_FIELD, OUR_FA, 64)),
    "nat_fa": ((rrq(REQ48, MHAE, UTRQ, FHAE, **VIA_FA), PRIVATE, HA_FIELD, 64),
               (rrp(rep("00"), MHAE, UTRP, FHAE), HA_FIELD, PRIVATE, 64)),
    "link_local": ((rrq(REQ_LL, MHAE), COA_FIELD, HA_FIELD, 64), (rrp(rep("00", "ff", LL), MHAE), HA_FIELD, OUR_FA, 64)),
    "no_home_address": ((rrq("83 05 6d6e406578", REQ_LL, MHAE, hoa="00000000"), COA_FIELD, HA_FIELD, 64),
                        (rrp(rep(), MHAE), HA_FIELD, OUR_FA, 64)),
    "deregistration": ((rrq(REQ48, MHAE, FHAE, life="0000", coa=HOA), HOA_FIELD, HA_FIELD, 64),
                       (rrp(rep(), MHAE, life="0000"), HA_FIELD, HOA_FIELD, 64)),
    "denied": ((rrq(REQ48, MHAE), COA_FIELD, HA_FIELD, 64), (rrp(rep("09"), MHAE, code="81"), HA_FIELD, OUR_FA, 64)),
    "twice": ((rrq(REQ48, REQ48, MODE, MODE, MHAE, MHAE), COA_FIELD, HA_FIELD, 64),
              (rrp(rep(), rep("08"), MHAE, MHAE), HA_FIELD, OUR_FA, 64)),
    "nested": ((rrq(REQ48, "98 12 01 40 20010db8000a0001 0000000000000000", MHAE), COA_FIELD, HA_FIELD, 64),
               (rrp(rep(), rep("01", "40"), MHAE), HA_FIELD, OUR_FA, 64)),
    "odd_prefixes": ((rrq(f"98 12 01 00 {'00' * 16}", f"98 12 01 80 {'00' * 15}01", f"98 12 01 81 {P48}",
                          "98 12 01 10 ff05000000000000 0000000000000000",
                          "98 12 01 78 0000000000000000 0000ffffc0000200", MHAE), COA_FIELD, HA_FIELD, 64),
                     (rrp("98 14 02 07 78 01 0000000000000000 00000000c0000200",
                          "98 14 02 0a 30 00 fec0000100000000 0000000000000000", MHAE), HA_FIELD, OUR_FA, 64)),
    "lengths": ((rrq("98 00", "98 01 01", "98 01 03", "98 02 04 00", "20 03 000001", "90 05 0000000000"),
                 COA_FIELD, HA_FIELD, 64), (rrp("98 12 02 00", MHAE), HA_FIELD, OUR_FA, 64)),
    "long_layouts": ((rrq("26 00 0008 00000009 00010203", "28 01 0004 00000100", "2a 01 0004 00000100",
                          "2f 01 0002 0000", MN_AAA), COA_FIELD, HA_FIELD, 64),
                     (rrp("29 01 0004 00000100", "2b 01 0004 00000100", MHAE, "24 01 00"), HA_FIELD, OUR_FA, 64)),
    "mobile_network": ((rrq(REQ48, "94 06 00 18 0a010000", MHAE, "94 06 00 21 0a010000"), COA_FIELD, HA_FIELD, 64),
                       (rrp(rep(), "94 06 01 00 0a010000", MHAE), HA_FIELD, OUR_FA, 64)),
    "challenge": ((rrq(MHAE, "84 04 01020304", MN_AAA, "78 02 0000", "c8 02 0000", **VIA_FA), HOA_FIELD, COA_FIELD, 255),
                  (rrp(MHAE, "84 04 01020304", "2d 02 00 01", MFAE), OUR_FA, HOA_FIELD, 64)),
    "revocation": ((f"07 00 8000 {HOA} {HA} {COA} 00000001 {REQ48} {MHAE}", HA_FIELD, OUR_FA, 64),
                   (f"0f 00 8000 {HOA} 00000001 {MODE} {MHAE} 00", OUR_FA, HA_FIELD, 64)),
    "tunnel_data": (("04 29 0000 60000000 00003b40", OUR_FA, HA_FIELD, 64), ("04 04 00", HA_FIELD, OUR_FA, 64)),
    "cut": ((rrq(REQ48, MODE, MHAE), COA_FIELD, HA_FIELD, 64), (rrp(rep(), MHAE), HA_FIELD, OUR_FA, 64), 0, 20),
    "fragment": ((rrq(REQ48, "20 14 0000"), COA_FIELD, HA_FIELD, 64), (rrp(rep(), "20"), HA_FIELD, OUR_FA, 64), 3, 0),
    "flags": ((rrq(REQ48, MODE, MHAE, flags="ff", ha="ffffffff", coa="e000000b"), ZERO, ALL_AGENTS, 64),
              (rrp(MHAE, code="3f"), HA_FIELD, OUR_FA, 64), 8, 0),
}


# Flags, see fuzz_message.c.
STRICT, WITH_KEYS, END_KNOWN = 1, 2, 4
IS_FRAGMENT, MINUTES, MILLISECONDS = 0x01, 0x10, 0x20
SECRET = b"dsmipv4"


def identification(n):
    return f"e8fe6f{0x80 + n:02x} {n + 1:08x}"


def signed(message, algorithm="hmac-md5"):
    """The message with an authenticator that verifies."""
    spi = {"hmac-md5": "00000100", "keyed-md5": "00000101", "hmac-sha1": "00000102"}[algorithm]
    length = "18" if algorithm == "hmac-sha1" else "14"
    data = bytes.fromhex(f"{message} 20 {length} {spi}".replace(" ", ""))
    if algorithm == "keyed-md5":
        mac = hashlib.md5(SECRET + data + SECRET).digest()
    else:
        mac = hmac.new(SECRET, data, algorithm.removeprefix("hmac-")).digest()
    return (data + mac).hex()


def up(message, step=0, flags=MILLISECONDS, src=COA_FIELD, dst=HA_FIELD, cut=0):
    return flags, src | dst << 3, 64, step, cut, message


# A reply's third address field is its identification: the care-of address must be a fixed choice.
def down(message, step=50, flags=MILLISECONDS, src=HA_FIELD, dst=PRIVATE, cut=0):
    return flags, src | dst << 3 | 0x40 | 0x80, 64, step, cut, message


def asks(n, *extensions, **fields):
    fields.setdefault("coa", "0a000001")
    return rrq(*(extensions or (REQ48, MODE)), MHAE, identification=identification(n), **fields)


def gets(n, *extensions, code="00", life="0258", hoa=HOA):
    message = " ".join(["03", code, life, hoa, HA, identification(n), *(extensions or (rep(),)), MHAE])
    return message


def exchange(n, step=2, **fields):
    return [up(asks(n, **fields), step, 0), down(gets(n))]


def relayed(n):
    request = {"flags": "02", "coa": FA}
    return [
        up(asks(n, REQ48, **request), 2, 0, HOA_FIELD, COA_FIELD),
        up(asks(n, REQ48, **request) + FHAE, 5, MILLISECONDS, COA_FIELD, HA_FIELD),
        down(gets(n, rep("00")), 10, MILLISECONDS, HA_FIELD, OUR_FA),
        down(gets(n, rep("00")), 5, MILLISECONDS, OUR_FA, HOA_FIELD),
    ]


REVOKE = (MILLISECONDS, HA_FIELD | COA_FIELD << 3, 64, 100, 0, f"07 00 8000 {HOA} {HA} 0a000001 00000001 {MHAE}")
REVOKED = (MILLISECONDS, PRIVATE | OUR_FA << 3, 64, 100, 0, f"0f 00 8000 {HOA} 00000001 {MHAE}")
OTHER = "c633644e"
CONVERSATIONS = {
    "refresh": (END_KNOWN, exchange(0) + exchange(5, 120)),
    "handoff": (END_KNOWN, exchange(0) + [up(asks(5, flags="a2", coa="0a000021"), 5, 0, PRIVATE), down(gets(5))]
                + [up(asks(9, coa="0a000022"), 5, 0, PRIVATE), down(gets(9, code="01"))]),
    "leave": (0, exchange(0) + [up(asks(5, MODE, life="0000", coa=HOA), 9, 0, HOA_FIELD),
                                down(gets(5, " ", life="0000"), 50, MILLISECONDS, HA_FIELD, HOA_FIELD)]
              + [up(asks(9, REQ_LL), 9, 0), down(gets(9, rep("00", "ff", LL)))]),
    "expiry": (0, exchange(0) + [up(asks(40, REQ_LL), 11, MINUTES), down(gets(40, code="85"))] + [REVOKE, REVOKED]),
    "two_legs": (END_KNOWN, relayed(0) + relayed(9)),
    "two_legs_reversed": (0, [relayed(0)[i] for i in (1, 2, 0, 3)]),
    "retransmission": (END_KNOWN, [up(asks(0)), up(asks(0), 2, 0), down(gets(0)), up(asks(0), 9, 0), down(gets(0))]),
    "unanswered": (END_KNOWN, [up(asks(0)), up(asks(1), 1, 0), up(asks(2), 1, 0), down(gets(2)), up(asks(9), 30, 0)]),
    "overlap": (0, exchange(0) + [up(asks(5, "98 12 01 40 20010db8000a0001 0000000000000000", hoa=OTHER), 5, 0),
                                  down(gets(5, rep("01", "40", "20010db8000a0001 0000000000000000"), hoa=OTHER))]),
    "revoked": (0, exchange(0) + [REVOKE, REVOKED] + exchange(9)),
    "too_long": (0, [up(asks(0, REQ48, flags="02", coa=FA), 0, 0, HOA_FIELD, COA_FIELD),
                     down(gets(0, " ", code="45", life="012c"), 50, MILLISECONDS, OUR_FA, HOA_FIELD),
                     up(asks(5, REQ48, flags="02", coa=FA), 3, 0, HOA_FIELD, COA_FIELD)]),
    "miscopied": (0, [up(asks(0)), down(gets(1)), up(asks(3), 5, 0), down(gets(3, hoa=OTHER))]),
    "assigned": (0, [up(asks(0, "83 05 6d6e406578", REQ48, hoa="00000000")), down(gets(0))] + exchange(9)),
    "identities": (0, [up(asks(0, "83 05 6d6e406578", REQ48)), down(gets(0)), up(asks(0, "83 05 6d6f406578", REQ48)),
                       down(gets(0))]),
    "reply_alone": (0, [down(gets(0)), down(gets(9, rep("00")), 9, 0)] + exchange(12)),
    "cut_conversation": (0, [up(asks(0), cut=30), down(gets(0), cut=40), up(asks(9), 2, 0, cut=50), down(gets(9))]),
    "keys": (WITH_KEYS, [up(signed(rrq(REQ48, MODE, coa="0a000001"))), down(signed(rrp(rep()))),
                         up(rrq(REQ48, MODE, MHAE, coa="0a000001")), down(signed(rrp(rep())))]),
    "keyed_md5": (WITH_KEYS, [up(signed(rrq(REQ48, coa="0a000001"), "keyed-md5")), down(rrp(rep("00"), MHAE))]),
    "hmac_sha1": (WITH_KEYS | STRICT, [up(signed(rrq(REQ48, coa="0a000001"), "hmac-sha1")), down(rrp(MHAE))]),
}

# As large as UDP allows. Prefixes repeat, so that not each need be compared with each.
MANY = [f"20010db8000a{i % 50:04x} 0000000000000000" for i in range(2970)]
LARGE = {
    "prefixes": (0, [up(asks(0, *(f"98 12 01 40 {prefix}" for prefix in MANY))),
                     down(gets(0, *(rep("00", "40", prefix) for prefix in MANY)))]),
}


def seed(flags, messages):
    data = bytes([flags])
    for message_flags, addresses, ttl, step, cut, text in messages:
        message = bytes.fromhex(text.replace(" ", ""))
        data += bytes([message_flags, addresses, ttl, step & 0xFF, cut]) + len(message).to_bytes(2, "big") + message
    return data


def pair(first, second, flags=0, cut=0):
    fragments, rest = flags & 3, flags >> 3
    return seed(rest, [(fragments >> i & 1, src | dst << 3 | sport, ttl, 0, cut, message)
                       for i, ((message, src, dst, ttl), sport) in enumerate(((first, 0), (second, 0x40)))])


ROOT = Path(__file__).resolve().parent.parent.parent
DSMIPGEN = Path(os.environ.get("DSMIPV4_BUILD", ROOT / "build")) / "gen" / "dsmipgen"
TUNNEL_RULES = ("tun_", "gre_", "natt_", "mld_", "ll_", "rt_", "dhcp6_", "sig_", "pd_")
IN_MILLISECONDS, IN_MINUTES = 0x20, 0x10


def scenarios():
    def names(kind):
        listed = subprocess.run([DSMIPGEN, "list", kind], capture_output=True, text=True, check=True).stdout
        return [line.split()[0] for line in listed.splitlines() if line.strip()]

    return names("flows") + [name for name in names("rules") if name.startswith(TUNNEL_RULES)]


def packets(pcap):
    """(nanoseconds, bytes of IPv4) of a capture of Ethernet in libpcap's format."""
    at, found = 24, []
    magic, = struct.unpack_from("<I", pcap)
    scale = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}[magic]
    while at < len(pcap):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", pcap, at)
        found.append((seconds * 10**9 + fraction * scale, pcap[at + 16 + 14:at + 16 + captured]))
        at += 16 + captured
    return found


def step_of(nanoseconds):
    """Flags and signed byte of the time since the packet before, as near as they can say it."""
    milliseconds = nanoseconds // 10**6
    if abs(milliseconds) < 128:
        return IN_MILLISECONDS, milliseconds
    seconds = milliseconds // 1000
    return (0, seconds) if abs(seconds) < 128 else (IN_MINUTES, min(seconds // 60, 127))


def tunnel_seed(name):
    command = [DSMIPGEN, "write", name, "--format", "pcap", "-w", "-"]
    data, before = b"", None
    for time, packet in packets(subprocess.run(command, capture_output=True, check=True).stdout):
        flags, step = step_of(time - before) if before else (0, 0)
        data += struct.pack(">BbBH", flags, step, 0, len(packet)) + packet
        before = time
    return data


def write(folder, seeds):
    folder.mkdir(exist_ok=True)
    for name, data in seeds.items():
        (folder / name).write_bytes(data)


def main():
    here = Path(__file__).parent
    write(here / "corpus", {name: pair(*arguments) for name, arguments in PAIRS.items()})
    write(here / "corpus", {name: seed(*arguments) for name, arguments in CONVERSATIONS.items()})
    write(here / "corpus_tunnel", {name: tunnel_seed(name) for name in scenarios()})
    write(here / "large", {name: seed(*arguments) for name, arguments in LARGE.items()})


if __name__ == "__main__":
    main()
