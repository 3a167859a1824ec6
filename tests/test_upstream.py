# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's own checkers of sources find nothing in the plugin but what upstream-exceptions.txt explains.

They are those of Debian's source package of Wireshark, which tools/upstream-checkers.sh fetches. They expect dissectors
in one folder of Wireshark's source tree, a file each, and look at a file at a time. So they are run in a folder that
looks like that tree; those that compare names registered in one file with names used in another get all files of the
plugin as one.
"""

import re
import subprocess
from pathlib import Path

import pytest

from dsmipv4_tshark import BUILD, ROOT, TIMEOUT
from test_structure import link_graph

EXCEPTIONS = ROOT / "tests" / "upstream-exceptions.txt"
WHOLE = "packet-dsmipv4.c"  # all files of the plugin but the core's

# What a checker says that is about no file, or finds nothing wrong.
NOISE = {
    "checkAPIs": r"$^",
    "checkhf": r"$^",
    "checkfiltername": r"TOTAL ERRORS|.*\(\d+ \(of \d+\) fields\)",
    "check_typed_item_calls": r"Examining:|\d+ warnings|epan/dissectors/",
    "check_static": r"Examining:|\d+ issues found|epan/dissectors/\S+ (epan|$)|Warning - .*/dissectors\.c\.o does not exist",
    "check_val_to_str": r"Examining:|\d+ (warnings|issues found)|epan/dissectors/",
    "fix-encoding-args": r"$^",
}


def exceptions():
    """Checker -> findings that are known, each with its reason behind " # "."""
    found = {name: set() for name in NOISE}
    for line in EXCEPTIONS.read_text().splitlines():
        if line and not line.startswith("#"):
            checker, finding, reason = re.fullmatch(r"([\w-]+): (.*?) +# (.+)", line).groups()
            assert reason
            found[checker].add(finding)
    return found


@pytest.fixture(scope="session", name="checkers")
def fixture_checkers():
    """The folder with the scripts."""
    process = subprocess.run([ROOT / "tools" / "upstream-checkers.sh"], capture_output=True, text=True, check=False,
                             timeout=TIMEOUT)
    if process.returncode != 0:
        pytest.skip("Wireshark's checkers cannot be fetched, so the sources were not checked by them: "
                    + " ".join(process.stderr.split())[-200:])
    return ROOT / "build" / "upstream" / "tools"


def belongs_upstream(source):
    """What stands in for Wireshark in other programs does not."""
    return source.is_relative_to("plugin") and not source.is_relative_to("plugin/standalone")


def sources(pattern):
    every = (path.relative_to(ROOT) for path in (ROOT / "plugin").rglob(pattern))
    return sorted(filter(belongs_upstream, every))


def flat(source):
    """The name of a source in one folder with all others."""
    return "packet-" + "-".join(source.with_suffix("").parts) + source.suffix


@pytest.fixture(scope="module", name="tree")
def fixture_tree(tmp_path_factory):
    """A folder like that of Wireshark's sources, whose dissectors are the plugin's files, and like its build folder."""
    tree = tmp_path_factory.mktemp("wireshark")
    dissectors, built = tree / "epan" / "dissectors", tree / "build" / "epan" / "dissectors" / "CMakeFiles" / "dissectors.dir"
    for folder in (dissectors, built, tree / "ui" / "qt", tree / "ui" / "cli"):
        folder.mkdir(parents=True)
    for source in [*sources("*.c"), *sources("*.h")]:
        (dissectors / flat(source)).symlink_to(ROOT / source)
    for source, path in link_graph.objects(BUILD).items():
        if belongs_upstream(source):
            (built / (flat(source) + ".o")).symlink_to(path)
    whole = [(ROOT / source).read_text() for source in sources("*.c") if not source.is_relative_to("plugin/core")]
    (tree / WHOLE).write_text("\n".join(whole))
    return tree


def run(tree, command):
    process = subprocess.run([str(word) for word in command], cwd=tree, capture_output=True, text=True, check=False,
                             timeout=TIMEOUT)
    assert "Traceback" not in process.stderr and "syntax error" not in process.stderr, process.stderr
    return process.stdout + process.stderr


def findings(checker, output):
    """The lines that find something, with the names of the sources as they are here."""
    names = {flat(source): str(source) for pattern in ("*.c", "*.h") for source in sources(pattern)}
    lines = set()
    for line in output.splitlines():
        line = re.sub(r"\x1b\[\d*m", "", line).strip()
        if line and not re.match(NOISE[checker], line):
            line = re.sub(r"(?:epan/dissectors/)?(packet-[\w-]+\.[ch])", lambda m: names.get(m[1], m[1]), line)
            line = re.sub(r"(shadow variable\(s\)) in \S+ :", r"\1:", line)  # the names alone: they are in many files
            line = re.sub(r"\([0-9a-f]+ [TD] (\w+)\)", r"\1", line)
            lines.add(re.sub(r"\s+", " ", line.replace(f"{ROOT}/", "")))
    return lines


def check(checker, output):
    found, known = findings(checker, output), exceptions()[checker]
    assert found - known == set(), "mend these, or list them with a reason in tests/upstream-exceptions.txt"
    assert known - found == set(), "no longer found: take these out of tests/upstream-exceptions.txt"


def script(checkers, name):
    path = checkers / name
    if not path.exists():
        pytest.skip(f"Wireshark of this release has no {name}")
    return path


def dissectors():
    return [f"epan/dissectors/{flat(source)}" for source in sources("*.c")]


def files_given(names):
    return [word for name in names for word in ("--file", name)]


def test_apis(checkers, tree):
    """With the groups that Wireshark asks of dissectors."""
    names = [*dissectors(), *(f"epan/dissectors/{flat(source)}" for source in sources("*.h"))]
    groups = ["-g", "dissectors-prohibited", "-g", "dissectors-restricted"]
    check("checkAPIs", run(tree, ["perl", script(checkers, "checkAPIs.pl"), *groups, *names]))


def test_registered_fields(checkers, tree):
    check("checkhf", run(tree, ["perl", script(checkers, "checkhf.pl"), WHOLE]))


def test_filter_names(checkers, tree):
    check("checkfiltername", run(tree, ["perl", script(checkers, "checkfiltername.pl"), WHOLE]))


def test_encodings(checkers, tree):
    check("fix-encoding-args", run(tree, ["perl", script(checkers, "fix-encoding-args.pl"), *dissectors()]))


def test_typed_item_calls(checkers, tree):
    options = ["--mask", "--label", "--consecutive", "--missing-items"]
    command = ["python3", script(checkers, "check_typed_item_calls.py"), *options, *files_given(dissectors())]
    check("check_typed_item_calls", run(tree, command))


def test_static(checkers, tree):
    command = ["python3", script(checkers, "check_static.py"), "--build", "build", *files_given(dissectors())]
    check("check_static", run(tree, command))


def test_val_to_str(checkers, tree):
    check("check_val_to_str", run(tree, ["python3", script(checkers, "check_val_to_str.py"), *files_given(dissectors())]))


def test_checkers_find_what_is_wrong(checkers, tree):
    """They do look: each complains of a file that is wrong in every way."""
    bad = "epan/dissectors/packet-bad.c"
    (tree / bad).write_text(BAD)
    subprocess.run(["cc", "-w", "-c", "-x", "c", "-o", tree / "build/epan/dissectors/CMakeFiles/dissectors.dir/packet-bad.c.o",
                    "-"], input="int nobody_calls_this(void) { return 0; }", text=True, check=True, timeout=TIMEOUT)
    try:
        said = {name: run(tree, command) for name, command in {
            "checkAPIs": ["perl", checkers / "checkAPIs.pl", "-g", "dissectors-prohibited", bad],
            "checkhf": ["perl", checkers / "checkhf.pl", bad],
            "checkfiltername": ["perl", checkers / "checkfiltername.pl", bad],
            "fix-encoding-args": ["perl", checkers / "fix-encoding-args.pl", bad],
            "check_typed_item_calls": ["python3", checkers / "check_typed_item_calls.py", "--file", bad],
            "check_static": ["python3", checkers / "check_static.py", "--build", "build", "--file", bad],
        }.items()}
    finally:
        (tree / bad).unlink()
    for name, words in {"checkAPIs": "Found", "checkhf": "hf_bad_unused", "checkfiltername": "other.name",
                        "fix-encoding-args": "FALSE", "check_typed_item_calls": "hf_bad_used",
                        "check_static": "nobody_calls_this"}.items():
        assert findings(name, said[name]), f"{name} finds nothing"
        assert words in said[name], said[name]


BAD = """\
static int hf_bad_unused = -1;
static int hf_bad_used = -1;
static int proto_bad = -1;
static int dissect_bad(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	exit(ntohl(1));
	proto_tree_add_item(tree, hf_bad_used, tvb, 0, 4, FALSE);
	proto_tree_add_item(tree, hf_bad_used, tvb, 0, 4, ENC_BIG_ENDIAN);
	return 0;
}
void proto_register_bad(void)
{
	static hf_register_info hf[] = {
		{ &hf_bad_used, { "Used", "other.name", FT_UINT8, BASE_DEC, NULL, 0x0, NULL, HFILL } },
	};
	proto_bad = proto_register_protocol("Bad", "Bad", "bad");
	proto_register_field_array(proto_bad, hf, 1);
}
"""
