# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces for a test: two interfaces that are connected only to each other."""

import contextlib
import ctypes
import fcntl
import functools
import os
import shutil
import socket
import struct
import subprocess
import time
from dataclasses import dataclass

import pytest

from dsmipv4_tshark import with_default_signals

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
TUNSETIFF, IFF_TUN_NO_PI = 0x400454CA, 0x1001
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
HERE, THERE = "test0", "test1"  # the sending and the receiving end
ADDRESS_HERE, ADDRESS_THERE = "10.0.0.1", "10.0.0.2"
MAC_HERE, MAC_THERE = "02:00:00:00:00:01", "02:00:00:00:00:02"


@functools.lru_cache
def reason_to_skip() -> str:
    """Why this machine cannot make a network namespace with an interface, or an empty text."""
    if os.geteuid() != 0:
        return "only root can make a network namespace"
    for program in ["ip", "unshare", "nsenter"]:
        if not shutil.which(program):
            return f"{program} is not installed"
    process = subprocess.run(["unshare", "--net", "ip", "link", "add", HERE, "type", "veth", "peer", "name", THERE],
                             capture_output=True, text=True, timeout=30, check=False)
    return "" if process.returncode == 0 else f"no veth in a network namespace: {process.stderr.strip()}"


@dataclass
class Namespace:
    """A network namespace that lives as long as its holder, a process that only waits."""

    holder: subprocess.Popen

    @property
    def path(self):
        return f"/proc/{self.holder.pid}/ns/net"

    def command(self, *words):
        return ["nsenter", f"--net={self.path}", *(str(word) for word in words)]

    def run(self, *words, **options):
        with self.entered():
            return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=90, check=False,
                                  **options)

    def ip(self, words):
        """One command, or several, each in a line."""
        commands = [line for line in words.splitlines() if line.strip()]
        options = ["ip", *words.split()] if len(commands) == 1 else ["ip", "-batch", "-"]
        process = self.run(*options, input=words)
        assert process.returncode == 0, f"ip {words}: {process.stderr}"
        return process.stdout

    def start(self, *words, **options):
        with self.entered():
            return subprocess.Popen(with_default_signals(words), text=True, **options)

    @contextlib.contextmanager
    def entered(self):
        """This thread inside the namespace: what it opens belongs there, and stays there."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        inside = os.open(self.path, os.O_RDONLY)
        try:
            set_namespace(inside)
            try:
                yield
            finally:
                set_namespace(before)
        finally:
            os.close(inside)
            os.close(before)


def set_namespace(descriptor):
    # os.setns() is there from Python 3.12 on
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def namespace():
    """A new network namespace, without any interface but a loopback that is down."""
    holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec cat"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "ready\n"
        yield Namespace(holder)
    finally:
        holder.stdin.close()
        holder.wait(timeout=10)
        holder.stdout.close()


def await_carrier(space, interface, seconds=10):
    """The kernel notices a carrier a while after it is there."""
    end = time.monotonic() + seconds
    while "state UP" not in space.ip(f"-o link show {interface}"):
        assert time.monotonic() < end, f"{interface} has no carrier"
        time.sleep(0.01)


@contextlib.contextmanager
def pair():
    """Two namespaces, with an interface each, that are connected to nothing but each other."""
    with namespace() as here, namespace() as there:
        for space in [here, there]:
            space.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1", "net.ipv6.conf.all.disable_ipv6=1")
        here.ip(f"link add {HERE} address {MAC_HERE} type veth peer name {THERE} address {MAC_THERE}")
        here.ip(f"link set {THERE} netns {there.holder.pid}")
        here.ip(f"addr add {ADDRESS_HERE}/24 dev {HERE}")
        there.ip(f"addr add {ADDRESS_THERE}/24 dev {THERE}")
        here.ip(f"link set {HERE} up")
        there.ip(f"link set {THERE} up")
        for space, interface in [(here, HERE), (there, THERE)]:
            await_carrier(space, interface)
        yield here, there


@contextlib.contextmanager
def tun(space, name="tun0"):
    """An interface without Ethernet; the descriptor that what is sent through it can be read from."""
    with space.entered():
        descriptor = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN_NO_PI))
    try:
        space.ip(f"link set {name} up")
        yield descriptor
    finally:
        os.close(descriptor)


class Receiver:
    """Collects every frame that arrives at an interface, or also leaves it, with the kernel's time of that."""

    def __init__(self, space, interface=THERE, outgoing=False):
        with space.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, int(not outgoing))
        self.socket.bind((interface, ETH_P_ALL))
        self.socket.setblocking(False)
        self.times = []  # seconds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def frames(self, limit=100_000):
        """What has arrived since the last call. The kernel delivers before sending returns: nothing is on its way."""
        frames = []
        while len(frames) < limit:
            try:
                data, control, _, _ = self.socket.recvmsg(65536, 64)
            except BlockingIOError:
                break
            stamp = control[0][2]
            self.times.append(int.from_bytes(stamp[:8], "little") + int.from_bytes(stamp[8:16], "little") / 1e9)
            frames.append(data)
        return frames

    def frames_of_programs(self):
        """What has arrived, but for answers to ARP: the kernel at this end asks now and then whether the other is there."""
        return [frame for frame in self.frames() if not (frame[12:14] == b"\x08\x06" and frame[21] == 2)]

    def wait(self, count, seconds=10):
        """At least so many frames, or what came in so many seconds."""
        frames, end = [], time.monotonic() + seconds
        while len(frames) < count and time.monotonic() < end:
            frames += self.frames(count)
            time.sleep(0.01)
        return frames


def write_pcap(path, frames, times):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for frame, when in zip(frames, times):
            file.write(struct.pack("<IIII", int(when), int(when % 1 * 1e6), len(frame), len(frame)) + frame)


needs_network = pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip() or "-")
needs_tun = pytest.mark.skipif(not os.path.exists("/dev/net/tun"), reason="no /dev/net/tun")
