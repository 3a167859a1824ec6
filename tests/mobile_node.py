# SPDX-License-Identifier: GPL-2.0-or-later
"""A mobile node of a few lines: registration requests and replies as bytes, by the RFCs and by nothing of ours."""

import hashlib
import hmac
import socket
import struct
import time
from dataclasses import dataclass, field

PORT = 434
NTP_OFFSET = 2208988800
S, B, D, M, G, RESERVED_R, T, RESERVED_X = 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01
MN_HA_AUTH, FA_HA_AUTH, UDP_TUNNEL_REPLY, UDP_TUNNEL_REQUEST, DSMIPV4 = 32, 34, 44, 144, 152
MN1, MN2 = ("198.51.100.77", 0x100, b"mn1-ha secret"), ("198.51.100.78", 0x101, b"mn2-ha secret")
TUNNELING_MODE = bytes([DSMIPV4, 2, 3, 0])


def ntp(seconds=None):
    """An identification: 32 bits of seconds, and 32 of their fractions."""
    seconds = time.time() if seconds is None else seconds
    return int(seconds + NTP_OFFSET) << 32 | int(seconds % 1 * 2**32)


def extension(kind, body):
    return bytes([kind, len(body)]) + body


def prefix_request(prefix, length):
    return extension(DSMIPV4, bytes([1, length]) + socket.inet_pton(socket.AF_INET6, prefix))


def udp_tunnel_request(flags=0, encapsulation=0, reserved3=0):
    return extension(UDP_TUNNEL_REQUEST, struct.pack(">BBBBH", 0, 0, flags, encapsulation, reserved3))


def authenticated(message, spi, key, kind=MN_HA_AUTH, length=16):
    """The message with an authentication extension: HMAC-MD5 up to and with the SPI (RFC 5944 3.5.1)."""
    message += bytes([kind, 4 + length]) + struct.pack(">I", spi)
    return message + hmac.new(key, message, hashlib.md5).digest()[:length]


def request(node=MN1, home_agent="10.0.0.9", care_of="10.0.0.1", flags=D | T, lifetime=60, identification=None,
            extensions=()):
    """A registration request up to its authenticator."""
    identification = ntp() if identification is None else identification
    addresses = b"".join(socket.inet_aton(text) for text in [node[0], home_agent, care_of])
    return struct.pack(">BBH", 1, flags, lifetime) + addresses + struct.pack(">Q", identification) + b"".join(extensions)


@dataclass
class Reply:
    """A registration reply, taken apart."""

    data: bytes
    code: int = 0
    lifetime: int = 0
    hoa: str = ""
    ha: str = ""
    identification: int = 0
    extensions: list = field(default_factory=list)  # (type, body)

    def __post_init__(self):
        kind, self.code, self.lifetime, hoa, ha, self.identification = struct.unpack(">BBH4s4sQ", self.data[:20])
        assert kind == 3
        self.hoa, self.ha = socket.inet_ntoa(hoa), socket.inet_ntoa(ha)
        at = 20
        while at < len(self.data):
            kind, length = self.data[at:at + 2]
            self.extensions.append((kind, self.data[at + 2:at + 2 + length]))
            at += 2 + length
        assert at == len(self.data)

    @property
    def kinds(self):
        return [kind for kind, _ in self.extensions]

    @property
    def prefixes(self):
        """(code, prefix, length, reserved) of each prefix reply."""
        return [(body[1], socket.inet_ntop(socket.AF_INET6, body[4:20]), body[2], body[3])
                for kind, body in self.extensions if kind == DSMIPV4]

    def is_signed(self, spi, key, kind=MN_HA_AUTH):
        """Whether the first extension of this type authenticates all that is before it."""
        at = 20
        for other, body in self.extensions:
            if other == kind:
                digest = hmac.new(key, self.data[:at + 6], hashlib.md5).digest()
                return body == struct.pack(">I", spi) + digest
            at += 2 + len(body)
        return False
