# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen respond: what a mobile node made by hand gets from the reference home agent, and from each of its faults.

The agent starts in a few hundredths of a second: about 15 s for all.
"""

import contextlib
import signal
import socket
import subprocess
import time

import pytest

import dsmipgen
from dsmipv4_tshark import checked
from mobile_node import (B, D, DSMIPV4, FA_HA_AUTH, G, M, MN1, MN2, MN_HA_AUTH, NTP_OFFSET, PORT, RESERVED_R,
                         RESERVED_X, S, T, TUNNELING_MODE, UDP_TUNNEL_REPLY, Reply, authenticated, extension, ntp,
                         prefix_request, request, udp_tunnel_request)
from network import ADDRESS_HERE, THERE, needs_network, pair
from test_cli import check_refusal

pytestmark = needs_network

AGENT = "10.0.0.9"
SILENCE = 0.15  # seconds; the agent answers within a few milliseconds
OWN, SECOND, THIRD, OTHERS = "2001:db8:a::", "2001:db8:d::", "2001:db8:e::", "2001:db8:b::"
PREFIX, MODE = prefix_request(OWN, 48), TUNNELING_MODE
FA_KEY = (0x300, b"fa-ha secret")


@contextlib.contextmanager
def two_addresses():
    with pair() as both:
        both[0].ip("addr add 10.0.0.3/24 dev test0")  # a second address of the node
        yield both


@pytest.fixture(scope="module", name="ends")
def fixture_ends():
    with two_addresses() as both:
        yield both


class Agent:
    """A running agent, and the socket of a node that talks to it."""

    def __init__(self, process, node, other):
        self.process, self.node, self.other, self.log = process, node, other, []

    def ask(self, message, node=None, seconds=5.0):
        """The reply to a message, None if there is none."""
        node = node or self.node
        node.settimeout(seconds)
        node.sendto(message, (AGENT, PORT))
        try:
            data, (address, port) = node.recvfrom(2048)
        except TimeoutError:
            return None
        assert (address, port) == (AGENT, PORT)
        return Reply(data)

    def register(self, who=MN1, extensions=(), **fields):
        reply = self.ask(authenticated(request(who, extensions=extensions, **fields), *who[1:]))
        assert reply and reply.is_signed(*who[1:])
        return reply


def start(ends, *options):
    process = ends[1].start(dsmipgen.PROGRAM, "respond", "--role", "ha", "-i", THERE, "--set", f"ha.address={AGENT}",
                            *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith(f"home agent {AGENT} on {THERE}")
    return process


@contextlib.contextmanager
def agent(ends, *options):
    process = start(ends, *options)
    with ends[0].entered():
        node, other = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    node.bind((ADDRESS_HERE, PORT))
    other.bind(("10.0.0.3", 50434))
    running = Agent(process, node, other)
    try:
        yield running
    finally:
        node.close()
        other.close()
        process.send_signal(signal.SIGTERM)
        running.log = process.communicate(timeout=10)[0].splitlines()


@pytest.fixture(name="home")
def fixture_home(ends):
    with agent(ends) as running:
        yield running
    assert running.process.returncode == 0


@pytest.fixture(scope="module", name="lasting")
def fixture_lasting():
    """An agent for many tests, to which it does not matter what was registered before; in namespaces of its own."""
    with two_addresses() as both, agent(both) as running:
        yield running
    assert running.process.returncode == 0


def signed(*args, who=MN1, **fields):
    return authenticated(request(who, *args, **fields), *who[1:])


# Without a fault.

def test_accepted(home):
    identification = ntp()
    reply = home.register(identification=identification, extensions=[PREFIX, MODE])
    assert (reply.code, reply.lifetime, reply.hoa, reply.ha) == (0, 60, MN1[0], AGENT)
    assert reply.identification == identification
    assert reply.prefixes == [(1, OWN, 48, 0)]
    assert reply.kinds == [DSMIPV4, MN_HA_AUTH]


@pytest.mark.parametrize("flags, extensions, prefixes", [
    (D | T, [], []),
    (D | T, [PREFIX], [(0, OWN, 48, 0)]),
    (T, [PREFIX, MODE], [(0, OWN, 48, 0)]),  # the mode is for a node that is there itself
    (D | T, [PREFIX, prefix_request(SECOND, 48), MODE], [(1, OWN, 48, 0), (1, SECOND, 48, 0)]),
    (D | T, [PREFIX, PREFIX, MODE], [(1, OWN, 48, 0)]),
    (D | T, [prefix_request("2001:db8:a::1", 48), MODE], [(1, OWN, 48, 0)]),
    (D | T, [prefix_request("2001:db8:a:1::", 64), MODE], [(1, "2001:db8:a:1::", 64, 0)]),
    (D | T, [prefix_request("2001:db8::", 32), MODE], [(9, "2001:db8::", 32, 0)]),
    (D | T, [PREFIX, prefix_request(THIRD, 48), MODE], [(1, OWN, 48, 0), (9, THIRD, 48, 0)]),
    (D | T, [prefix_request("fe80::1", 255), MODE], [(0, "fe80::1", 255, 0)]),
    (D | T, [prefix_request(OWN, 255)], [(8, OWN, 255, 0)]),
    (D | T, [prefix_request(OWN, 200)], [(8, OWN, 200, 0)]),
    (D | T, [extension(DSMIPV4, bytes([9, 1, 2, 3])), PREFIX], [(0, OWN, 48, 0)]),
    (D | T, [extension(DSMIPV4, bytes([1, 48])), PREFIX], [(0, OWN, 48, 0)]),
    (D | T, [extension(200, b"unknown"), PREFIX, MODE], [(1, OWN, 48, 0)]),
    (D | T | RESERVED_R | RESERVED_X, [PREFIX], [(0, OWN, 48, 0)]),
    (D | T | G | M | B, [PREFIX], [(0, OWN, 48, 0)]),
])
def test_prefixes(lasting, flags, extensions, prefixes):
    reply = lasting.register(flags=flags, extensions=extensions)
    assert (reply.code, reply.prefixes) == (0, prefixes)


def test_simultaneous_bindings_are_refused(lasting):
    assert lasting.register(flags=S | D | T).code == 1


@pytest.mark.parametrize("asked, granted", [(1, 1), (600, 600), (601, 600), (65535, 600), (0, 0)])
def test_lifetime(lasting, asked, granted):
    assert lasting.register(lifetime=asked).lifetime == granted


def changed(message, from_end):
    at = len(message) - from_end
    return message[:at] + bytes([message[at] ^ 1]) + message[at + 1:]


# name: (message, code or None for silence)
DENIALS = {
    "first byte of the authenticator": (lambda: changed(signed(), 16), 131),
    "middle byte": (lambda: changed(signed(), 8), 131),
    "last byte": (lambda: changed(signed(), 1), 131),
    "short authenticator": (lambda: authenticated(request(), *MN1[1:], length=8), 131),
    "SPI": (lambda: authenticated(request(), 0x999, MN1[2]), 131),
    "key": (lambda: authenticated(request(), MN1[1], b"wrong"), 131),
    "two authenticators": (lambda: authenticated(signed(), *MN1[1:]), 131),
    "no authenticator": (request, None),
    "unknown node": (lambda: authenticated(request(("198.51.100.99", 0x100, b"")), *MN1[1:]), None),
    "an hour behind": (lambda: signed(identification=ntp(time.time() - 3600)), 133),
    "an hour ahead": (lambda: signed(identification=ntp(time.time() + 3600)), 133),
    "another home agent": (lambda: signed(home_agent="10.0.0.10"), 136),
    "no home agent": (lambda: signed(home_agent="0.0.0.0"), 136),
    "unknown type below 128": (lambda: signed(extensions=[extension(35, b"x")]), None),
    "extension that overruns": (lambda: signed() + bytes([200, 9]), 134),
    "one byte too many": (lambda: signed() + bytes([200]), 134),
    "fixed part cut": (lambda: signed()[:23], None),
    "UDP tunnel without D": (lambda: signed(flags=T, extensions=[udp_tunnel_request()]), 134),
    "UDP tunnel with reserved 3": (lambda: signed(extensions=[udp_tunnel_request(reserved3=1)]), 134),
    "UDP tunnel of ESP": (lambda: signed(extensions=[udp_tunnel_request(0x80, 50)]), 142),
    "unknown foreign agent": (lambda: authenticated(signed(), *FA_KEY, FA_HA_AUTH), None),
    "foreign agent without authenticator": (lambda: signed(flags=T, care_of="203.0.113.9"), 132),
    "foreign agent with a wrong one": (
        lambda: changed(authenticated(signed(flags=T, care_of="203.0.113.9"), *FA_KEY, FA_HA_AUTH), 1), 132),
}


@pytest.mark.parametrize("name", DENIALS)
def test_denied(lasting, name):
    make, code = DENIALS[name]
    message = make()
    reply = lasting.ask(message, seconds=SILENCE if code is None else 5)
    assert (reply and reply.code) == code
    if reply:
        assert (reply.lifetime, reply.prefixes, reply.is_signed(*MN1[1:])) == (0, [], True)
        assert reply.identification & 0xFFFFFFFF == int.from_bytes(message[20:24], "big")


def test_resynchronization(home):
    """The high half of 133 is the agent's time, and a request with that time is accepted (RFC 5944 5.7.1)."""
    old = ntp(time.time() - 3600)
    reply = home.ask(signed(identification=old))
    assert abs((reply.identification >> 32) - NTP_OFFSET - time.time()) < 2
    assert home.register(identification=(reply.identification >> 32) << 32 | 5).code == 0


