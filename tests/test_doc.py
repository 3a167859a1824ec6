# SPDX-License-Identifier: GPL-2.0-or-later
"""The documents describe what is there, completely, and their examples run."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on, load_infos, load_rules
from dsmipv4_tshark import BUILD, ROOT, TIMEOUT, checked, run, scratch, tshark

DOC = ROOT / "doc"
PROGRAM_PAGE = DOC / "dsmipgen.1.adoc"
SCENARIO_PAGE = DOC / "dsmipgen-scenario.5.adoc"
WIRESHARK_PAGE = DOC / "wireshark.md"
TROUBLES_PAGE = DOC / "troubleshooting.md"
RULES_PAGE = DOC / "rules.md"
KEYS_DEF = ROOT / "gen" / "language" / "keys.def"
ACTORS = ROOT / "gen" / "language" / "actors.c"

# How the scenario page calls the kinds of keys.def; UN is a number of N bits.
KINDS = {
    "BOOLEAN": "true or false",
    "SECONDS": "seconds",
    "NAME": "name",
    "ADDRESS4": "IPv4 address",
    "ADDRESS6": "IPv6 address",
    "MAC": "MAC address",
    "HEX": "bytes",
    "PATCH": "patch",
    "BLOCK4": "IPv4 block",
    "BLOCK6": "IPv6 block",
    "TEXT": "text",
    "SECRET": "secret",
    "IDENTIFICATION": "identification",
    "IDENTIFICATION32": "32-bit identification",
    "ALGORITHM": "hmac-md5, keyed-md5 or hmac-sha1",
    "DHCPV6_MESSAGE": "solicit, advertise, request, reply or 0 to 255",
    "REQUEST_FLAGS": "flags SBDMGrTx",
    "REVOCATION_FLAGS": "flags AI",
    "REVOCATION_ACK_FLAGS": "flags I",
    "IPV4_FLAGS": "flags RF DF MF",
    "UDP_REQUEST_FLAGS": "flags FR",
    "UDP_REPLY_FLAGS": "flags F",
    "ORDER": "order",
    "NEIGHBOR_FLAGS": "flags RSO",
    "TCP_FLAGS": "flags CEUAPRSF",
    "AGENT_FLAGS": "flags RBHFMGrTUX",
}

# Lists of the scenario language; document.c has them beside the keys of keys.def.
FILE_KEYS = {"summary", "about", "base", "set", "expect", "steps", "violation", "near_miss", "population", "nodes"}
STEP_LISTS = {"expect", "extensions", "stack"}


def kind_words(kind):
    number = re.fullmatch(r"U(\d+)", kind)
    return f"0 to {2 ** int(number[1]) - 1}" if number else KINDS[kind]


@dataclass
class Block:
    """A block of keys.def: key -> (what it takes, default)."""

    is_extension: bool = False
    is_layer: bool = False
    keys: dict = field(default_factory=dict)


def load_blocks():
    """Block name -> Block, from keys.def as the preprocessor leaves it."""
    macros = ["STEP_BEGIN=@BLOCK step", "STEP_END=", "LAYER(block,length,protocol,sum)=@LAYER block", "END(block)=",
              "EXTENSION(block,type,header,length)=@EXTENSION block",
              "KEY(block,key,kind,words,standard,offset,width)=@KEY block key kind standard | words"]
    flags = [f"-D{macro}" for macro in macros]
    # GCC's own preprocessor: the expansions of KEY rows that come from other macros are its business.
    text = checked(run(["cpp", "-P", *flags, KEYS_DEF], ordinary_user=False))
    blocks = {}
    for what, rest in re.findall(r"@(BLOCK|LAYER|EXTENSION|KEY) ([^@]*)", text):
        if what != "KEY":
            blocks[rest.strip()] = Block(what == "EXTENSION", what == "LAYER")
            continue
        block, key, kind, default, words = re.fullmatch(
            r'(\w+) (\w+) (\w+) (REQUIRED|ABSENT|"[^"]*") \| ([A-Z0| ]+?)\s*', rest).groups()
        takes = ", ".join([kind_words(kind), *(word.strip().lower() for word in words.split("|") if word.strip() != "0")])
        default = {"REQUIRED": "required", "ABSENT": "optional"}.get(default) or "default " + default.strip('"')
        blocks[block].keys[key] = (takes, default)
    assert len(blocks) > 30
    return blocks


BLOCKS = load_blocks()
EVERY_EXTENSION = ["type", "ext_length", "body_extra", "body_cut", "patch"]
EVERY_LAYER = ["patch", "append"]

KEY_LINE = re.compile(r"^((?:\*[\w.]+\*(?:, )?)+) \((.*)\)::$")


def section_lines(text, title):
    """Lines of a section of the second level, in AsciiDoc or Markdown."""
    match = re.search(rf"^(==|##) {title}\n(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no section {title}"
    return match[2].splitlines()


def key_lines(lines):
    """Heading of the third level (or None), names, what they take, default: for each line that describes keys."""
    heading = None
    for line in lines:
        if line.startswith("=== "):
            heading = line.removeprefix("=== ")
        elif match := KEY_LINE.match(line):
            takes, _, default = match[2].rpartition("; ")
            yield heading, re.findall(r"[\w.]+", match[1]), takes, default


def load_described():
    """Block name -> key -> (what it takes, default), as the scenario page says."""
    text = SCENARIO_PAGE.read_text()
    described = {}
    for section in ["LAYERS", "MESSAGES", "EXTENSIONS"]:
        for heading, names, takes, default in key_lines(section_lines(text, section)):
            blocks = heading.split(", ")
            defaults = default.removeprefix("default ").replace("\\", "").split(", ")  # one before a name makes it no link
            for i, block in enumerate(blocks):
                own = default if len(defaults) < len(blocks) or len(blocks) == 1 else "default " + defaults[i]
                for name in names:
                    assert name not in described.get(block, {}), f"{block}.{name} is described twice"
                    described.setdefault(block, {})[name] = (takes, own)
    extension, layer = described.pop("Every extension"), described.pop("Every layer")
    for name, block in BLOCKS.items():
        if (block.is_extension or block.is_layer) and name in described:
            described[name] = {**(extension if block.is_extension else layer), **described[name]}
    described["step"] = {name: (takes, default) for _, names, takes, default in key_lines(section_lines(text, "STEPS"))
                         for name in names if name not in STEP_LISTS}
    return described


@pytest.mark.parametrize("block", BLOCKS)
def test_every_key_is_described(block):
    assert load_described().get(block) == BLOCKS[block].keys


def test_every_described_block_is_there():
    assert set(load_described()) == set(BLOCKS)


def test_keys_of_file_and_step_are_described():
    """The lists of keys are those that dsmipgen itself names when it meets an unknown one."""
    text = SCENARIO_PAGE.read_text()
    file_keys = {name for _, names, _, _ in key_lines(section_lines(text, "FILE")) for name in names}
    step_keys = {name for _, names, _, _ in key_lines(section_lines(text, "STEPS")) for name in names}
    assert file_keys == FILE_KEYS == known_keys("no_such_key: 1\n")
    layers = {name for name in BLOCKS if name in known_keys("steps:\n  - step: a\n    stack: [ no_such_key: {} ]\n")}
    assert step_keys == known_keys("steps:\n  - step: a\n    no_such_key: 1\n") - layers
    assert step_keys >= STEP_LISTS


def known_keys(scenario):
    path = scratch() / "unknown-key.yaml"
    path.write_text(scenario)
    process = dsmipgen.dsmipgen("show", path)
    match = re.search(r"expected one of (.*)\n", process.stderr)
    assert match, process.stderr
    return set(match[1].split(", "))


def test_names_of_the_actors_are_described():
    facts = {name: (kind_words(kind), default)
             for name, kind, default in re.findall(r'\{"([\w.]+)", KIND_(\w+), "([^"]*)"\}', ACTORS.read_text())}
    assert len(facts) > 30
    described = {}
    for _, names, takes, default in key_lines(section_lines(SCENARIO_PAGE.read_text(), "VALUES")):
        defaults = default.removeprefix("default ").replace("\\", "").split(", ")  # one before a name makes it no link
        for i, name in enumerate(names):
            described[name] = (takes, defaults[i if len(defaults) == len(names) else 0])
    assert described == facts


# Examples of the scenario page.

EXAMPLES = dict(re.findall(r"^// example: (\S+)\n\[source,yaml\]\n----\n(.*?)^----$", SCENARIO_PAGE.read_text(),
                           re.MULTILINE | re.DOTALL))
RULE_EXAMPLES = [name for name, text in EXAMPLES.items() if "\nviolation:" in text]


def test_every_yaml_block_is_an_example():
    assert len(EXAMPLES) == SCENARIO_PAGE.read_text().count("[source,yaml]") > 20


@pytest.fixture(scope="module")
def example_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    for name, text in EXAMPLES.items():
        (folder / f"{name}.yaml").write_text(f"{text}\nexpect: none\n")  # the page leaves that out
    return folder


@pytest.mark.parametrize("example", [f"{name}.yaml" for name in EXAMPLES] +
                         [f"{name}.yaml#near_miss" for name in RULE_EXAMPLES])
def test_example(example, example_folder):
    """dsmipgen writes it, and the plugin raises in each packet the rules that the example expects there."""
    capture = example_folder / f"{example}.pcapng"
    process = subprocess.run([dsmipgen.PROGRAM, "write", example, "-w", capture], cwd=example_folder, text=True,
                             capture_output=True, timeout=TIMEOUT, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    expected = {number: rules for number, (_, _, rules) in dsmipgen.comments(capture).items()}
    assert sessions.sharkd(tuple(every_rule_on(with_keys=False))).load(capture).rules() == expected


def keys_in(example):
    """(block, key) of the blocks "block: { key: value, ... }" of an example, and ("step", key) of its steps."""
    text = re.sub(r'"[^"]*"', '""', re.sub(r"#.*", "", example))
    for block, body in re.findall(r"(\w+): \{([^}]*)\}", text):
        yield from ((block, key) for key in re.findall(r"(\w+):", body))
    yield from (("step", key) for key in re.findall(r"^  (?:- |  )(\w+):", text, re.MULTILINE))


def test_every_key_has_an_example():
    shown = {pair for example in EXAMPLES.values() for pair in keys_in(example)}
    wanted = {(name, key) for name, block in BLOCKS.items() for key in block.keys
              if not (block.is_extension and key in EVERY_EXTENSION) and not (block.is_layer and key in EVERY_LAYER)}
    assert wanted - shown == set()
    assert set(EVERY_EXTENSION) <= {key for name, key in shown if BLOCKS[name].is_extension}
    assert set(EVERY_LAYER) <= {key for name, key in shown if BLOCKS[name].is_layer}


# Command lines.

def console_blocks(path):
    """(command, what it prints) of each console block, command after command."""
    fences = {".adoc": r"^\[source,console\]\n----\n(.*?)^----$", ".md": r"^```console\n(.*?)^```$"}
    for block in re.findall(fences[path.suffix], path.read_text(), re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def bin_folder(folder):
    """A folder for PATH where dsmipgen, dsmipcheck and tshark are those of the build."""
    folder.mkdir(parents=True)
    (folder / "dsmipgen").symlink_to(dsmipgen.PROGRAM)
    (folder / "dsmipcheck").symlink_to(BUILD / "check" / "dsmipcheck")
    tshark_script = folder / "tshark"  # it must not find itself in PATH
    tshark_script.write_text(f"#!/bin/sh\nPATH='{os.environ['PATH']}' exec '{ROOT}/tools/tshark.sh' \"$@\"\n")
    tshark_script.chmod(0o755)
    return folder


def as_pattern(output):
    """Expected output as a regular expression: a line of three dots stands for any lines."""
    lines = (r"(?:.*\n)*?" if line == "...\n" else re.escape(line) for line in output.splitlines(keepends=True))
    return "".join(lines)


@pytest.mark.parametrize("page", [PROGRAM_PAGE, WIRESHARK_PAGE, TROUBLES_PAGE], ids=lambda page: page.name)
def test_console_examples(page):
    """Every command prints what the page says; all commands of a page run in one folder, in one shell."""
    folder = scratch() / f"console-{page.name}"  # one that tshark may look around in, whoever runs it
    commands = list(console_blocks(page))
    assert len(commands) >= 5
    shutil.copytree(ROOT / "doc" / "examples", folder / "examples")
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode != 0:
        commands = [one for one in commands if not one[0].startswith("unshare")]  # not allowed to on this machine
    env = {**os.environ, "PATH": f"{bin_folder(folder / 'bin')}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
           "TZ": "UTC", "DSMIPV4_BUILD": str(BUILD)}
    mark = "=== next command ==="
    script = "".join(f"{command}\nstatus=$?\necho '{mark}'\n(exit $status)\n" for command, _ in commands)
    process = subprocess.run(["bash"], input=script, cwd=folder, env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT, check=False)
    printed = process.stdout.split(mark + "\n")
    assert len(printed) == len(commands) + 1, process.stdout
    wrong = [f"$ {command}\n{output}" for (command, expected), output in zip(commands, printed)
             if not re.fullmatch(as_pattern(expected), output)]
    assert not wrong, "these print something else than the page says:\n" + "\n".join(wrong)


def test_commands_are_described():
    """The commands, and of each command the options, are those of the program's help."""
    text = PROGRAM_PAGE.read_text()
    help_text = checked(dsmipgen.dsmipgen("--help"))
    commands = re.findall(r"^  (\w+) .*  \S", help_text, re.MULTILINE)
    assert len(commands) >= 3
    assert re.findall(r"^=== (\w+)$", "\n".join(section_lines(text, "COMMANDS")), re.MULTILINE) == commands
    options = {"--version"}
    for command in commands:
        options |= set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", option_lines(dsmipgen.dsmipgen(command, "--help"))))
    described = "\n".join(line for line in section_lines(text, "OPTIONS") if line.endswith("::"))
    assert set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", described)) == options


