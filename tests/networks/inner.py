# SPDX-License-Identifier: GPL-2.0-or-later
"""What travels inside the tunnels: IPv6 and IPv4 as hosts send them."""

import struct

from .wire import ICMP, ICMPV6, TCP, UDP, Icmp, IPv4, IPv6, Tcp, Udp, address

ALL_NODES, ALL_ROUTERS, MLD2_ROUTERS, DHCP_SERVERS = (
    address(a) for a in ("ff02::1", "ff02::2", "ff02::16", "ff02::1:2")
)
UNSPECIFIED = bytes(16)
ROUTER_ALERT = bytes([ICMPV6, 0, 5, 2, 0, 0, 1, 0])  # a hop-by-hop options header


def ordinary(chance, src: bytes, dst: bytes, largest: int = 600, first_hops: int = 64):
    """A packet of no particular kind between two hosts, IPv4 or IPv6."""
    tos = chance.choice([0, 0, 0, 0x28, 0xB8]) | chance.choice([0, 0, 0, 1, 2, 2, 3])
    data = bytes(chance.randrange(8, largest))
    kind = chance.choice(["udp", "udp", "tcp", "ping", "pong"])
    if kind == "udp":
        proto, payload = UDP, Udp(chance.randrange(1024, 65535), chance.choice([53, 123, 5060, 40000]), data)
        payload.dport = 40001 if payload.dport in (53, 123, 5060) else payload.dport  # plain data, for no dissector
    elif kind == "tcp":
        proto, payload = TCP, Tcp(chance.randrange(1024, 65535), 40002, chance.getrandbits(32), data)
    else:
        request, reply = (8, 0) if len(src) == 4 else (128, 129)
        proto = ICMP if len(src) == 4 else ICMPV6
        payload = Icmp(request if kind == "ping" else reply, 0, struct.pack("!HH", chance.getrandbits(16), 1) + data)
    if len(src) == 4:
        return IPv4(
            src, dst, proto, payload, ttl=first_hops, tos=tos, ident=chance.getrandbits(16), df=chance.random() < 0.3
        )
    return IPv6(src, dst, proto, payload, hops=first_hops, tos=tos, label=chance.choice([0, chance.getrandbits(20)]))


def keepalive(chance, src: bytes, dst: bytes, reply: bool = False) -> IPv4:
    body = struct.pack("!HH", 0x6B61, 1)
    return IPv4(src, dst, ICMP, Icmp(0 if reply else 8, 0, body), ident=chance.getrandbits(16))


def mld_report(chance, src: bytes, group: bytes) -> IPv6:
    if chance.random() < 0.6:  # version 2, exclude nothing: joins
        body = struct.pack("!HHBBH16s", 0, 1, 4, 0, 0, group)
        return IPv6(src, MLD2_ROUTERS, ICMPV6, Icmp(143, 0, body), hops=1, ahead=ROUTER_ALERT)
    return IPv6(src, group, ICMPV6, Icmp(131, 0, struct.pack("!HH16s", 0, 0, group)), hops=1, ahead=ROUTER_ALERT)


def mld_done(src: bytes, group: bytes) -> IPv6:
    return IPv6(src, ALL_ROUTERS, ICMPV6, Icmp(132, 0, struct.pack("!HH16s", 0, 0, group)), hops=1, ahead=ROUTER_ALERT)


def mld_query(chance, src: bytes, group: bytes = UNSPECIFIED) -> IPv6:
    body = struct.pack("!HH16s", 10000, 0, group) + (bytes([2, 125, 0, 0]) if chance.random() < 0.6 else b"")
    return IPv6(
        src, ALL_NODES if group == UNSPECIFIED else group, ICMPV6, Icmp(130, 0, body), hops=1, ahead=ROUTER_ALERT
    )


def neighbor_solicitation(src: bytes, target: bytes) -> IPv6:
    return IPv6(src, target, ICMPV6, Icmp(135, 0, bytes(4) + target), hops=255)


def neighbor_advertisement(src: bytes, dst: bytes) -> IPv6:
    return IPv6(src, dst, ICMPV6, Icmp(136, 0, b"\x60\0\0\0" + src), hops=255)


def router_solicitation(src: bytes) -> IPv6:
    return IPv6(src, ALL_ROUTERS, ICMPV6, Icmp(133, 0, bytes(4)), hops=255)


def router_advertisement(src: bytes, dst: bytes = ALL_NODES, prefix: bytes = b"", on_link: bool = True) -> IPv6:
    body = struct.pack("!BBHII", 64, 0, 1800, 0, 0)
    if prefix:
        body += struct.pack("!BBBBIII16s", 3, 4, 64, on_link << 7 | 0x40, 86400, 14400, 0, prefix)
    return IPv6(src, dst, ICMPV6, Icmp(134, 0, body), hops=255)


def _option(kind: int, body: bytes) -> bytes:
    return struct.pack("!HH", kind, len(body)) + body


def dhcp6(kind: int, src: bytes, dst: bytes, transaction: int, prefix: bytes = b"", length: int = 56) -> IPv6:
    """A message of prefix delegation (RFC 8415): 1 solicit, 2 advertise, 3 request, 7 reply."""
    body = bytes([kind]) + transaction.to_bytes(3, "big") + _option(1, b"\0\3\0\1\2\0\0\0\0\1")
    if kind in (2, 7):
        body += _option(2, b"\0\3\0\1\2\0\0\0\0\2")
    delegated = _option(26, struct.pack("!IIB16s", 3600, 7200, length, prefix)) if prefix else b""
    body += _option(25, struct.pack("!III", 1, 0, 0) + delegated)
    sport, dport = (546, 547) if kind in (1, 3) else (547, 546)
    return IPv6(src, dst, UDP, Udp(sport, dport, body))


def too_big(src: bytes, packet: IPv6, mtu: int) -> IPv6:
    """ICMPv6 Packet Too Big about a packet."""
    quoted = packet.pack()[:1000]
    return IPv6(src, packet.src, ICMPV6, Icmp(2, 0, mtu.to_bytes(4, "big") + quoted))


def unreachable4(src: bytes, data: bytes, kind: int = 3, code: int = 1, mtu: int = 0, quote: int = 28) -> IPv4:
    """An ICMP error of a router about a packed IPv4 packet, back to its source."""
    return IPv4(src, data[12:16], ICMP, Icmp(kind, code, struct.pack("!HH", 0, mtu) + data[:quote]))


def agent_advertisement(src: bytes, coa: bytes, flags: int, number: int, dst: bytes = address("224.0.0.1")) -> IPv4:
    """ICMP router advertisement with the mobility agent extension (RFC 5944 2.1.1), a one-byte padding at its end."""
    body = struct.pack("!BBH4sI", 1, 2, 1800, src, 0)
    body += struct.pack("!BBHHBB4s", 16, 10, number, 600, flags, 0, coa) + b"\0"
    return IPv4(src, dst, ICMP, Icmp(9, 0, body), ttl=1)


def agent_solicitation(src: bytes) -> IPv4:
    return IPv4(src, address("224.0.0.2"), ICMP, Icmp(10, 0, bytes(4)), ttl=1)