def test_replay(home):
    first = signed()
    assert [home.ask(first).code for _ in range(2)] == [0, 133]
    assert home.ask(signed(identification=ntp(time.time() - 3))).code == 133
    assert home.register().code == 0


def test_nonces(ends):
    with agent(ends, "--replay", "nonces") as home:
        first = home.ask(signed(identification=7))
        assert (first.code, first.identification & 0xFFFFFFFF) == (133, 7)
        nonce = first.identification >> 32
        second = home.ask(signed(identification=nonce << 32 | 8))
        assert (second.code, second.identification & 0xFFFFFFFF) == (0, 8)
        assert second.identification >> 32 != nonce
        assert home.ask(signed(identification=nonce << 32 | 9)).code == 133


def test_overlap(home):
    """A prefix that a registered node has is nobody else's, until that node is gone."""
    assert home.register(extensions=[PREFIX]).prefixes == [(0, OWN, 48, 0)]
    assert home.register(MN2, extensions=[PREFIX]).prefixes == [(8, OWN, 48, 0)]
    assert home.register(MN2, extensions=[prefix_request("2001:db8::", 32)]).prefixes == [(8, "2001:db8::", 32, 0)]
    assert home.register(MN2, extensions=[prefix_request(OTHERS, 48)]).prefixes == [(0, OTHERS, 48, 0)]
    assert home.register(lifetime=0).lifetime == 0
    assert home.register(MN2, extensions=[PREFIX]).prefixes == [(9, OWN, 48, 0)]