def option_lines(process):
    """The lines of a help text that begin with an option, without their explanations."""
    return "\n".join(re.split(r"  +", line.strip())[0] for line in process.stdout.splitlines()
                     if line.strip().startswith("-"))


# The pages themselves.

@pytest.mark.skipif(not shutil.which("asciidoctor"), reason="asciidoctor is not installed")
@pytest.mark.parametrize("page", sorted(DOC.glob("*.[1-8].adoc")), ids=lambda page: page.name)
def test_manual_page_builds(page, tmp_path):
    command = ["asciidoctor", "-b", "manpage", "--failure-level", "INFO", "-w", "-o", tmp_path / page.stem, page]
    process = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    built = (tmp_path / page.stem).read_text()
    assert built.count("\n.SH ") >= 4
    assert not re.search(r"\)::$", built, re.MULTILINE), "a line of keys is not taken for one"


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
@pytest.mark.skipif(not list(BUILD.glob("doc/*.[1-8]")), reason="no manual pages in the build tree")
def test_manual_pages_suit_every_reader_of_them():
    pages = sorted(BUILD.glob("doc/*.[1-8]"))
    process = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages], capture_output=True, text=True,
                             timeout=TIMEOUT, check=False)
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    assert all(re.search(r'^\.TH "\S+" "\d" "20\d\d-', page.read_text(), re.MULTILINE) for page in pages), "a date"


