# SPDX-License-Identifier: GPL-2.0-or-later
"""Exit statuses of dsmipcheck with the real tshark: it fails closed."""

import struct

import pytest

import dsmipgen
from dsmipcheck import dsmipcheck
from dsmipv4_tshark import as_ordinary_user, plugin_dir, scratch

CONFORMS, BROKEN, USAGE, NOT_JUDGED, INCOMPLETE = range(5)


def check(*args, plugins=None, config=None):
    env = {"WIRESHARK_PLUGIN_DIR": str(plugins or plugin_dir())}
    if config:
        env["WIRESHARK_CONFIG_DIR"] = str(config)
    return dsmipcheck(*args, cwd=scratch(), env=env, prefix=as_ordinary_user([]))


def configuration(name, file, text):
    """A configuration folder of Wireshark's with one file."""
    folder = scratch() / name
    folder.mkdir()
    (folder / file).write_text(text)
    folder.chmod(0o755)
    (folder / file).chmod(0o644)
    return folder


def made(name, content):
    path = scratch() / name
    path.write_bytes(content)
    path.chmod(0o644)
    return path


def other_traffic():
    frame = bytes.fromhex("020000000002 020000000001 88b5")
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    return made("other.pcap", header + struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)


def expect(process, status, words):
    assert process.returncode == status, process.stdout + process.stderr
    assert words in process.stdout + process.stderr


def test_conforming_and_broken():
    expect(check(dsmipgen.write("handoff")), CONFORMS, "Verdict: conforms")
    expect(check(dsmipgen.write("prefix_bits")), BROKEN, "Prefix bits beyond /48")
    expect(check("--allow", "prefix_bits", dsmipgen.write("prefix_bits")), CONFORMS, "prefix_bits (allowed)")
    expect(check("--expect", dsmipgen.write("prefix_bits"), dsmipgen.write("handoff")), CONFORMS, "2 conform")


def test_captures_that_cannot_be_judged():
    whole = dsmipgen.write("handoff").read_bytes()
    expect(check(scratch() / "missing.pcap"), NOT_JUDGED, "doesn't exist")
    expect(check(made("cut.pcapng", whole[:-10])), NOT_JUDGED, "cut short")
    expect(check(made("junk.pcap", bytes(range(64)))), NOT_JUDGED, "isn't a capture file")
    expect(check(other_traffic()), INCOMPLETE, "nothing to judge")


def test_plugin_that_does_not_judge():
    capture = dsmipgen.write("handoff")
    expect(check(capture, plugins=scratch() / "no-plugins"), NOT_JUDGED, "without the dsmipv4 plugin")
    expect(check("-o", "dsmipv4.takeover:FALSE", capture), NOT_JUDGED, "dsmipv4.takeover is off")
    disabled = configuration("disabled", "disabled_protos", "dsmipv4\n")
    expect(check(capture, config=disabled), NOT_JUDGED, "protocol dsmipv4 is disabled")


@pytest.mark.parametrize("table, value", [("ip.proto", 41), ("udp.port", 434)])
def test_decode_as_past_the_plugin(table, value):
    config = configuration(f"decode-as-{value}", "decode_as_entries", f"decode_as_entry: {table},{value},(none),(none)\n")
    expect(check(dsmipgen.write("handoff"), config=config), NOT_JUDGED, f"Decode As for {table} {value}")


def test_rules_are_looked_up_before_the_work():
    expect(check("--allow", "nope", dsmipgen.write("handoff")), USAGE, "there is no rule nope")