def test_a_binding_expires(home):
    home.register(extensions=[PREFIX], lifetime=1)
    assert home.register(MN2, extensions=[PREFIX]).prefixes[0][0] == 8
    time.sleep(1.1)
    assert home.register(MN2, extensions=[PREFIX]).prefixes[0][0] == 9


def test_foreign_agent(home):
    message = authenticated(signed(flags=T, care_of="203.0.113.9", extensions=[PREFIX]), *FA_KEY, FA_HA_AUTH)
    reply = home.ask(message, home.other)
    assert (reply.code, reply.kinds) == (0, [DSMIPV4, MN_HA_AUTH, FA_HA_AUTH])
    assert reply.is_signed(*MN1[1:]) and reply.is_signed(*FA_KEY, FA_HA_AUTH)


@pytest.mark.parametrize("behind_nat, flags, answer", [
    (False, 0x00, bytes([0, 64, 0, 0, 0, 110])),
    (False, 0x80, bytes([0, 0, 0x80, 0, 0, 110])),
    (True, 0x00, bytes([0, 0, 0, 0, 0, 110])),
])
def test_udp_tunnel(lasting, behind_nat, flags, answer):
    message = signed(extensions=[PREFIX, udp_tunnel_request(flags)])
    reply = lasting.ask(message, lasting.other if behind_nat else lasting.node)
    assert reply.code == 0
    assert reply.extensions[-2] == (UDP_TUNNEL_REPLY, answer)


# With a fault: messages, and what is wrong in the answer to the last one.

def seconds_ahead(seconds):
    return signed(identification=ntp(time.time() + seconds))


def unsigned_half(reply):
    return reply.identification & 0xFFFFFFFF


