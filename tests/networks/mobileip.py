# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of Mobile IPv4 (RFC 5944), with the extensions of RFC 5454 and others."""

import hashlib
import hmac
import struct
from dataclasses import dataclass, field

REQUEST, REPLY, REVOCATION, REVOCATION_ACK = 1, 3, 7, 15
S, B, D, M, G, RESERVED, T, X = 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01  # flags of a request
MHAE, MFAE, FHAE = 32, 33, 34
PADDING = b"\0"
NTP_OF_1970 = 2208988800
ALL_AGENTS = bytes([224, 0, 0, 11])


def short(kind: int, body: bytes) -> bytes:
    return struct.pack("!BB", kind, len(body)) + body


def long(kind: int, subtype: int, body: bytes) -> bytes:
    return struct.pack("!BBH", kind, subtype, len(body)) + body


def prefix_request(prefix: bytes, length: int) -> bytes:
    return short(152, bytes([1, length]) + prefix)


def prefix_reply(code: int, prefix: bytes, length: int) -> bytes:
    return short(152, bytes([2, code, length, 0]) + prefix)


TUNNELING_MODE = short(152, b"\3\0")


def udp_tunnel_request(force: bool = False, encapsulation: int = 0) -> bytes:
    return short(144, struct.pack("!BBBBH", 0, 0, force << 7, encapsulation, 0))


def udp_tunnel_reply(code: int, keepalive: int, force: bool = False) -> bytes:
    return short(44, struct.pack("!BBHH", 0, code, force << 15, keepalive))


def gre_key(key: int) -> bytes:
    return long(48, 0, struct.pack("!I", key))


@dataclass(frozen=True)
class Association:
    """A security association between two nodes."""

    spi: int
    algorithm: str  # as the plugin's table of keys names it
    secret: bytes

    def digest(self, data: bytes) -> bytes:
        if self.algorithm == "keyed-md5":  # RFC 2002: the key at both ends
            return hashlib.md5(self.secret + data + self.secret).digest()
        name = {"hmac-md5": "md5", "hmac-sha1": "sha1"}[self.algorithm]
        return hmac.new(self.secret, data, name).digest()

    @property
    def size(self) -> int:
        return 20 if self.algorithm == "hmac-sha1" else 16


@dataclass(frozen=True)
class Auth:
    """An authentication extension: signs all that precedes it in the message."""

    kind: int
    association: Association
    flip: int = 0  # bits of the last byte that a fault turns

    def sign(self, before: bytes) -> bytes:
        spi, size = self.association.spi, self.association.size
        if self.kind == 36:  # MN-AAA (RFC 4721 5): long layout
            data = before + struct.pack("!BBHI", 36, 1, 4 + size, spi)
        else:
            data = before + struct.pack("!BBI", self.kind, 4 + size, spi)
        digest = self.association.digest(data)
        return data + digest[:-1] + bytes([digest[-1] ^ self.flip])


@dataclass
class Message:
    """A registration request or reply; `extensions` are bytes and Auth objects in the order of sending."""

    kind: int
    lifetime: int
    hoa: bytes
    ha: bytes
    ident: int
    coa: bytes = b""  # of a request
    flags: int = 0
    code: int = 0  # of a reply
    extensions: list = field(default_factory=list)
    broken: list = field(default_factory=list)  # rules that it breaks on purpose
    relayed: bytes = b""  # what a foreign agent passes on as it is: all up to the Mobile-Home Authentication

    def fixed(self) -> bytes:
        if self.kind == REQUEST:
            return struct.pack(
                "!BBH4s4s4sQ", REQUEST, self.flags, self.lifetime, self.hoa, self.ha, self.coa, self.ident
            )
        return struct.pack("!BBH4s4sQ", REPLY, self.code, self.lifetime, self.hoa, self.ha, self.ident)

    def pack(self, *_around) -> bytes:
        return self._packed(self.extensions)

    def signed_part(self) -> bytes:
        """All bytes up to and with the Mobile-Home Authentication extension."""
        kinds = [e.kind if isinstance(e, Auth) else e[0] for e in self.extensions]
        return self._packed(self.extensions[: kinds.index(MHAE) + 1] if MHAE in kinds else self.extensions)

    def _packed(self, extensions) -> bytes:
        data = self.relayed or self.fixed()
        for extension in extensions:
            data = extension.sign(data) if isinstance(extension, Auth) else data + extension
        return data

    def has(self, kind: int, subtype: int | None = None) -> bool:
        return any(
            e[0] == kind and (subtype is None or e[2:3] == bytes([subtype]))
            for e in self.extensions
            if isinstance(e, bytes)
        )

    @property
    def prefixes(self) -> list:
        """(prefix, length) of each prefix request."""
        return [(e[4:20], e[3]) for e in self.extensions if isinstance(e, bytes) and e[:3] == b"\x98\x12\1"]


@dataclass
class Revocation:
    """RFC 3543 3.3, and with `acknowledges` 3.4."""

    hoa: bytes
    ha: bytes
    fa: bytes
    ident: int
    association: Association
    acknowledges: bool = False

    def pack(self, *_around) -> bytes:
        if self.acknowledges:
            data = struct.pack("!BBH4sI", REVOCATION_ACK, 0, 0, self.hoa, self.ident)
        else:
            data = struct.pack("!BBH4s4s4sI", REVOCATION, 0, 0, self.hoa, self.ha, self.fa, self.ident)
        return Auth(FHAE, self.association).sign(data)


def mask(prefix: bytes, length: int) -> bytes:
    if length > 128:
        return prefix
    return (int.from_bytes(prefix, "big") >> (128 - length) << (128 - length)).to_bytes(16, "big")
