"""Tests of compare, without any peer: python3 Benchmarks/compare_tests.py."""

import importlib.util
import math
import sys
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path
from unittest import mock

import quiet

loader = SourceFileLoader("compare", str(Path(__file__).parent / "compare"))
compare = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", loader))
loader.exec_module(compare)


class FakePeer:
    """Takes the times that it is given, with the shares of a processor that others take meanwhile."""

    def __init__(self, name, *measurements):
        self.name = name
        self.measurements = iter(measurements)

    def measure(self, seconds):
        return next(self.measurements)


class QuietTests(unittest.TestCase):
    stat = "cpu  100 1 20 900 50 3 4 7 0 0\ncpu0 50 1 10 450 25 3 2 3 0 0\ncpu1 50 0 10 450 25 0 2 4 0 0\nintr 1 2\n"

    def test_reads_what_linux_tells(self):
        process = "42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 7 8 20 0 3 0 99 1000 200"
        with mock.patch.object(quiet, "ticks", 100):
            self.assertEqual(quiet.machine_times(self.stat), (9.5, 0.07))
            self.assertEqual(quiet.processor_count(self.stat), 2)
            self.assertEqual(quiet.used_time(process), 3)

    def test_what_the_program_did_not_use_went_to_others(self):
        before = quiet.Moment(time=10, idle=100, stolen=3, used=20)
        for idle, stolen, used, share in [
            (101, 3, 23, 0),  # of two processors in two seconds, the program had three, and one had nothing to do
            (101, 3, 22, 0.5),
            (101, 3.5, 22.5, 0.25),  # the host took half a second: the program used so much less ...
            (101, 3.5, 23, 0.25),  # ... or the kernel counts it as the program's
        ]:
            after = quiet.Moment(time=12, idle=idle, stolen=stolen, used=used)
            self.assertAlmostEqual(quiet.taken(before, after, processors=2), share)

    @unittest.skipUnless(quiet.tells, "needs /proc")
    def test_the_own_process_uses_time(self):
        before = quiet.moment("self")
        while quiet.used("self") == before.used:
            pass
        self.assertTrue(math.isfinite(quiet.taken_since(before, "self")))


class RoundTests(unittest.TestCase):
    def test_a_busy_round_is_begun_anew_at_once(self):
        peers = [
            FakePeer("vaecore", (1, 0), (1.1, 0.06), (1.2, 0), (1.3, 0)),
            FakePeer("jax", (2, 0), (3, 0.9), (4, 0)),
        ]
        rounds, busy = compare.measure_rounds(peers, wanted=2, seconds=0, allow_busy=False)
        self.assertEqual((rounds, busy), ([{"vaecore": 1, "jax": 2}, {"vaecore": 1.3, "jax": 4}], 2))

    def test_a_busy_round_may_be_kept_and_is_counted(self):
        peers = [FakePeer("vaecore", (1, 0.5), (2, 0)), FakePeer("jax", (3, 0), (4, 0))]
        rounds, busy = compare.measure_rounds(peers, wanted=2, seconds=0, allow_busy=True)
        self.assertEqual((rounds, busy), ([{"vaecore": 1, "jax": 3}, {"vaecore": 2, "jax": 4}], 1))

    def test_gives_up_where_the_machine_stays_busy(self):
        rounds, busy = compare.measure_rounds([FakePeer("vaecore", *[(1, 1)] * 20)], 2, 0, allow_busy=False)
        self.assertEqual((rounds, busy), ([], 20))

    def test_keeps_all_where_the_system_does_not_tell(self):
        rounds, busy = compare.measure_rounds([FakePeer("vaecore", *[(1, math.nan)] * 2)], 2, 0, allow_busy=False)
        self.assertEqual((len(rounds), busy), (2, 0))

    def test_a_program_is_asked_until_the_time_is_over(self):
        answer = "import sys\nprint('ready', flush=True)\nfor _ in sys.stdin: print(0.5, flush=True)"
        peer = compare.Peer("fake", [sys.executable, "-c", answer])
        self.assertTrue(peer.wait_until_ready())
        with mock.patch.object(compare, "time") as clock, mock.patch.object(peer, "ask", wraps=peer.ask) as ask:
            clock.perf_counter.side_effect = [10, 10.5, 11]
            self.assertEqual(peer.measure(seconds=1)[0], 0.5)
            self.assertEqual(ask.call_count, 2)
        peer.stop()


class TableTests(unittest.TestCase):
    rounds = [
        {"vaecore": 0.002, "vaecore mixed": 0.001, "jax": 0.004},
        {"vaecore": 0.004, "vaecore mixed": 0.002, "jax": 0.012},
    ]

    def test_ratios_are_those_of_the_rounds(self):
        programs = compare.summary(self.rounds)
        self.assertEqual(programs["jax"]["times_as_long_as"]["vaecore"], {"median": 2.5, "lower": 2.25, "upper": 2.75})
        self.assertEqual(list(compare.table(programs)), [
            ["", "ms per step", "vaecore is faster by", "vaecore mixed is faster by"],
            ["vaecore", "3.00 (2.50–3.50)", "", "2.00 (2.00–2.00)"],
            ["vaecore mixed", "1.50 (1.25–1.75)", "0.50 (0.50–0.50)", ""],
            ["jax", "8.00 (6.00–10.00)", "2.50 (2.25–2.75)", "5.00 (4.50–5.50)"],
        ])

    def test_there_is_a_column_for_each_of_ours_that_was_measured(self):
        programs = compare.summary([{"jax": 2, "vaecore mixed": 1}] * 2)
        self.assertEqual(next(compare.table(programs)), ["", "ms per step", "vaecore mixed is faster by"])
        self.assertEqual(next(compare.table(compare.summary([{"jax": 2}] * 2))), ["", "ms per step"])

    def test_one_round_has_no_quartiles(self):
        self.assertEqual(list(compare.table(compare.summary(self.rounds[:1]))), [])

    def test_says_what_was_rejected(self):
        def text(rounds, busy, kept=False):
            return compare.text_of_rounds({"rounds": rounds, "busy_rounds": busy, "busy_rounds_kept": kept}, 11)

        self.assertEqual(text(11, 4), "11 of 11 rounds; 4 more were rejected, since the machine was busy")
        self.assertEqual(text(3, 110), "3 of 11 rounds; 110 more were rejected, since the machine was busy")
        self.assertEqual(text(11, 4, kept=True), "11 rounds, 4 of them while the machine was busy")
        self.assertEqual(text(11, None), "11 rounds; this system does not tell whether the machine was busy")


if __name__ == "__main__":
    unittest.main()