PLAIN = [lambda: signed(extensions=[PREFIX, MODE])]
SKIP, NO_SKIP = extension(200, b"x"), extension(35, b"x")
FAULTS = {
    "no-auth": ([lambda: changed(signed(), 1)], lambda reply: reply.code == 0),
    "auth-first-bytes": ([lambda: changed(signed(), 1)], lambda reply: reply.code == 0),
    "auth-last-bytes": ([lambda: changed(signed(), 16)], lambda reply: reply.code == 0),
    "auth-short": ([lambda: authenticated(request(), *MN1[1:], length=8)], lambda reply: reply.code == 0),
    "any-spi": ([lambda: authenticated(request(), 0x999, MN1[2])], lambda reply: reply.code == 0),
    "any-node": ([lambda: request(("198.51.100.99", 0, b""))], lambda reply: (reply.code, reply.kinds) == (0, [])),
    "any-home-agent": ([lambda: signed(home_agent="10.0.0.10")], lambda reply: reply.code == 0),
    "no-replay": ([lambda: seconds_ahead(-3600)], lambda reply: reply.code == 0),
    "future": ([lambda: seconds_ahead(3600)], lambda reply: reply.code == 0),
    "non-skippable": ([lambda: signed(extensions=[NO_SKIP])], lambda reply: reply.code == 0),
    "deny-non-skippable": ([lambda: signed(extensions=[NO_SKIP])], lambda reply: reply.code == 134),
    "deny-skippable": ([lambda: signed(extensions=[SKIP])], lambda reply: reply.code == 134),
    "reply-no-auth": (PLAIN, lambda reply: reply.kinds == [DSMIPV4]),
    "reply-bad-auth": (PLAIN, lambda reply: reply.kinds == [DSMIPV4, MN_HA_AUTH] and not reply.is_signed(*MN1[1:])),
    "id-low": ([lambda: signed(identification=ntp() & ~1)], lambda reply: unsigned_half(reply) & 1 == 1),
    "id-high": (PLAIN, lambda reply: (reply.identification >> 32) - NTP_OFFSET - time.time() > 0),
    "echo-id": ([lambda: seconds_ahead(-3600)],
                lambda reply: reply.code == 133 and (reply.identification >> 32) - NTP_OFFSET - time.time() < -3500),
    "no-resync": ([lambda: seconds_ahead(-3600)], lambda reply: reply.code == 129),
    "lifetime-more": (PLAIN, lambda reply: reply.lifetime == 120),
    "lifetime-zero": (PLAIN, lambda reply: (reply.code, reply.lifetime) == (0, 0)),
    "deregistration-lifetime": ([lambda: signed(lifetime=0)], lambda reply: (reply.code, reply.lifetime) == (0, 60)),
    "code-one": (PLAIN, lambda reply: reply.code == 1),
    "wrong-home-address": (PLAIN, lambda reply: reply.hoa == "0.0.0.0"),
    "wrong-home-agent": (PLAIN, lambda reply: reply.ha == "0.0.0.0"),
    "no-prefix": (PLAIN, lambda reply: (reply.code, reply.kinds) == (0, [MN_HA_AUTH])),
    "any-prefix": ([lambda: signed(extensions=[prefix_request(THIRD, 48)])],
                   lambda reply: reply.prefixes == [(0, THIRD, 48, 0)]),
    "overlap": ([lambda: signed(who=MN2, extensions=[prefix_request(OTHERS, 48)]),
                 lambda: signed(extensions=[prefix_request(OTHERS, 48)])],
                lambda reply: reply.prefixes == [(0, OTHERS, 48, 0)]),
    "reject-all": ([lambda: signed(extensions=[PREFIX, prefix_request(THIRD, 48)])], lambda reply: reply.code == 129),
    "first-prefix-only": ([lambda: signed(extensions=[PREFIX, prefix_request(SECOND, 48)])],
                          lambda reply: reply.prefixes == [(0, OWN, 48, 0)]),
    "prefix-length": (PLAIN, lambda reply: reply.prefixes == [(1, OWN, 49, 0)]),
    "prefix-bits": (PLAIN, lambda reply: reply.prefixes == [(1, "2001:db8:a::1", 48, 0)]),
    "prefix-reserved": (PLAIN, lambda reply: reply.prefixes == [(1, OWN, 48, 0x54)]),
    "duplicate-prefix": (PLAIN, lambda reply: reply.prefixes == 2 * [(1, OWN, 48, 0)]),
    "coa-unasked": ([lambda: signed(extensions=[PREFIX])], lambda reply: reply.prefixes == [(1, OWN, 48, 0)]),
    "after-auth": (PLAIN, lambda reply: reply.kinds == [MN_HA_AUTH, DSMIPV4]),
    "no-link-local": ([lambda: signed(extensions=[prefix_request("fe80::1", 255)])],
                      lambda reply: (reply.code, reply.prefixes) == (0, [])),
    "strict-reserved": ([lambda: signed(flags=D | T | RESERVED_X)], lambda reply: reply.code == 134),
    "strict-bits": ([lambda: signed(extensions=[prefix_request("2001:db8:a::1", 48)])],
                    lambda reply: reply.prefixes == [(8, OWN, 48, 0)]),
    "no-udp-tunnel": ([lambda: signed(extensions=[udp_tunnel_request(0x80)])],
                      lambda reply: (reply.code, reply.kinds) == (0, [MN_HA_AUTH])),
    "udp-tunnel-declined": ([lambda: signed(extensions=[udp_tunnel_request(0x80)])],
                            lambda reply: reply.extensions[0][1][1] == 64),
}
# Those that do not change one reply have tests of their own below.
ELSEWHERE = {"bad-checksum", "silent", "crash", "duplicate", "wrong-source", "wrong-port", "reply-bad-checksum"}


