# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers of the Internet, from the inside out: objects that can be changed until they are packed."""

import struct
from dataclasses import dataclass, replace
from ipaddress import ip_address

IPIP, TCP, UDP, ICMP, IPV6, GRE, MINIMAL, ICMPV6 = 4, 6, 17, 1, 41, 47, 55, 58
ETHERTYPE = {IPIP: 0x0800, IPV6: 0x86DD}


def address(text) -> bytes:
    return ip_address(text).packed


def text(packed: bytes) -> str:
    return str(ip_address(packed))


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    return 0xFFFF - (total % 0xFFFF or (0xFFFF if total else 0))


def pseudo(src: bytes, dst: bytes, proto: int, length: int) -> bytes:
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, proto, length)
    return src + dst + struct.pack("!II", length, proto)


def packed(payload, src: bytes, dst: bytes) -> bytes:
    """A payload as bytes; `src` and `dst` are the addresses of the IP header around it."""
    return payload if isinstance(payload, bytes) else payload.pack(src, dst)


@dataclass(slots=True)
class IPv4:
    src: bytes
    dst: bytes
    proto: int
    payload: object
    ttl: int = 64
    tos: int = 0
    df: bool = False
    ident: int = 0
    offset: int = 0  # of a fragment, in bytes
    more: bool = False
    options: bytes = b""
    length_error: int = 0  # what a fault adds to the total length

    def pack(self, *_around) -> bytes:
        body = packed(self.payload, self.src, self.dst)
        words = 5 + len(self.options) // 4
        flags = self.df << 14 | self.more << 13 | self.offset // 8
        head = (
            struct.pack(
                "!BBHHHBBH4s4s",
                0x40 | words,
                self.tos,
                4 * words + len(body) + self.length_error,
                self.ident,
                flags,
                self.ttl,
                self.proto,
                0,
                self.src,
                self.dst,
            )
            + self.options
        )
        return head[:10] + checksum(head).to_bytes(2, "big") + head[12:] + body


def routed(data: bytes, hops: int = 1) -> bytes:
    """A packed IPv4 packet after routers have decremented its TTL."""
    words = (data[0] & 15) * 4
    head = data[:8] + bytes([max(data[8] - hops, 1)]) + data[9:10] + b"\0\0" + data[12:words]
    return head[:10] + checksum(head).to_bytes(2, "big") + head[12:] + data[words:]


@dataclass(slots=True)
class IPv6:
    src: bytes
    dst: bytes
    proto: int
    payload: object
    hops: int = 64
    tos: int = 0
    label: int = 0
    ahead: bytes = b""  # extension headers, the first one hop-by-hop options
    length_error: int = 0

    def pack(self, *_around) -> bytes:
        body = self.ahead + packed(self.payload, self.src, self.dst)
        first = 6 << 28 | self.tos << 20 | self.label
        return (
            struct.pack(
                "!IHBB16s16s",
                first,
                len(body) + self.length_error,
                0 if self.ahead else self.proto,
                self.hops,
                self.src,
                self.dst,
            )
            + body
        )


@dataclass(slots=True)
class Udp:
    sport: int
    dport: int
    payload: object
    without_sum: bool = False

    def pack(self, src, dst) -> bytes:
        body = packed(self.payload, src, dst)
        head = struct.pack("!HHHH", self.sport, self.dport, 8 + len(body), 0)
        if self.without_sum:
            return head + body
        value = checksum(pseudo(src, dst, UDP, 8 + len(body)) + head + body) or 0xFFFF
        return head[:6] + value.to_bytes(2, "big") + body


@dataclass(slots=True)
class Tcp:
    sport: int
    dport: int
    seq: int
    payload: bytes

    def pack(self, src, dst) -> bytes:
        data = struct.pack("!HHIIBBHHH", self.sport, self.dport, self.seq, 1, 0x50, 0x18, 8192, 0, 0) + self.payload
        value = checksum(pseudo(src, dst, TCP, len(data)) + data)
        return data[:16] + value.to_bytes(2, "big") + data[18:]


@dataclass(slots=True)
class Icmp:
    """ICMP and, around IPv6 addresses, ICMPv6."""

    kind: int
    code: int
    body: bytes

    def pack(self, src, dst) -> bytes:
        data = struct.pack("!BBH", self.kind, self.code, 0) + self.body
        value = checksum(data if len(src) == 4 else pseudo(src, dst, ICMPV6, len(data)) + data)
        return data[:2] + value.to_bytes(2, "big") + data[4:]


@dataclass(slots=True)
class Gre:
    """RFC 2784 with the key, sequence number and checksum of RFC 2890."""

    kind: int
    payload: object
    key: int | None = None
    seq: int | None = None
    summed: bool = False
    flags: int = 0  # more bits, of a fault
    sum_error: int = 0

    def pack(self, src, dst) -> bytes:
        flags = self.flags | self.summed << 15 | (self.key is not None) << 13 | (self.seq is not None) << 12
        data = struct.pack("!HH", flags, self.kind) + (b"\0\0\0\0" if self.summed else b"")
        for number in (self.key, self.seq):
            data += b"" if number is None else number.to_bytes(4, "big")
        data += packed(self.payload, src, dst)
        if self.summed:
            value = (checksum(data) + self.sum_error) & 0xFFFF
            data = data[:4] + value.to_bytes(2, "big") + data[6:]
        return data


def minimal(inner: IPv4, src: bytes, dst: bytes) -> IPv4:
    """Minimal encapsulation (RFC 2004 3.1): the inner header keeps what the outer one does not say."""
    keeps_source = inner.src != src
    head = struct.pack("!BBH4s", inner.proto, keeps_source << 7, 0, inner.dst) + (inner.src if keeps_source else b"")
    head = head[:2] + checksum(head).to_bytes(2, "big") + head[4:]
    body = packed(inner.payload, inner.src, inner.dst)
    return replace(inner, src=src, dst=dst, proto=MINIMAL, payload=head + body)


@dataclass(slots=True)
class TunnelData:
    """The message of RFC 3519 3.3 that carries a packet through a NAT."""

    next_header: int
    payload: object
    reserved: int = 0

    def pack(self, src, dst) -> bytes:
        return struct.pack("!BBH", 4, self.next_header, self.reserved) + packed(self.payload, src, dst)


def outer_tos(inner_tos: int) -> int:
    """The DSCP copied, ECN by the full-functionality option (RFC 3168 9.1.1): CE becomes ECT(0) outside."""
    return inner_tos & 0xFC | (2 if inner_tos & 3 == 3 else inner_tos & 3)


def fragments(packet: IPv4, size: int) -> list[IPv4]:
    """The packet cut so that no payload is longer than `size`, a multiple of eight."""
    body = packed(packet.payload, packet.src, packet.dst)
    return [
        replace(packet, payload=body[at : at + size], offset=at, more=at + size < len(body))
        for at in range(0, len(body), size)
    ]
