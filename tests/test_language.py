# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenario language can say beyond single packets: relative times, repetitions, chance, values of other steps.

Times and bytes are read from the capture file itself; what they should be is worked out by hand. One short program run a
test.
"""

import struct

import pytest

import dsmipgen
from dsmipv4_tshark import checked
from test_cli import USAGE, check_refusal, write_bad

KEEPALIVES = """\
base: coa_mode
steps:
  - step: keepalive
    after: {after}
    repeat: {repeat}
    interval: 20
    jitter: {jitter}
    stack:
      - ipv4: {{ source: mn.coa, destination: ha.address, ttl: {ttl} }}
      - ipv6: {{ source: mn.address6, destination: cn.address6 }}
      - icmpv6_echo_request: {{}}
"""

IP, UDP, ICMPV6 = 14, 34, 74  # offsets of headers in a frame
REQUEST = UDP + 8


def packets(path):
    """(microseconds since the first packet, bytes) of each packet of a little-endian pcap file."""
    data, at, found = path.read_bytes(), 24, []
    while at < len(data):
        seconds, fraction, captured, _ = struct.unpack_from("<4I", data, at)
        found.append((seconds * 1000000 + fraction, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return [(time - found[0][0], frame) for time, frame in found]


def steps_of(tmp_path, text, *words):
    """Step name -> (microseconds, bytes), of a scenario that is written as pcapng for the names and as pcap."""
    scenario = tmp_path / "own.yaml"
    scenario.write_text(text)
    for suffix in ("pcap", "pcapng"):
        checked(dsmipgen.dsmipgen("write", scenario, "-w", tmp_path / f"own.{suffix}", *words))
    names = [step for _, step, _ in dsmipgen.comments(tmp_path / "own.pcapng").values()]
    assert len(set(names)) == len(names)
    return dict(zip(names, packets(tmp_path / "own.pcap")))


def keepalives(after="0.5", repeat=4, jitter=0, ttl=64):
    return KEEPALIVES.format(after=after, repeat=repeat, jitter=jitter, ttl=ttl)


def test_a_step_in_between_moves_what_follows(tmp_path):
    plain = steps_of(tmp_path, "base: coa_mode\n")
    moved = steps_of(tmp_path, "base: coa_mode\nsteps:\n  - { step: again, like: request, after: request+2.5 }\n")
    assert moved["again"][0] == 2500000
    for step in ("reply", "data_to_mn", "data_from_mn"):
        assert moved[step][0] == plain[step][0] + 2500000


def test_a_fixed_time_replaces_a_relative_one_and_the_other_way_round(tmp_path):
    text = ("base: coa_mode\nsteps:\n  - { step: data_to_mn, at: 7 }\n  - { step: data_from_mn, at: 9 }\n"
            "violation:\n  - { step: data_from_mn, after: 0.25 }\n")
    assert [time for time, _ in steps_of(tmp_path, text).values()] == [0, 100000, 7000000, 7250000]


def test_repetitions(tmp_path):
    steps = steps_of(tmp_path, keepalives())
    assert list(steps)[4:] == ["keepalive", "keepalive#2", "keepalive#3", "keepalive#4"]
    first = steps["data_from_mn"][0] + 500000
    assert [steps[name][0] for name in list(steps)[4:]] == [first + i * 20000000 for i in range(4)]
    assert len({frame for _, frame in list(steps.values())[4:]}) == 1


def test_jitter_is_of_the_seed_and_does_not_add_up(tmp_path):
    plain = [time for time, _ in steps_of(tmp_path, keepalives(repeat=30)).values()]
    runs = [[time for time, _ in steps_of(tmp_path, keepalives(repeat=30, jitter=3), "--seed", seed).values()]
            for seed in ("1", "1", "2")]
    assert runs[0] == runs[1] != runs[2]
    for run in runs:
        misses = [time - wanted for time, wanted in zip(run, plain)]
        assert misses[:5] == [0] * 5  # the first one is where `after` says
        assert all(abs(miss) <= 3000000 for miss in misses)
        assert min(misses) < -1000000 and max(misses) > 1000000


def test_a_group_refers_to_itself(tmp_path):
    """Each reply has the identification of its own request, and each data packet the sequence number of its own."""
    text = """\