# Those of the data plane, which test_run.py tries by the suite.
TUNNELS = {"no-tunnel", "no-reverse", "hoa-when-coa", "coa-when-hoa", "no-gre", "gre-unasked", "minimal-unasked",
           "wrong-tunnel-source", "udp-tunnel-unused", "next-header", "no-keepalive", "no-traffic-class", "hop-limit",
           "no-ingress-check", "any-tunnel-source", "expired-forwards", "deregistered-forwards", "omitted-forwards",
           "rejected-forwards", "old-coa", "mld-to-coa", "no-multicast", "link-local-to-coa"}


def list_faults():
    return [line.split()[0] for line in checked(dsmipgen.dsmipgen("list", "faults")).splitlines()]


def test_each_fault_is_tried():
    assert {fault for fault in list_faults() if fault[:3] not in ["mn-", "fa-"]} == set(FAULTS) | ELSEWHERE | TUNNELS


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(ends, lasting, fault):
    messages, is_wrong = FAULTS[fault]
    with agent(ends, "--fault", fault) as home:
        wrong = [home.ask(make()) for make in messages][-1]
    right = [lasting.ask(make(), seconds=SILENCE) for make in messages][-1]
    assert wrong and is_wrong(wrong)
    assert not (right and is_wrong(right)), "the agent does the same without the fault"


def test_silent(ends):
    with agent(ends, "--fault", "silent") as home:
        assert home.ask(signed(), seconds=SILENCE) is None


def test_crash(ends):
    with agent(ends, "--fault", "crash") as home:
        assert home.ask(signed()).code == 0
        assert home.ask(signed(extensions=[SKIP]), seconds=SILENCE) is None
        assert home.process.wait(timeout=10) == 1


def test_duplicate(ends):
    with agent(ends, "--fault", "duplicate") as home:
        assert home.ask(signed()).data == home.node.recvfrom(2048)[0]


def test_wrong_source(ends):
    with agent(ends, "--fault", "wrong-source") as home:
        home.node.settimeout(5)
        home.node.sendto(signed(), (AGENT, PORT))
        assert home.node.recvfrom(2048)[1] == ("10.0.0.10", PORT)


def test_wrong_port(ends):
    with agent(ends, "--fault", "wrong-port") as home:
        home.other.settimeout(SILENCE)
        home.other.sendto(signed(), (AGENT, PORT))
        with pytest.raises(TimeoutError):
            home.other.recvfrom(2048)


def datagram(checksum):
    """A request as a UDP datagram of our own making."""
    message = signed()
    return PORT.to_bytes(2, "big") * 2 + (8 + len(message)).to_bytes(2, "big") + checksum + message


@pytest.mark.parametrize("options, checksum, is_answered", [
    ([], bytes(2), True),
    ([], b"\x12\x34", False),
    (["--fault", "bad-checksum"], b"\x12\x34", True),
    (["--fault", "reply-bad-checksum"], bytes(2), False),  # the kernel drops it
])
def test_checksums(ends, options, checksum, is_answered):
    with agent(ends, *options) as home:
        with ends[0].entered():
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        with raw:
            raw.sendto(datagram(checksum), (AGENT, 0))
        home.node.settimeout(5 if is_answered else SILENCE)
        if is_answered:
            assert Reply(home.node.recvfrom(2048)[0]).code == 0
        else:
            with pytest.raises(TimeoutError):
                home.node.recvfrom(2048)


