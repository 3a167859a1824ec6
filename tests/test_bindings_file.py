# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture split into files is judged like the whole: the second reads the first one's bindings."""

import os
import re

import pytest

import conversations
import dsmipgen
import sessions
from dsmipv4_tshark import ToolError, checked, plugin_dir, readable, rules_per_frame, run, scratch, tshark


def cut(capture, name, frames):
    """Some frames of a capture as a file of their own."""
    part = scratch() / f"{capture.stem}-{name}.pcapng"
    checked(run(["editcap", "-r", capture, part, frames], ordinary_user=False))
    part.chmod(0o644)
    return part


def state_of(capture, *extra):
    """The file that -z dsmipv4,state makes of a capture."""
    path = scratch() / f"{capture.stem}.state"
    with path.open("wb") as output:
        checked(run(["tshark", "-q", "-n", "-r", readable(capture), *extra, "-z", "dsmipv4,state"], plugins=plugin_dir(),
                    output=output))
    path.chmod(0o644)
    return path


def from_state(path):
    return ["-o", f"dsmipv4.bindings_file:{path}"]


def one_pass(capture, state=None):
    return rules_per_frame(capture, extra=from_state(state) if state else [])


def two_passes(capture, state=""):
    program = sessions.sharkd()
    program.set("dsmipv4.bindings_file", state)
    try:
        return program.load(capture).rules()
    finally:
        program.set("dsmipv4.bindings_file", "")


def test_states_in_the_middle():
    """-z dsmipv4,state,after= writes what is written at the end of a capture that is cut there."""
    capture = dsmipgen.write("handoff")
    file = scratch() / "middle.state"
    command = ["tshark", "-q", "-n", "-r", readable(capture), "-z", f"dsmipv4,state,after=2:5:6,{file}"]
    folder = file.parent
    mode = folder.stat().st_mode
    folder.chmod(0o777)
    try:
        checked(run(command, plugins=plugin_dir()))
        for frame in (2, 5, 6):
            written = (folder / f"{file.name}.{frame}").read_bytes()
            assert written == state_of(cut(capture, f"until-{frame}", f"1-{frame}")).read_bytes()
        process = run([*command, "-2"], plugins=plugin_dir())
    finally:
        folder.chmod(mode)
    assert process.returncode != 0 and "in one pass, without -2" in process.stderr


def check_split(capture, at, rules_of):
    whole = rules_of(capture)
    first = cut(capture, f"to-{at}", f"1-{at}")
    second = cut(capture, f"after-{at}", f"{at + 1}-{len(whole)}")
    expected = {n - at: rules for n, rules in whole.items() if n > at}
    assert rules_of(second, state_of(first)) == expected, f"split after frame {at}"


# tests/unit/whole/test_saved.c splits every capture after every frame; here is the way through files and preferences.
@pytest.mark.parametrize("name", ["fa_hoa_mode", "relay_reply_modified", "tun_prefix_removed", "natt_keepalive_form",
                                  "prefix_ra_onlink", "case_simultaneous_refused"])
