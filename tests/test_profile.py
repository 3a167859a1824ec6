# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile "DSMIPv4" for Wireshark: its columns, colors and buttons are ones that Wireshark takes."""

import csv
import re
import shutil

import dsmipgen
import sessions
from dsmipv4_tshark import ROOT, plugin_dir, run, scratch

PROFILE = ROOT / "plugin" / "profile" / "DSMIPv4"


def lines(name):
    """Lines of a file of the profile that are no comment."""
    return [line for line in (PROFILE / name).read_text().splitlines() if not line.startswith("#")]


def columns():
    """(title, format) of each column."""
    text = (PROFILE / "preferences").read_text().partition("gui.column.format:")[2]
    return re.findall(r'"([^"]*)", "([^"]*)"', text)


def fields(text):
    return [field for column in re.findall(r"%Cus:([^:]*):", text) for field in column.split(" or ")]


def color_rules():
    return [line.split("@")[1:3] for line in lines("colorfilters")]


def buttons():
    """(label, filter) of each button; Wireshark writes a quote inside of a value as \\x22."""
    return [(row[1], row[2].replace("\\x22", '"')) for row in csv.reader(lines("dfilter_buttons"))]


def test_filters_are_valid():
    """A reference to a field of the selected packet is one that Wireshark alone can look up."""
    shark = sessions.sharkd()
    shark.start()
    rules = color_rules()
    assert len(rules) == 6 and len(buttons()) == 5
    for text in [rule for _, rule in rules] + [button for _, button in buttons()] + fields(str(columns())):
        tried = text.replace("${dsmipv4.node}", '"198.51.100.77"')
        assert shark.ask("check", filter=tried)["status"] == "OK", tried


def test_widths_are_those_of_the_columns():
    """Widths count only where the formats before them agree with those of the columns."""
    widths = re.findall(r'^\s+"?([^",]+)"?, (\d+),?$', "\n".join(lines("recent")), re.MULTILINE)
    assert [form for form, _ in widths] == [re.sub(r":\d:[RU]$", "", form) for _, form in columns()]


def test_packet_list_of_the_profile():
    """The column of the node is filled on both legs and in tunnels, that of the rule where one is broken."""
    home = scratch() / "home-profile"
    shutil.copytree(PROFILE, home / ".config" / "wireshark" / "profiles" / "DSMIPv4")
    for path in [home, *home.rglob("*")]:
        path.chmod(0o755)
    process = run(["tshark", "-C", "DSMIPv4", "-n", "-r", dsmipgen.write("prefix_bits")],
                  env={"HOME": str(home)}, plugins=plugin_dir())
    assert process.returncode == 0 and not process.stderr, process.stderr
    request, reply = process.stdout.splitlines()[:2]
    assert " 198.51.100.77 " in request and " prefix_bits " in request
    assert " 198.51.100.77 " in reply and "prefix_bits" not in reply