def test_table_of_keys_is_current():
    checked(run([ROOT / "tools" / "keys-doc.py", "--check"], ordinary_user=False))


def test_catalogue_of_rules_is_current(tmp_path):
    again = tmp_path / "rules.md"
    checked(run([sys.executable, ROOT / "tools" / "rules-doc.py", "-o", again], ordinary_user=False))
    assert again.read_text() == RULES_PAGE.read_text(), "run tools/rules-doc.py"


def test_catalogue_of_rules_has_every_rule():
    """Each rule has a row of the index that leads to its entry."""
    text = RULES_PAGE.read_text()
    listed = re.findall(r"^\| \[`(\w+)`\]\(#(\w+)\) \|", text, re.MULTILINE)
    assert sorted(listed) == sorted((rule, rule) for rule in load_rules())
    assert sorted(re.findall(r"^### `(\w+)`$", text, re.MULTILINE)) == sorted(load_rules())
    assert sorted(re.findall(r"^### `info\.(\w+)`$", text, re.MULTILINE)) == sorted(load_infos())


def test_catalogue_of_rules_links_every_section():
    text = RULES_PAGE.read_text()
    for rule in load_rules().values():
        entry = re.search(rf"^### `{rule.id}`$(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)[1]
        links = re.findall(r"\[([\w.]+)\]\(https://www\.rfc-editor\.org/rfc/rfc(\d+)#(?:section|appendix)-\1\)", entry)
        parts = [re.split(r",? ", part) for part in rule.source.split("; ") if not part.startswith("IANA ")]
        wanted = [(section, rfc) for rfc, *sections in parts for section in sections]
        assert links == wanted, rule.id


def test_page_of_bindings_names_rules():
    """Every rule that doc/bindings.md names exists."""
    names = re.findall(r"`([a-z0-9]+_\w+)`", (DOC / "bindings.md").read_text())
    assert len(names) > 20
    assert set(names) <= set(load_rules())


def table_names(lines):
    return {match[1] for match in (re.match(r"\| `([^`]+)` \|", line) for line in lines) if match}


def test_wireshark_page_names_what_is_there():
    """Preferences and fields of the page are those that tshark knows, and none is left out."""
    text = WIRESHARK_PAGE.read_text()
    preferences = set(re.findall(r"^#?(dsmipv4\.\w+):", tshark(["-G", "currentprefs"]), re.MULTILINE))
    fields = {row[2] for row in (line.split("\t") for line in tshark(["-G", "fields"]).splitlines())
              if row[0] == "F" and row[2].startswith("dsmipv4.") and not row[2].startswith("dsmipv4.rule.")}
    assert table_names(section_lines(text, "Fields")) | table_names(section_lines(text, "Information items")) == fields
    assert table_names(section_lines(text, "Preferences")) == preferences
    for rule in re.findall(r"dsmipv4\.rule\.([a-z]\w*)", text):
        assert rule in load_rules()
