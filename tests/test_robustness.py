# SPDX-License-Identifier: GPL-2.0-or-later
"""Broken and cut packets neither crash the plugin nor make it blame the sender for the capture.

The plugin runs under AddressSanitizer and UndefinedBehaviorSanitizer with Wireshark's strictest memory
checks; so does the generator. For a long run: tools/fuzz-tshark.sh.
"""

import functools
import subprocess

import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import BUILD, ROOT, TIMEOUT, run, scratch, tshark

MUTATED_PACKETS = 5000
SNAPLENS = [14, 34, *range(40, 82), *range(82, 160, 6), 180, 200, 250]


@pytest.mark.parametrize("seed", [1, 1001])
def test_mutated_packets(asan_build, seed):
    command = [ROOT / "tools" / "fuzz-tshark.sh", str(MUTATED_PACKETS // 2), str(seed)]
    env = {"DSMIPV4_BUILD": str(BUILD), "DSMIPV4_ASAN_BUILD": str(asan_build)}
    process = run(command, env=env, ordinary_user=False)
    assert process.returncode == 0, process.stderr[-5000:]
    assert process.stdout.endswith("mutated packets, no finding\n")


def test_generator_under_the_sanitizers(asan_build):
    """Every scenario, without a report and with the same bytes; one of five is shown."""
    target = scratch() / "asan.pcapng"
    program = asan_build / "gen" / "dsmipgen"
    process = dsmipgen.dsmipgen("write", *dsmipgen.scenarios(), "-w", target, program=program)
    assert (process.returncode, process.stderr) == (0, "")
    assert target.read_bytes() == dsmipgen.write(*dsmipgen.scenarios()).read_bytes()
    for name in dsmipgen.scenarios()[::5]:
        process = dsmipgen.dsmipgen("show", name, program=program)
        assert (process.returncode, process.stderr) == (0, ""), name


@pytest.mark.parametrize("text", [
    "", "steps: [\n", "steps: {}\n", "base: nothing\n", "base: coa_mode\nsteps:\n  - step: request\n    at: x\n",
    "base: coa_mode\nsteps:\n  - step: request\n    extensions:\n      - raw: { type: 200, body: \"0\" }\n",
    "steps:\n  - step: a\n    stack:\n      - ipv4: { source: 1.2.3 }\n", "steps:\n  - like: a\n", "a: &a [*a]\n",
])
def test_generator_refuses_under_the_sanitizers(asan_build, tmp_path, text):
    """Errors leave by the same way as everything else: nothing leaks."""
    scenario = tmp_path / "bad.yaml"
    scenario.write_text(text)
    program = asan_build / "gen" / "dsmipgen"
    process = dsmipgen.dsmipgen("write", scenario, "-w", tmp_path / "out.pcap", program=program)
    assert process.returncode == 2, process.stderr
    assert process.stderr.count("\n") == 1, process.stderr


def cut(capture, snaplen):
    path = scratch() / f"{capture.stem}-{snaplen}.pcapng"
    if not path.exists():
        subprocess.run(["editcap", "-s", str(snaplen), capture, path], check=True, capture_output=True, timeout=TIMEOUT)
        path.chmod(0o644)
    return path


@functools.lru_cache(maxsize=None)
def expected_rules(capture):
    """Frame -> rules that its own scenario says it breaks, where no other scenario excuses them."""
    comments = [row[0] for row in sessions.fields((capture,), ("frame.comment",), plugin=False)[capture]]
    claims = [dsmipgen.COMMENT.match(comment)[4] or "none" for comment in comments]
    return {frame: set(claim.split()) for frame, claim in enumerate(claims, 1)}


@pytest.mark.parametrize("snaplen", SNAPLENS)
def test_cut_packets_raise_nothing_new(snaplen, together):
    """What was not captured is not held against the sender: no rule that the whole packet keeps.

    All scenarios follow one another here. A message that is cut may no longer excuse a packet of another scenario, which
    then breaks what it was made to break.
    """
    capture = dsmipgen.write(*dsmipgen.scenarios())
    rules = sessions.rules((capture, *(cut(capture, length) for length in together("snaplen"))))
    whole, raised = rules[capture], rules[cut(capture, snaplen)]
    assert raised.keys() == whole.keys()
    # Fragments that are cut are not put together: the first speaks for the last.
    allowed = {frame: whole[frame] | {"tun_frag", "natt_frag"} | rules for frame, rules in expected_rules(capture).items()}
    new = {frame: rules - allowed[frame] for frame, rules in raised.items()}
    new = {frame: rules for frame, rules in new.items() if rules}
    assert not new


@pytest.mark.parametrize("snaplen", SNAPLENS[::4])
def test_cut_packets_are_not_malformed(snaplen, together):
    flows = dsmipgen.write(*dsmipgen.flows())
    captures = tuple(cut(flows, length) for length in together("snaplen"))
    ours, stock = (sessions.fields(captures, ("_ws.malformed",), plugin=plugin) for plugin in (True, False))
    assert ours[cut(flows, snaplen)] == stock[cut(flows, snaplen)]


def test_cut_packets_are_shown_as_far_as_they_go():
    """In the flow coa_mode the first type 152 starts 66 bytes into the frame."""
    capture = dsmipgen.write("coa_mode")
    shown = {}
    for snaplen in (66, 68, 70, 90):
        args = ["-n", "-r", cut(capture, snaplen), "-Y", "frame.number==1", "-T", "fields"]
        for field in ("type", "length", "subtype"):
            args += ["-e", f"dsmipv4.ext.{field}"]
        shown[snaplen] = tshark([*args, "-e", "dsmipv4.prefix"]).strip("\n").split("\t")
    assert shown[66] in ([""], ["", "", "", ""])
    assert shown[68] == ["152", "18", "", ""]
    assert shown[70][:3] == ["152", "18", "1"]
    assert shown[90] == ["152,152", "18,2", "1,3", "2001:db8:a::"]
