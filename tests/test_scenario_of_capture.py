# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen scenario: what it makes of a capture, written again, breaks the rules that the capture breaks, frame by frame.

The captures are those of captures/, whose comments say which rules each packet breaks; the rewritten ones go through one
tshark together.
"""

import functools
import hmac
import ipaddress
import struct

import pytest

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import ROOT, checked, scratch
from test_cli import ENVIRONMENT, USAGE, check_refusal

NODE = "198.51.100.77"  # mn1
FLOWS = tuple(dsmipgen.flows())
DAMAGED = tuple("""udp_cksum_zero udp_cksum_bad msg_short ext_trailing auth_missing ext_overrun ext152_empty rep_length
    subtype_reserved mode_reserved prefix_bits prefix_len_range ll_no_hoa auth_size utrq_reserved rrq_reserved_bits rrq_d_at_home
    ident_reuse utrp_order id_low mode_mixed tun_minenc_ipv6 tun_outer_options tun_outer_length tun_frag tun_hop_zero tun_nd_lladdr
    gre_reserved gre_checksum gre_proto natt_nexthdr natt_frag mld_router_alert tun_encap pd_not_registered""".split())
NEEDS_FUTURE = {rule.id for rule in load_rules().values() if rule.needs_future}
ETHERNET, IPV4, UDP = 14, 20, 8
MESSAGE = ETHERNET + IPV4 + UDP


def capture(name):
    return ROOT / "captures" / f"{name}.pcapng"


def scenario(path, *options):
    """The text of the scenario of a capture."""
    return checked(dsmipgen.dsmipgen("scenario", "-r", path, *options))


def write(text, name, *more):
    path = scratch() / f"again-{name}.yaml"
    path.write_text(text)
    target = path.with_suffix(".pcapng")
    checked(dsmipgen.dsmipgen("write", *more, path, "-w", target))
    target.chmod(0o644)
    return target


def frames_of(text):
    """Numbers of the captured frames, in the order of the steps."""
    return [int(line.split()[2]) for line in text.splitlines() if line.startswith("  # frame ")]


@functools.lru_cache(maxsize=None)
def again(name):
    """(numbers of frames, the capture that is written from the scenario of a capture)."""
    options = ["--node", NODE] if "2 mobile nodes" in dsmipgen.dsmipgen("scenario", "-r", capture(name)).stderr else []
    text = scenario(capture(name), *options)
    return frames_of(text), write(text, name)


def expected(name):
    return {number: comment[2] for number, comment in dsmipgen.comments(capture(name)).items()}


@pytest.mark.parametrize("name", [*FLOWS, *DAMAGED])
def test_same_verdicts(name, together):
    paths = tuple(again(each)[1] for each in together("name"))
    numbers, path = again(name)
    found, claims = sessions.rules(paths, tuple(every_rule_on()))[path], expected(name)
    assert len(found) == len(numbers) > 0
    for again_number, number in enumerate(numbers, 1):
        if claims[number] is not None:
            assert found[again_number] - NEEDS_FUTURE == claims[number] - NEEDS_FUTURE, f"frame {number}"


@pytest.mark.parametrize("name", FLOWS)
def test_every_frame_of_one_node(name):
    if name not in {"two_nodes", "case_two_agents", "case_midway_data"}:
        assert again(name)[0] == list(range(1, len(expected(name)) + 1))


@pytest.mark.parametrize("name", ["coa_mode", "natt_coa_mode", "fa_hoa_mode", "coa_mode_gre_key", "handoff", "revocation"])
def test_same_bytes_at_the_same_time(name):
    """What is written begins when the captures did, so that times and authenticators are those of the capture."""
    assert dsmipgen.packets(again(name)[1]) == dsmipgen.packets(capture(name))


def pcap(path, packets, link=1):
    """A capture of (microseconds, bytes)."""
    records = [struct.pack("<IIII", time // 10**6, time % 10**6, len(data), len(data)) + data for time, data in packets]
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link) + b"".join(records))
    return path


def ntp(time):
    return (time // 10**6 + 2208988800 << 32) + (time % 10**6 << 32) // 10**6


def test_written_at_another_time():
    """Behind another scenario the packets come later: identifications follow, and authenticators cover them."""
    path = write(scenario(capture("coa_mode")), "later", "registration")
    packets = dsmipgen.packets(path)
    (asked, _, request), (_, _, reply) = packets[2:4]
    assert asked != dsmipgen.packets(capture("coa_mode"))[0][0]
    assert struct.unpack_from(">Q", request, MESSAGE + 16) == struct.unpack_from(">Q", reply, MESSAGE + 12) == (ntp(asked),)
    for frame in (request, reply):
        assert frame[-16:] == hmac.digest(b"mn1-ha secret", frame[MESSAGE:-16], "md5")


def test_other_addresses_and_keys():
    text = scenario(capture("coa_mode"), "--set", "mn1.key=lab")
    assert '"mn1.key=lab"' in text and "mn1.key" in text.splitlines()[1]  # it confirms no authenticator
    path = scratch() / "moved.yaml"
    path.write_text(text)
    target = scratch() / "moved.pcapng"
    checked(dsmipgen.dsmipgen("write", path, "-w", target, "--set", "mn1.coa=192.0.2.99", "--set", "mn1.hoa=10.0.0.1"))
    request = dsmipgen.packets(target)[0][2]
    assert request[ETHERNET + 12:ETHERNET + 16] == ipaddress.ip_address("192.0.2.99").packed
    assert request[MESSAGE + 4:MESSAGE + 8] == ipaddress.ip_address("10.0.0.1").packed
    assert request[-16:] == hmac.digest(b"lab", request[MESSAGE:-16], "md5")


def test_one_of_several_nodes():
    both = dsmipgen.dsmipgen("scenario", "-r", capture("two_nodes"))
    check_refusal(both, USAGE, "2 mobile nodes", "198.51.100.77", "198.51.100.78", "--node")
    text = scenario(capture("two_nodes"), "--node", "198.51.100.78")
    assert "mn1.hoa=198.51.100.78" in text and "198.51.100.77" not in text
    absent = dsmipgen.dsmipgen("scenario", "-r", capture("two_nodes"), "--node", "198.51.100.79")
    check_refusal(absent, USAGE, "no registration of 198.51.100.79")
    check_refusal(dsmipgen.dsmipgen("scenario", "-r", capture("two_nodes"), "--node", "mn2"), USAGE, "'mn2'", "home address")


def test_what_follows_is_left_out():
    text = scenario(capture("coa_mode"))
    for word in ("checksum", "length:", "protocol", "identification", "authenticator: ", "spi:", "at:", "ttl"):
        assert word not in text
    assert "after: 2.9" in text and "request: { flags: DT }" in text


def test_what_is_wrong_stays_wrong():
    times, frames = zip(*((time, data) for time, _, data in dsmipgen.packets(capture("coa_mode"))))
    sums = bytearray(frames[0])
    sums[40] ^= 0x55
    signed = bytearray(frames[1])
    signed[-1] ^= 1
    signed[40:42] = b"\0\0"  # no UDP checksum: nothing else is wrong
    text = scenario(pcap(scratch() / "wrong.pcap", zip(times, (bytes(sums), bytes(signed), *frames[2:]))))
    assert "checksum: bad" in text and "# the udp checksum is 0x" in text
    assert "checksum: none" in text
    assert text.count("authenticator: bad") == 1 and "# the authenticator of mn_ha_auth is wrong" in text


def test_identification_that_is_no_time():
    time, _, frame = dsmipgen.packets(capture("coa_mode"))[0]
    nonce = frame[:MESSAGE + 16] + bytes.fromhex("0123456789abcdef") + frame[MESSAGE + 24:]
    text = scenario(pcap(scratch() / "nonce.pcap", [(time, nonce)]))
    assert "identification: 0x123456789abcdef" in text and "# the identification is neither a time" in text
    clock = frame[:MESSAGE + 16] + struct.pack(">Q", ntp(time) + (7 << 32)) + frame[MESSAGE + 24:]
    assert "identification: ntp+7.000000" in scenario(pcap(scratch() / "clock.pcap", [(time, clock)])).replace('"', "")


@pytest.mark.parametrize("link, head", [(101, b""), (113, bytes(14) + b"\x08\x00"), (276, b"\x08\x00" + bytes(18))])
def test_links(link, head):
    """Raw IP, Linux cooked captures of both versions."""
    packets = [(time, head + data[ETHERNET:]) for time, _, data in dsmipgen.packets(capture("coa_mode"))]
    text = scenario(pcap(scratch() / f"link-{link}.pcap", packets, link))
    assert text.splitlines()[2:] == scenario(capture("coa_mode")).splitlines()[2:]


def test_padding_is_no_part():
    packets = [(time, data + b"\xaa" * 6) for time, _, data in dsmipgen.packets(capture("coa_mode"))]
    text = scenario(pcap(scratch() / "padded.pcap", packets))
    assert text.splitlines()[2:] == scenario(capture("coa_mode")).splitlines()[2:]


@pytest.mark.parametrize("content, words", [
    (None, ["cannot read", "No such file"]),
    (b"", ["cannot read"]),
    (b"not a capture at all, but long enough to be one", ["cannot read", "unknown file format"]),
    (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 105), ["link type IEEE802_11", "expected Ethernet"]),
    (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"\1\2\3", ["cannot read"]),
])
def test_bad_files(content, words, tmp_path):
    path = tmp_path / "x.pcap"
    if content is not None:
        path.write_bytes(content)
    check_refusal(dsmipgen.dsmipgen("scenario", "-r", path), ENVIRONMENT, "x.pcap", *words)


def test_nothing_to_find():
    empty = pcap(scratch() / "empty.pcap", [])
    check_refusal(dsmipgen.dsmipgen("scenario", "-r", empty), USAGE, "no registration", "expected at least one")
    check_refusal(dsmipgen.dsmipgen("scenario"), USAGE, "no capture file", "-r FILE")
    check_refusal(dsmipgen.dsmipgen("scenario", "-r", empty, "coa_mode"), USAGE, "too many words")
