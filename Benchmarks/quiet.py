"""Whether the machine worked for nobody else while a program was measured, as Linux tells it in /proc."""

import collections
import math
import os
import pathlib
import time

# How much of one processor's time others may take. A step waits for its slowest thread, so it may take as much longer:
# about what the quartiles of the rounds lie apart. The kernel counts in hundredths of a second and may be off by a few
# of them, so much less could not be told in a measurement of a second.
allowed = 0.05
tells = pathlib.Path("/proc/stat").exists()
ticks = os.sysconf("SC_CLK_TCK")

# All in seconds: the time; how long all processors together had nothing to do, and how long the host of a virtual
# machine kept them from work; how long the program's threads together have run.
Moment = collections.namedtuple("Moment", ["time", "idle", "stolen", "used"])


def machine_times(text):
    """How long all processors were idle, and how long they were stolen, from /proc/stat."""
    _, _, _, idle, waiting, _, _, stolen = map(int, text.split()[1:9])
    return (idle + waiting) / ticks, stolen / ticks


def processor_count(text):
    """How many processors /proc/stat is about: it has a line for each, after the one of all."""
    return sum(line.startswith("cpu") for line in text.splitlines()) - 1


def used_time(text):
    """How long a program's threads have run, from /proc/PID/stat, where its name may have spaces and brackets."""
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / ticks


def used(process):
    return used_time(pathlib.Path(f"/proc/{process}/stat").read_text()) if tells else 0.0


def moment(process):
    """Now; nothing where the system does not tell."""
    if tells:
        return Moment(time.perf_counter(), *machine_times(pathlib.Path("/proc/stat").read_text()), used(process))


def taken(before, after, processors):
    """The share of one processor that went to others than the program between two moments.

    Processors that were not idle, and not with the program, were with others. Some kernels count what the host took
    from the program as the program's own, so that it is looked at by itself, too.
    """
    passed = Moment(*(b - a for a, b in zip(before, after)))
    return max(processors * passed.time - passed.idle - passed.used, passed.stolen) / passed.time


def taken_since(before, process):
    """The share of one processor that went to others since a moment; not a number where the system does not tell."""
    if not tells:
        return math.nan
    return taken(before, moment(process), processor_count(pathlib.Path("/proc/stat").read_text()))


def wait_until_idle(process):
    """Threads may spin for a while, waiting for work that does not come: so long they are in the next program's way.

    After two seconds they are left to it, and the next measurement tells of them.
    """
    for _ in range(20):
        before = used(process)
        time.sleep(0.1)
        if used(process) == before:
            return