base: coa_mode
steps:
  - { step: again, like: request, repeat: 3, through: granted, interval: 100, request: { lifetime: 60..600 } }
  - { step: other, like: request, after: 1 }
  - { step: granted, like: reply, answers: again, reply: { lifetime: again.lifetime } }
"""
    steps = steps_of(tmp_path, text)
    lifetimes = set()
    for number in ("", "#2", "#3"):
        request, reply = steps["again" + number][1][REQUEST:], steps["granted" + number][1][REQUEST:]
        assert request[16:24] == reply[12:20]  # identification, RFC 5944 3.3, 3.4
        assert request[2:4] == reply[2:4]      # lifetime
        assert 60 <= int.from_bytes(request[2:4], "big") <= 600
        lifetimes.add(request[2:4])
    assert len(lifetimes) == 3
    times = [steps[name][0] for name in list(steps)[4:]]
    assert times == [times[0] + offset for turn in range(3)
                     for offset in (turn * 100000000, turn * 100000000 + 1000000, turn * 100000000 + 1100000)]


@pytest.mark.parametrize("value, allowed", [
    ("5..9", set(range(5, 10))),
    ('"1 | 64 | 250..252"', {1, 64, 250, 251, 252}),
    ("exp(20)", set(range(256))),
    ('"normal(100, 10)"', set(range(50, 151))),
])
def test_chance(tmp_path, value, allowed):
    """The values are allowed, differ, are the seed's, and do not depend on other steps."""
    text = keepalives(repeat=60, ttl=value)
    drawn = [[frame[IP + 8] for _, frame in list(steps_of(tmp_path, written, "--seed", seed).values())[-60:]]
             for written, seed in [(text, "7"), (text, "7"), (text, "8"),
                                   (text + "  - { step: more, like: request, before: request }\n", "7")]]
    assert drawn[0] == drawn[1] == drawn[3] != drawn[2]
    assert set(drawn[0]) <= allowed and len(set(drawn[0])) >= min(len(allowed), 10)


def test_chance_has_its_distribution(tmp_path):
    """Means of 2000 values: within five standard errors of what is asked for."""
    for value, mean, error in [("1000..3000", 2000, 13), ("exp(2000)", 2000, 45), ("normal(2000, 100)", 2000, 2.3)]:
        text = keepalives(repeat=2000).replace("ttl: 64", f'identification: "{value}"')
        drawn = [int.from_bytes(frame[IP + 4:IP + 6], "big") for _, frame in packets_of_text(tmp_path, text)[4:]]
        assert len(drawn) == 2000 and abs(sum(drawn) / 2000 - mean) < 5 * error


def packets_of_text(tmp_path, text):
    (tmp_path / "own.yaml").write_text(text)
    checked(dsmipgen.dsmipgen("write", tmp_path / "own.yaml", "-w", tmp_path / "own.pcap"))
    return packets(tmp_path / "own.pcap")


def test_fields_of_steps_can_be_set(tmp_path):
    """On the command line and in a file; the message goes before its headers, an extension is counted from 1."""
    words = ["request.lifetime=30", "request.ttl=9", "reply.udp.checksum=0x1234", "reply.identification=7",
             "data_to_mn.ipv6.source=2001:db8::99", "data_to_mn.after=3"]
    steps = steps_of(tmp_path, "base: coa_mode\nset: [request.prefix_request.length=56, request.ttl=8]\n",
                     *(word for setting in words for word in ("--set", setting)))
    request, reply, data = (steps[name][1] for name in ("request", "reply", "data_to_mn"))
    assert request[REQUEST + 2:REQUEST + 4] == bytes([0, 30]) and request[IP + 8] == 9
    assert request[REQUEST + 24:REQUEST + 28] == bytes([152, 18, 1, 56])
    assert reply[UDP + 6:UDP + 8] == b"\x12\x34" and reply[REQUEST + 12:REQUEST + 20] == bytes([0] * 7 + [7])
    assert data[IP + 20 + 8:IP + 20 + 24] == bytes.fromhex("20010db8000000000000000000000099")
    assert steps["data_to_mn"][0] == 3100000


