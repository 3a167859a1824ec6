# SPDX-License-Identifier: GPL-2.0-or-later
"""Mobile IP on other UDP ports than 434, by Decode As and by the preference `ports`: the same trees and verdicts.

The captures are dsmipgen's with another port in place of 434, put there by this file.
"""

import json
import struct

import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import plugin_dir, run, scratch, tshark

PORT = 5434
WAYS = {"decode as": ("-d", f"udp.port=={PORT},dsmipv4"), "preference": ("-o", f"dsmipv4.ports:5000-5002,{PORT}")}
FIELDS = ("dsmipv4.rule", "dsmipv4.rule_text", "dsmipv4.request_in", "dsmipv4.tunnel.mode", "dsmipv4.tunnel.direction",
          "dsmipv4.binding.frame", "mip.type", "mip.nattt.nexthdr", "ipv6.src")
NAMES = ("coa_mode", "fa_hoa_mode", "natt_coa_mode", "natt_hoa_mode", "prefix_bits", "reply_addr", "tun_coa_expected",
         "natt_mode", "natt_ports", "natt_nexthdr", "natt_reserved", "natt_encap", "reply_unsolicited", "udp_cksum_bad")
ETHERNET = 14  # length of the header


def sum_of(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def moved_frame(frame, port):
    """The same frame with this port in place of 434 in the outermost UDP header, and a checksum right or wrong as before."""
    udp = ETHERNET + 4 * (frame[ETHERNET] & 15)
    if frame[12:14] != b"\x08\x00" or frame[ETHERNET + 9] != 17:
        return frame
    ports = frame[udp:udp + 4]
    new = b"".join(struct.pack(">H", port if value == 434 else value) for value in struct.unpack(">HH", ports))
    checksum = frame[udp + 6:udp + 8]
    if checksum != b"\0\0":  # RFC 1624 3, equation 3
        before = b"".join(struct.pack(">H", 0xFFFF - value) for value in struct.unpack(">HH", ports))
        complement = struct.pack(">H", 0xFFFF - struct.unpack(">H", checksum)[0])
        checksum = struct.pack(">H", (0xFFFF - sum_of(complement + before + new)) or 0xFFFF)
    return frame[:udp] + new + frame[udp + 4:udp + 6] + checksum + frame[udp + 8:]


def moved(name, port=PORT):
    """The capture of a scenario on that port."""
    path = scratch() / f"{name}-{port}.pcap"
    records = b""
    for time, length, frame in dsmipgen.packets(dsmipgen.write(name)):
        frame = moved_frame(frame, port)
        records += struct.pack("<IIII", time // 10**6, time % 10**6, len(frame), length) + frame
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + records)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("way", WAYS)
def test_as_on_434(way):
    captures = {name: (dsmipgen.write(name), moved(name)) for name in NAMES}
    original = sessions.fields(tuple(before for before, _ in captures.values()), FIELDS)
    other = sessions.fields(tuple(after for _, after in captures.values()), FIELDS, WAYS[way])
    for name, (before, after) in captures.items():
        assert [[value.replace(str(PORT), "434") for value in row] for row in other[after]] == original[before], name
        assert any(row[0] or row[3] for row in other[after]) or name in ("coa_mode", "fa_hoa_mode"), name


def test_nothing_is_taken_unasked():
    rows = sessions.fields((moved("natt_coa_mode"),), FIELDS)[moved("natt_coa_mode")]
    assert not any(value for row in rows for value in row[:7])


def test_only_named_ports_are_right():
    """A request to another port than 434 or those that the user named is found by its source port alone."""
    capture = moved("udp_port.near_miss", 50001)  # 434 is nowhere
    named = ("-o", "dsmipv4.ports:50001")
    assert not any(row[0] for row in sessions.fields((capture,), FIELDS, named)[capture])
    by_source = ("-d", "udp.port==50000,dsmipv4")
    assert [row[0] for row in sessions.fields((capture,), FIELDS, by_source)[capture]][:2] == ["udp_port", "udp_port"]


def test_decode_as_comes_first():
    capture = moved("natt_coa_mode")
    options = ("-o", f"dsmipv4.ports:{PORT}", "-d", f"udp.port=={PORT},mip")
    assert not any(row[0] or row[3] for row in sessions.fields((capture,), FIELDS, options)[capture])


@pytest.mark.parametrize("off", [("--disable-protocol", "dsmipv4"), ("-o", "dsmipv4.takeover:FALSE")])
def test_switched_off(off):
    args = ["-n", "-V", "-r", moved("natt_coa_mode")]
    assert tshark([*args, "-o", f"dsmipv4.ports:{PORT}", *off]) == tshark(args, plugin=False)


def test_a_port_of_another_protocol():
    """SIP's port is Mobile IP's while the preference says so."""
    capture = moved("prefix_bits", 5060)
    assert sessions.fields((capture,), FIELDS, ("-o", "dsmipv4.ports:5060"))[capture][0][0] == "prefix_bits"
    assert not sessions.fields((capture,), FIELDS)[capture][0][0]


def test_dsmipv4_on_434_bypasses_nothing():
    args = ["tshark", "-n", "-q", "-r", dsmipgen.write("prefix_bits"), "-z", "dsmipv4,report,json"]
    found = {}
    for protocol in ("dsmipv4", "mip"):
        process = run([*args, "-d", f"udp.port==434,{protocol}"], plugins=plugin_dir())
        found[protocol] = json.loads(process.stdout)["settings"]["bypassed"]
    assert found["dsmipv4"] == []
    assert len(found["mip"]) == 1
