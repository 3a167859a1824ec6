#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Generate conforming networks by the thousand, and print what the plugin says of them that is not so.

    tools/networks.py [--seeds FIRST-LAST] [--point NAME|all] [--fault NAME|all] [--pass 1|2|both] [--jobs N]
    tools/networks.py --broken [RULE,...] [--pass 1|2|both]
    tools/networks.py --write FILE --seeds N --point NAME --fault NAME

Each network is seen at one point with one fault of capturing, in turn, or at those that you name. --broken has one
fault in each network, and says which are not named, or what else is. --write writes one capture (pcapng, or pcap by the
file's name), and beside it FILE.tsv with the truth about each frame.
Exit status: 0 nothing was wrong, 1 something was, 2 usage.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))

from networks import capture  # noqa: E402
from networks.faults import ALL as FAULTS  # noqa: E402
from networks.judge import Result, judge_faults, judge_seeds, kind_of  # noqa: E402
from networks.world import World  # noqa: E402

GROUP = 40
PASSES = {"1": (False,), "2": (True,), "both": (False, True)}


def options():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", default="1-2000", metavar="FIRST-LAST")
    parser.add_argument("--point", choices=capture.POINTS + ("all",))
    parser.add_argument("--fault", choices=capture.FAULTS + ("all",))
    parser.add_argument("--pass", dest="passes", choices=PASSES, default="both")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--without", default="", help="parts to leave out, separated by commas")
    parser.add_argument("--each", type=int, default=3, help="alarms of one kind to print in full (default 3)")
    parser.add_argument("--broken", nargs="?", const="", metavar="RULE,...", help="networks with one fault each")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE")
    given = parser.parse_args()
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", given.seeds)
    if not match:
        parser.error(f"--seeds {given.seeds}: expected FIRST-LAST or one number")
    given.first, given.last = int(match[1]), int(match[2] or match[1])
    if given.write and not (given.point and given.fault):
        parser.error("--write needs --point and --fault")
    return given


def kinds(given):
    """For each round over the seeds, the function that says where a seed is observed."""
    points = capture.POINTS if given.point == "all" else [given.point]
    faults = capture.FAULTS if given.fault == "all" else [given.fault]
    return [(point, fault) for point in points for fault in faults]


def group(task) -> Result:
    first, last, passes, without, (point, fault) = task

    def kind(seed):
        usual = kind_of(seed)
        return point or usual[0], fault or usual[1]

    return judge_seeds(range(first, last), passes, without, kind)


def title(alarm) -> str:
    """What alarms of one kind have in common."""
    what = alarm.what.split(" is ")[0] if alarm.what.startswith("dsmipv4.") else alarm.what
    return re.sub(r"(?<![a-z_])[0-9a-f.:]*\d[0-9a-f.:/]*", "#", what.split(": ", 1)[-1])


def write(given):
    world = World(given.first, without=frozenset(given.without.split(","))).run()
    view = capture.view(world, given.point, given.fault)
    if given.write.suffix == ".pcap":
        capture.write_pcap(given.write, view)
        frames = [(view, frame) for frame in view.frames]
    else:
        frames = capture.write_pcapng(given.write, [view])
    capture.write_truth(given.write.with_suffix(given.write.suffix + ".tsv"), frames)


def broken(given) -> int:
    """Networks with one fault each: which are not named, and what else is said."""
    rules = set(given.broken.split(",")) - {""}
    faults = [fault for fault in FAULTS if not rules or fault.rule in rules]
    if rules - {fault.rule for fault in FAULTS}:
        print(f"no fault for {', '.join(sorted(rules - {f.rule for f in FAULTS}))}", file=sys.stderr)
        return 2
    wrong = 0
    for two_pass in PASSES[given.passes]:
        for fault, named, alarms in judge_faults(faults, two_pass, given.first, frozenset(given.without.split(","))):
            if named and not alarms:
                continue
            wrong += 1
            print(f"{fault.rule}: {'named' if named else 'not named'}, {len(alarms)} alarms elsewhere")
            for alarm in alarms[: given.each]:
                print("  ", alarm)
    print(f"{len(faults)} faults, {wrong} wrong")
    return 1 if wrong else 0


def main() -> int:
    given = options()
    if given.broken is not None:
        return broken(given)
    if given.write:
        write(given)
        return 0
    without = frozenset(given.without.split(",")) - {""}
    tasks = [
        (first, min(first + GROUP, given.last + 1), PASSES[given.passes], without, kind)
        for kind in kinds(given)
        for first in range(given.first, given.last + 1, GROUP)
    ]
    total, seen = Result(), collections.Counter()
    with concurrent.futures.ProcessPoolExecutor(given.jobs) as pool:
        for result in pool.map(group, tasks):
            total.add(result)
            for alarm in result.alarms:
                seen[title(alarm)] += 1
                if seen[title(alarm)] <= given.each:
                    print(alarm, flush=True)
    print(
        f"{given.last - given.first + 1} networks, {total.frames} frames judged, {total.fields} values compared, "
        f"{len(total.alarms)} wrong"
    )
    for what, count in seen.most_common():
        print(f"{count:7} {what}")
    return 1 if total.alarms else 0


if __name__ == "__main__":
    sys.exit(main())