def test_split(name):
    capture = dsmipgen.write(name)
    frames = len(dsmipgen.comments(capture))
    for at in sorted({frames // 4 or 1, frames // 2, 3 * frames // 4, frames - 1}):
        check_split(capture, at, two_passes)


def test_split_many_nodes():
    capture = conversations.capture(20)
    frames = len(rules_per_frame(capture))
    assert any(rules_per_frame(capture).values())
    for part in (0.2, 0.5, 0.8):
        check_split(capture, int(frames * part), one_pass)


def test_text_names_the_bindings():
    capture = dsmipgen.write("two_nodes")
    text = tshark(["-q", "-n", "-r", capture, "-z", "dsmipv4,bindings"])
    assert text == tshark(["-q", "-n", "-r", capture, "-z", "dsmipv4,bindings,text"])
    for word in ("198.51.100.77", "198.51.100.78", "2001:db8:a::/48", "2001:db8:b::/48"):
        assert word in text


DAMAGED = "the file is damaged or cut short"
TAPS = ("dsmipv4,state", "dsmipv4,bindings", "dsmipv4,report", "dsmipv4,report,json")


def unreadable(content):
    path = scratch() / "unreadable.state"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o644)
    return path


UNREADABLE = {
    "missing": (None, "No such file"),
    "empty": (b"", DAMAGED),
    "first line cut": (b"DSMIPv4 sta", DAMAGED),
    "first line alone": (b"DSMIPv4 state 10\n", DAMAGED),
    "cut": (b"DSMIPv4 state 10\nE\x03\0\0\0\0\0\0\0", DAMAGED),
    "former": (b"DSMIPv4 state 2\nE", "another version of the plugin wrote this file"),
    "JSON": (b'{"dsmipv4_bindings":2,"nodes":[\n]}\n', "this is not a file that -z dsmipv4,state wrote"),
    "foreign": (b"\xff\x00\xfe" * 1000, "this is not a file that -z dsmipv4,state wrote"),
}


def check_tap_fails(process, tap, path):
    assert process.returncode == 1, tap
    assert f"-z {tap.removesuffix(',json')}: {path}: " in process.stderr


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable(name):
    """Nothing is judged as if the state had been empty, and whoever asks for a result gets none."""
    content, complaint = UNREADABLE[name]
    path = unreadable(content)
    fields = ["-T", "fields", "-e", "dsmipv4.info.state_unread", "-e", "dsmipv4.rule", "-e", "dsmipv4.binding.frame"]
    capture = dsmipgen.write("tun_coa_expected")
    process = run(["tshark", "-n", "-r", readable(capture), *from_state(path), *fields, "-z", TAPS[0]],
                  plugins=plugin_dir())
    assert f"dsmipv4.bindings_file: {path}: {complaint}" in process.stderr
    lines = [line.split("\t") for line in process.stdout.splitlines()]
    assert {tuple(line[1:]) for line in lines} == {("", "")}, "neither a rule nor a binding"
    assert [bool(line[0]) for line in lines[:2]] == [True, True], "each message says so"
    check_tap_fails(process, TAPS[0], path)


@pytest.mark.parametrize("tap", TAPS)
def test_unreadable_fails_every_tap(tap):
    capture = dsmipgen.write("tun_coa_expected")
    assert any(rules_per_frame(capture).values())
    path = unreadable(b"DSMIPv4 sta")
    process = run(["tshark", "-n", "-q", "-r", readable(capture), *from_state(path), "-z", tap], plugins=plugin_dir())
    check_tap_fails(process, tap, path)
    assert not process.stdout


def test_not_a_regular_file():
    """A FIFO would keep tshark waiting for ever."""
    path = unreadable(None)
    os.mkfifo(path, 0o644)
    process = run(["tshark", "-n", "-q", "-r", readable(dsmipgen.write("coa_mode")), *from_state(path)],
                  plugins=plugin_dir())
    path.unlink()
    assert "this is not a regular file" in process.stderr


def test_known_bindings():
    """A row of the UAT dsmipv4_bindings stands for a registration before the capture."""
    row = '"198.51.100.1","198.51.100.79","192.0.2.44","2001:db8:a:7::/64","coa","gre","no"'
    capture = dsmipgen.write("coa_mode")
    assert not any(rules_per_frame(capture).values())
    rules = rules_per_frame(capture, extra=["-o", f"uat:dsmipv4_bindings:{row}"])
    assert rules[2] == {"prefix_overlap"}
    with pytest.raises(ToolError, match="expected an IPv6 prefix"):
        rules_per_frame(capture, extra=["-o", f"uat:dsmipv4_bindings:{row.replace('/64', '/129')}"])


def test_known_bindings_of_several_prefixes():
    """Rows of the same addresses are one binding, wherever they stand."""
    rows = ['"198.51.100.1","198.51.100.79","192.0.2.44","2001:db8:1::/48","coa","ipip","no"',
            '"198.51.100.1","198.51.100.80","192.0.2.45","2001:db8:2::/48","hoa","ipip","no"',
            '"198.51.100.1","198.51.100.79","192.0.2.44","fe80::44","hoa","ipip","no"',
            '"198.51.100.1","198.51.100.79","192.0.2.46","2001:db8:3::/48","coa","ipip","no"']
    options = [word for row in rows for word in ("-o", f"uat:dsmipv4_bindings:{row}")]
    text = tshark(["-q", "-n", "-r", dsmipgen.write("ipv4_only_agent"), *options, "-z", "dsmipv4,bindings"])
    words = [set(line.split()) for line in text.splitlines() if re.search(r"198\.51\.100\.(79|80)", line)]
    for coa, prefix in [("192.0.2.44", "2001:db8:1::/48"), ("192.0.2.44", "fe80::44"), ("192.0.2.46", "2001:db8:3::/48"),
                        ("192.0.2.45", "2001:db8:2::/48")]:
        assert any({coa, prefix} <= line for line in words), (coa, prefix, text)
    assert len(words) == 4


def test_keys():
    capture = readable(dsmipgen.write("coa_mode"))
    row = '"any","198.51.100.77","0x100","hmac-md5","{}"'

    def auth(secret):
        return tshark(["-r", capture, "-Y", "dsmipv4.auth", "-T", "fields", "-e", "dsmipv4.auth",
                       "-e", "dsmipv4.rule", "-o", f"uat:dsmipv4_keys:{row.format(secret)}"]).split()
    assert auth("mn1-ha secret") == ["good", "good"]
    assert auth("0x" + b"mn1-ha secret".hex()) == ["good", "good"]
    assert auth("another") == ["bad", "auth_bad"] * 2
    with pytest.raises(ToolError, match="even number of hex digits"):
        auth("0x123")
