# SPDX-License-Identifier: GPL-2.0-or-later
"""Encapsulation: the tunnel to the home address, and around it or alone the one to the care-of address."""

from dataclasses import dataclass, field

from .wire import ETHERTYPE, GRE, IPIP, IPV6, MINIMAL, UDP, Gre, IPv4, IPv6, TunnelData, Udp, minimal, outer_tos


@dataclass
class Binding:
    """What a home agent granted; the node has the same object once the reply has reached it."""

    node: object
    ha: object
    exchange: object
    coa: bytes  # the care-of address field
    endpoint: bytes  # where the tunnel ends: behind a NAT its public address
    port: int | None  # of the UDP tunnel
    flags: int
    path: list  # from the node's end up to the home agent
    attachment: object
    prefixes: list = field(default_factory=list)  # (prefix, length, "hoa" or "coa")
    link_local: bytes = b""
    explicit: bool = False
    expires: float = 0.0
    down: str = "ipip"  # encapsulation by the home agent, and by the other end
    up: str = "ipip"
    key_down: int | None = None
    key_up: int | None = None
    keepalive: int = 0


def outer(chance, inner, src, dst, proto, payload, dynamic) -> IPv4:
    """The IPv4 header around a packet. Don't Fragment follows IPv4 inside; IPv6 has a tunnel MTU, static or dynamic."""
    df = inner.df if isinstance(inner, IPv4) else dynamic
    return IPv4(src, dst, proto, payload, tos=outer_tos(inner.tos), df=df, ident=chance.getrandbits(16))


def to_home_address(chance, inner: IPv6, src, dst, dynamic=False) -> IPv4:
    """The tunnel between home agent and home address: always protocol 41 (RFC 5454 3.3.2)."""
    return outer(chance, inner, src, dst, IPV6, inner, dynamic)


def to_care_of(chance, inner, src, dst, how, key=None, ports=None, dynamic=False, seq=None) -> IPv4:
    """The tunnel between home agent and care-of address, around IPv4 or IPv6."""
    proto = IPIP if isinstance(inner, IPv4) else IPV6
    if how == "minimal" and proto == IPIP and not inner.offset and not inner.more and not ports:
        return minimal(inner, src, dst)
    payload = inner
    if how == "minimal" and proto == IPIP and ports:
        packet = minimal(inner, src, dst)
        proto, payload = MINIMAL, packet.payload
    elif how == "gre" and not (ports and proto == IPV6):  # RFC 5454 3.9: IPv6 in a UDP tunnel is next header 41
        payload = Gre(ETHERTYPE[proto], inner, key=key, seq=seq, summed=chance.random() < 0.2)
        proto = GRE
    if ports:
        proto, payload = UDP, Udp(*ports, TunnelData(proto, payload))
    return outer(chance, inner, src, dst, proto, payload, dynamic)
