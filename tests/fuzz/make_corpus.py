#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seeds of tests/fuzz/corpus: pairs of hand-made messages behind the target's header.

The header is described at read_header() in fuzz_message.c.
"""

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
# name: (first, second) as (message, source, destination, TTL), then flags and bytes cut off.
SEEDS = {
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


def seed(first, second, flags=0, cut=0):
    messages = [bytes.fromhex(m[0].replace(" ", "")) for m in (first, second)]
    total = sum(map(len, messages))
    # The target splits at total * share / 255, rounded down: choose the second's padding so that it fits.
    share = -(-len(messages[0]) * 255 // total)
    while total * share // 255 != len(messages[0]):
        messages[1] += bytes.fromhex("c800")  # a skippable extension of no length
        total += 2
        share = -(-len(messages[0]) * 255 // total)
    header = bytes([flags])
    for (_, src, dst, ttl), sport in zip((first, second), (0, 0x40)):
        header += bytes([cut, src | dst << 3 | sport, ttl, 0])
    return header + bytes([share]) + b"".join(messages)


def main():
    folder = Path(__file__).parent / "corpus"
    folder.mkdir(exist_ok=True)
    for name, arguments in SEEDS.items():
        (folder / name).write_bytes(seed(*arguments))


if __name__ == "__main__":
    main()