# Options.

def test_delay(ends):
    with agent(ends, "--delay", "300ms") as home:
        start_time = time.monotonic()
        assert home.ask(signed()).code == 0
        assert time.monotonic() - start_time >= 0.3


def test_loss(ends):
    """What is lost depends on the seed alone. Sixteen answers, half of them lost: all and none are unlikely."""
    came = []
    for seed in ["7", "7", "8"]:
        with agent(ends, "--loss", "50", "--seed", seed) as home:
            ends[0].ip(f"neigh replace {AGENT} lladdr 02:00:00:00:00:02 dev test0")  # no ARP, which is lost as well
            came.append([home.ask(signed(), seconds=SILENCE) is not None for _ in range(16)])
    ends[0].ip(f"neigh del {AGENT} dev test0")
    assert 0 < sum(came[0]) < 16
    assert came[0] == came[1] != came[2]


def test_longest_lifetime(ends):
    with agent(ends, "--lifetime", "20") as home:
        assert home.register(lifetime=60).lifetime == 20


def test_log(ends, tmp_path):
    log = tmp_path / "agent.log"
    with ends[0].entered():
        node = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    process = ends[1].start(dsmipgen.PROGRAM, "respond", "--role", "ha", "-i", THERE, "--set", f"ha.address={AGENT}",
                            "--log", log, "--fault", "id-low", "--fault", "duplicate")
    with node:
        node.bind((ADDRESS_HERE, PORT))
        while not (log.exists() and log.read_text()):
            time.sleep(0.01)
        home = Agent(process, node, None)
        home.ask(signed(extensions=[PREFIX, prefix_request(THIRD, 48), MODE]))
        home.ask(signed(lifetime=0))
        home.ask(changed(signed(), 1))
        home.ask(request(), seconds=SILENCE)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    assert log.read_text().splitlines() == [
        f"home agent {AGENT} on test1; faults: duplicate, id-low",
        "198.51.100.77 at 10.0.0.1: accepted for 60 s, 2001:db8:a::/48 code 1, 2001:db8:e::/48 code 9",
        "198.51.100.77 at 10.0.0.1: deregistered",
        "198.51.100.77 at 10.0.0.1: denied with code 131, wrong authenticator",
        "198.51.100.77 at 10.0.0.1: ignored, no authenticator",
    ]


@pytest.mark.parametrize("options, words", [
    ([], ["no --role", "ha"]),
    (["--role", "cn"], ["--role 'cn'", "ha (home agent), mn (mobile node) or fa (foreign agent)"]),
    (["--role", "ha", "--fault", "mn-no-auth"], ["the fault mn-no-auth is of another role"]),
    (["--role", "ha", "--fault", "id-lo"], ["unknown fault 'id-lo'", "did you mean 'id-low'"]),
    (["--role", "ha", "--set", "ha.adress=10.0.0.9"], ["unknown name", "ha.address"]),
    (["--role", "ha", "--set", "ha.address=x"], ["--set ha.address", "IPv4 address"]),
    (["--role", "ha", "--lifetime", "0"], ["--lifetime '0'", "1 to 65535"]),
    (["--role", "ha", "--loss", "101"], ["--loss '101'", "0 to 100"]),
    (["--role", "ha", "--delay", "1x"], ["--delay '1x'"]),
    (["--role", "ha", "--mtu", "67"], ["--mtu '67'", "68 to 65535"]),
    (["--role", "ha", "--replay", "nonce"], ["--replay 'nonce'", "timestamps or nonces"]),
    (["--role", "ha", "--seed", "-1"], ["seed out of range"]),
])
def test_wrong_options(options, words):
    check_refusal(dsmipgen.dsmipgen("respond", "-i", "lo", *options), 2, *words)


def test_needs_an_interface(ends):
    check_refusal(ends[1].run(dsmipgen.PROGRAM, "respond", "--role", "ha", "-i", "nosuch0"), 3, "nosuch0")
    check_refusal(ends[1].run(dsmipgen.PROGRAM, "respond", "--role", "ha", "-i", THERE, "--set", "ha.address=10.0.0.2"), 3,
                  "10.0.0.2 is an address of this machine", "expected another ha.address")
