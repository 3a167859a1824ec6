#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast and how evenly `dsmipgen send` sends, on a veth pair in namespaces of its own; as root.

  bench_send.py speed [SCENARIO]   packets per second at top speed, beside trafgen, tcpreplay and bare loops of each system
                                   call; with many nodes
  bench_send.py pace [SECONDS]     the rate and the gaps of --pps 1000, by the receiver's kernel
"""

import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from dsmipgen import PROGRAM
from network import HERE, THERE, Receiver, pair, reason_to_skip, write_pcap

NOBODY = "02:00:00:00:00:99"  # frames that the other end counts and drops
ROUNDS = 5
LOOP = Path(PROGRAM).parents[1] / "tests" / "bench" / "bench_loop"
WARM_UP, WINDOW = 0.7, 2.0  # seconds
PPS, LONG_GAP = 1000, 0.020


def received(there):
    """Packets that arrived at the other end, by the kernel's count."""
    for line in Path(f"/proc/{there.holder.pid}/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == THERE:
            return int(counts.split()[1])
    raise LookupError(THERE)


def processor_seconds(group):
    """Time that the processes of a group had a processor for, with what the kernel did for them meanwhile."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def rate(here, there, command):
    """Packets that arrive while an endless sender runs, once it is in its stride: per second, per processor second."""
    process = subprocess.Popen(here.command(*command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               start_new_session=True)
    try:
        time.sleep(WARM_UP)
        begin, before, used = time.monotonic(), received(there), processor_seconds(process.pid)
        time.sleep(WINDOW)
        packets, seconds = received(there) - before, time.monotonic() - begin
        used = processor_seconds(process.pid) - used
        assert process.poll() is None, process.stderr.read().decode()
        return packets / seconds, packets / used
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # trafgen runs as several processes
        process.wait()
        process.stderr.close()


def speed(scenario="coa_mode"):
    for program in ["trafgen", "netsniff-ng", "tcpreplay"]:
        if not shutil.which(program):
            sys.exit(f"{program} is missing: apt-get install netsniff-ng tcpreplay")
    with tempfile.TemporaryDirectory() as folder, pair() as (here, there):
        pcap, config = f"{folder}/packets.pcap", f"{folder}/packets.cfg"
        send = [PROGRAM, "send", scenario, "-i", HERE, "--mac-destination", NOBODY, "--topspeed"]
        with Receiver(there) as receiver:  # the peers send what send sends, to the last byte
            subprocess.run(here.command(*send), check=True, stdout=subprocess.DEVNULL)
            write_pcap(pcap, receiver.frames(), receiver.times)
        subprocess.run(["netsniff-ng", "--in", pcap, "--out", config, "--silent"], check=True, capture_output=True)
        send += ["--loop", "0"]
        trafgen = ["trafgen", "--dev", HERE, "--conf", config]
        tcpreplay = ["tcpreplay", "--topspeed", "--preload-pcap", "--loop", "0", "-i", HERE, pcap]
        commands = {
            "send --topspeed": send,
            "send --topspeed --threads 1": [*send, "--threads", "1"],
            "send --topspeed --nodes 1000000": [*send, "--nodes", "1000000"],
            "trafgen": trafgen,
            "trafgen --cpus 1": [*trafgen, "--cpus", "1"],
            "tcpreplay --topspeed --preload-pcap": tcpreplay,
        }
        for method in ["send", "sendmmsg", "sendmmsg-bypass", "ring", "ring-bypass"]:
            commands[f"bare loop: {method}"] = [LOOP, method, HERE, pcap, os.cpu_count()]
        rates = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                rates[name].append(rate(here, there, command))
    print(f"{scenario}, {os.cpu_count()} processors, {ROUNDS} runs each in turns; packets received")
    print(f"{'':36}{'per second: median, lowest, highest, send/this':>48}{'per processor second, send/this':>34}")
    best = [statistics.median(values) for values in zip(*rates["send --topspeed"])]
    for name, values in rates.items():
        speeds, efficiencies = zip(*values)
        speed_, efficiency = statistics.median(speeds), statistics.median(efficiencies)
        print(f"{name:36}{speed_:15.0f}{min(speeds):12.0f}{max(speeds):12.0f}{best[0] / speed_:9.2f}"
              f"{efficiency:24.0f}{best[1] / efficiency:10.2f}")


def pace(seconds="60"):
    with pair() as (here, there), Receiver(there) as receiver:
        process = here.start(PROGRAM, "send", "coa_mode", "-i", HERE, "--mac-destination", NOBODY, "--pps", PPS,
                             "--duration", f"{seconds}s", stdout=subprocess.PIPE)
        while process.poll() is None:
            time.sleep(0.2)
            receiver.frames()
        receiver.frames()
        summary = process.stdout.read()
    times = receiver.times
    gaps = sorted(later - earlier for earlier, later in zip(times, times[1:]))
    measured = (len(times) - 1) / (times[-1] - times[0])
    print(summary.strip())
    print(f"received {len(times)} of {int(float(seconds) * PPS)}, {measured:.3f} packets/s "
          f"({(measured / PPS - 1) * 100:+.4f} %)")
    print(f"gaps: median {statistics.median(gaps) * 1e3:.3f} ms, 99.9 % below {gaps[int(len(gaps) * 0.999)] * 1e3:.3f} ms, "
          f"longest {gaps[-1] * 1e3:.3f} ms; {sum(gap > LONG_GAP for gap in gaps)} over {LONG_GAP * 1e3:.0f} ms")


def main():
    benches = {"speed": speed, "pace": pace}
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in benches:
        sys.exit(__doc__)
    if reason_to_skip():
        sys.exit(reason_to_skip())
    benches[sys.argv[1]](*sys.argv[2:])


main()