@pytest.mark.parametrize("setting, words", [
    ("request.lifetme=30", ["step 'request'", "did you mean 'lifetime'?"]),
    ("request.lifetime=x", ["--set request.lifetime:", "'x'", "65535"]),
    ("request.lifetime", ["step.key=value"]),
    ("data_to_mn.source=::1", ["data_to_mn.ipv4.source, data_to_mn.ipv6.source"]),
    ("data_to_mn.ipv5.source=::1", ["did you mean 'ipv", "BLOCK.KEY"]),
    ("reqest.lifetime=30", ["reqest.lifetime", "step.key"]),
])
def test_wrong_settings(tmp_path, setting, words):
    check_refusal(dsmipgen.dsmipgen("write", "coa_mode", "-w", tmp_path / "x.pcap", "--set", setting), USAGE, *words)


# name: (lines from line 4 on, line at fault, words that the answer must contain)
WRONG = {
    "after_and_at": ("after: 1\n    at: 2", 4, ["after", "together with `at`"]),
    "after_unknown": ("after: requst+1", 4, ["unknown step 'requst'", "request"]),
    "never": ("repeat: 0", 4, ["repeat", "expected 1 to 65535"]),
    "too_often": ("repeat: 65536", 4, ["repeat", "65535"]),
    "jitter_alone": ("jitter: 1", 4, ["jitter", "`repeat`"]),
    "too_much_jitter": ("repeat: 2\n    interval: 1\n    jitter: 0.6", 6, ["jitter", "at most 0.500000"]),
    "backwards": ("repeat: 2\n    through: request", 5, ["through", "'request'"]),
    "itself": ("ipv4: { ttl: lone.ttl }", 4, ["ttl", "refers to itself"]),
    "range": ("ipv4: { ttl: 9..5 }", 4, ["9..5", "lower limit first"]),
    "range_out_of_range": ("ipv4: { ttl: 1..300 }", 4, ["'300'", "255"]),
    "no_fragment": ("order: 1 2", 4, ["order", "no fragment 2", "expected 1 to 1"]),
    "order_from_0": ("order: 0", 4, ["order", "'0'"]),
    "no_vendor": ("extensions:\n      - vendor: { vendor_type: 1 }", 5, ["vendor", "has no key `vendor`"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_steps(tmp_path, case):
    lines, line, words = WRONG[case]
    process = write_bad(tmp_path, f"base: coa_mode\nsteps:\n  - step: lone\n    {lines}\n    like: request\n")
    check_refusal(process, USAGE, f"bad.yaml:{line}: ", *words)


def test_a_repetition_that_takes_too_long(tmp_path):
    text = ("base: coa_mode\nsteps:\n  - { step: data_to_mn, repeat: 2, through: data_from_mn, interval: 1 }\n"
            "  - { step: data_from_mn, after: 1.5 }\n")
    check_refusal(write_bad(tmp_path, text), USAGE, "bad.yaml:3: ", "interval", "1.500000")


def test_vendor_extensions(tmp_path):
    """RFC 3115 2, 3: type, reserved and length in their own order, then vendor, type and value."""
    text = """\
base: coa_mode
steps:
  - step: request
    extensions:
      - vendor: { vendor: 10415, vendor_type: 3, value: "a1 a2 a3" }
      - critical_vendor: { vendor: 10415, vendor_type: 4, value: "b1" }
"""
    frame = steps_of(tmp_path, text)["request"][1]
    assert frame[REQUEST + 24:] == bytes.fromhex("86 0b 0000 000028af 0003 a1a2a3" "26 00 0007 000028af 0004 b1")


EXTENSIONS = [  # as the RFCs lay them out: type, (subtype,) length, fields
    ("fa_key_request: { spi: 0x200 }", "28 01 0004 00000200"),  # RFC 3957
    ("fa_key_reply: { lifetime: 600, aaa_spi: 0x400, spi: 0x200, nonce: aabb }",
     "29 01 0010 00000258 00000400 00000200 0001 aabb"),
    ("ha_key_reply: { lifetime: 600, aaa_spi: 0x400, spi: 0x100, nonce: aabb }",
     "2b 01 0012 00000258 00000400 00000100 0001 0002 aabb"),
    ("fa_error: { status: 67 }", "2d 02 00 43"),  # RFC 4636
    ("gfa_address: { address: 192.0.2.1 }", "2e 04 c0000201"),  # RFC 4857 9.1
    ("gre_key: { key: 7 }", "30 00 0004 00000007"),  # RFC 6245 5
    ("nai_carrying: { nai: ab }", "88 03 01 6162"),  # RFC 3846
    ("dynamic_ha: { home_agent: 192.0.2.1 }", "8b 01 0004 c0000201"),  # RFC 4433 3.4
    ("message_string: { text: hi }", "91 03 01 6869"),  # RFC 4917
    ("service_selection: { service: ims }", "97 03 696d73"),  # RFC 5446
    ("pmipv4: { body: ff }", "2f 01 0001 ff"),  # RFC 5563
    ("experimental_skippable: { subtype: 9, body: 0a }", "ff 02 09 0a"),  # RFC 4064
]


def test_registered_extensions(tmp_path):
    lines = "".join(f"      - {line}\n" for line, _ in EXTENSIONS)
    frame = steps_of(tmp_path, f"base: coa_mode\nsteps:\n  - step: request\n    extensions:\n{lines}")["request"][1]
    assert frame[REQUEST + 24:] == bytes.fromhex("".join(expected for _, expected in EXTENSIONS))


def inside(tmp_path, layers):
    """The bytes of a step's packet behind its outer IPv4 header."""
    lines = "".join(f"      - {layer}\n" for layer in layers)
    text = ("base: coa_mode\nsteps:\n  - step: data_to_mn\n    stack:\n"
            f"      - ipv4: {{ source: 192.0.2.1, destination: 192.0.2.2 }}\n{lines}")
    return steps_of(tmp_path, text)["data_to_mn"][1][14 + 20:]


def test_tcp(tmp_path):
    """RFC 9293 3.1: pseudo-header and segment add up to ffff."""
    segment = inside(tmp_path, ['tcp: { source_port: 40000, destination_port: 443, sequence: 1, acknowledgment: 2, flags: SA, '
                                'window: 4096, options: "020405b4" }', "payload: { text: hi }"])
    words = [0xc000, 0x0201, 0xc000, 0x0202, 6, len(segment)] + [int(segment[i:i + 2].hex(), 16)
                                                                 for i in range(0, len(segment), 2)]
    total = sum(words)
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    assert total == 0xffff
    assert segment[:16] + segment[18:] == bytes.fromhex("9c40 01bb 00000001 00000002 6012 1000 0000 020405b4 6869")
    assert inside(tmp_path, ["tcp: { checksum: none, data_offset: 15, flags: CEUAPRSF }"])[12:18] == bytes.fromhex(
        "f0ff ffff 0000")


def test_icmpv4_errors_and_agents(tmp_path):
    """RFC 792, RFC 1191, RFC 5944 2.1; checksums are the complement of the sum of the other words."""
    assert inside(tmp_path, ["icmpv4_unreachable: { code: 4, mtu: 1400 }", "payload: { hex: 4500 }"]) == bytes.fromhex(
        "03 04 b283 0000 0578 4500")
    assert inside(tmp_path, ["icmpv4_redirect: { gateway: 192.0.2.9 }"]) == bytes.fromhex("05 01 38f5 c0000209")
    assert inside(tmp_path, ["agent_advertisement: { checksum: none, flags: RX, extensions: 130118 }"]) == bytes.fromhex(
        "09 00 0000 01 02 0708 cb007109 00000000 10 0a 0000 0708 8040 cb007109 130118")


def test_icmpv6_errors(tmp_path):
    """RFC 4443 3.2, 3.4: behind the IPv6 header; its checksum is left out here."""
    header = 'ipv6: { source: "2001:db8::1", destination: "2001:db8::2" }'
    assert inside(tmp_path, [header, "icmpv6_packet_too_big: { mtu: 1400, checksum: none }"])[40:] == bytes.fromhex(
        "02 00 0000 00000578")
    assert inside(tmp_path, [header, "icmpv6_parameter_problem: { pointer: 40, checksum: none }"])[40:] == bytes.fromhex(
        "04 00 0000 00000028")
    assert inside(tmp_path, [header, "router_solicitation: {}"])[40:] == bytes.fromhex("85 00 1f48 00000000")


def test_order_of_fragments(tmp_path):
    """Swapped, twice, lost: the bytes are those of the fragments in their order, the claim is where the packet is whole."""
    text = ("base: coa_mode\nsteps:\n  - step: request\n    ipv4: { identification: 7 }\n    fragment: 32\n"
            "    expect: [prefix_bits]\n")
    plain = [frame for _, frame in packets_of_text(tmp_path, text)[:3]]
    for order, wanted, whole in [("3 1 2", [3, 1, 2], 2), ("1 1 3 2 2", [1, 1, 3, 2, 2], 3), ("2 3", [2, 3], None)]:
        own, target = tmp_path / "own.yaml", tmp_path / "own.pcapng"
        own.write_text(text + f"    order: {order}\n")
        checked(dsmipgen.dsmipgen("write", own, "-w", target))
        claims = [claim for _, step, claim in dsmipgen.comments(target).values() if step == "request"]
        assert claims == [{"prefix_bits"} if place == whole else set() for place in range(len(wanted))]
        found = [frame for _, frame in packets_of_text(tmp_path, own.read_text())][:len(wanted)]
        assert found == [plain[number - 1] for number in wanted]


def test_packets_twice_and_lost(tmp_path):
    plain = packets_of_text(tmp_path, "base: coa_mode\n")
    found = packets_of_text(tmp_path, "base: coa_mode\nsteps:\n  - { step: reply, order: 1 1 }\n"
                                      "  - { step: data_to_mn, order: none }\n")
    assert found == [plain[0], plain[1], plain[1], plain[3]]


def test_show_keeps_what_is_to_be_drawn(tmp_path):
    """What `show` prints is written to the same packets, for another seed too."""
    own, shown = tmp_path / "own.yaml", tmp_path / "shown.yaml"
    own.write_text(keepalives(repeat=3, jitter=2, ttl='"1..9 | 64"'))
    shown.write_text(checked(dsmipgen.dsmipgen("show", own)))
    assert "repeat: 3" in shown.read_text() and "1..9 | 64" in shown.read_text()
    for path in (own, shown):
        checked(dsmipgen.dsmipgen("write", path, "--seed", "5", "-w", path.with_suffix(".pcap")))
    assert own.with_suffix(".pcap").read_bytes() == shown.with_suffix(".pcap").read_bytes()


def test_many_nodes_repeat_too(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(keepalives(repeat=3))
    checked(dsmipgen.dsmipgen("write", own, "--nodes", "40", "-w", tmp_path / "own.pcap"))
    assert len(packets(tmp_path / "own.pcap")) == 40 * 7
