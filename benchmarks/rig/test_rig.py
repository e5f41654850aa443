"""The rig's own arithmetic. Run with `python3 -m unittest discover benchmarks/rig`."""

import json
import os
import tempfile
import unittest
from pathlib import Path

import machine
import report
import serving
from cluster import samples
from measure import Outcome, Sample
from process import RigError
from scenarios import QUICK, SCENARIOS, Effort
from statistic import Range, ratios, rotated, standing, verdict
from systems import SYSTEMS, Layout, envoy_config, kthena_manifests


def stat_line(pid: int, name: str, session: int, *ticks: int) -> str:
    return f"{pid} ({name}) S 1 {session} {session} 0 -1 4194304 1 2 3 4 " + " ".join(map(str, ticks)) + " 20 0 3 0 99 1000 25 0 0"


def snapshot(at: float, *lines: str) -> machine.Snapshot:
    stats = [machine.parse_stat(line) for line in lines]
    return machine.Snapshot(at, {s.pid: s for s in stats})


class ProcessAccounting(unittest.TestCase):
    def test_cpu_counts_user_system_and_reaped_children(self):
        stat = machine.parse_stat(stat_line(7, "java", 5, 100, 50, 20, 10))
        self.assertEqual(stat.cpu_seconds, 180 / machine.TICKS_PER_SECOND)
        self.assertEqual((stat.pid, stat.session), (7, 5))
        self.assertEqual(stat.resident_bytes, 25 * machine.PAGE_BYTES)

    def test_a_name_with_spaces_and_parentheses_shifts_nothing(self):
        odd = machine.parse_stat(stat_line(7, "a) S 1 (b", 5, 1, 2, 3, 4))
        plain = machine.parse_stat(stat_line(7, "x", 5, 1, 2, 3, 4))
        self.assertEqual(odd.name, "a) S 1 (b")
        self.assertEqual((odd.session, odd.cpu_seconds), (plain.session, plain.cpu_seconds))

    def test_a_session_opened_by_a_process_counts_to_it_and_the_rigs_children_keep_theirs(self):
        def process(pid: int, parent: int, session: int) -> machine.ProcessStat:
            return machine.ProcessStat(pid, parent, "x", session, 0, 0, 0)

        family = [process(10, 1, 10), process(11, 10, 11), process(12, 11, 11), process(13, 12, 13), process(14, 13, 13)]
        self.assertEqual([p.session for p in machine.adopted(family, 10)], [10, 11, 11, 11, 11])

    def test_a_session_is_the_sum_of_its_processes_those_born_in_the_window_included(self):
        hz = machine.TICKS_PER_SECOND
        before = snapshot(0, stat_line(2, "a", 2, 1 * hz, 0, 0, 0))
        after = snapshot(4, stat_line(2, "a", 2, 2 * hz, 0, 0, 0), stat_line(3, "b", 2, hz, 0, 0, 0))
        self.assertAlmostEqual(machine.Window(before, after, 2).session_cpu(2), 2)

    def test_foreign_share_is_what_all_but_the_rig_and_its_sessions_used(self):
        hz = machine.TICKS_PER_SECOND
        rig, own = stat_line(os.getpid(), "rig", 4, 7 * hz, 0, 0, 0), stat_line(2, "own", 2, 4 * hz, 0, 0, 0)
        before = snapshot(0, stat_line(os.getpid(), "rig", 4, 0, 0, 0, 0), stat_line(9, "cron", 9, 0, 0, 0, 0))
        after = snapshot(10, rig, own, stat_line(9, "cron", 9, 0, hz, 0, 0))
        window = machine.Window(before, after, 2)
        self.assertAlmostEqual(window.foreign_share({2}), 1 / 20)
        self.assertAlmostEqual(window.foreign_share({2, 9}), 0)
        self.assertEqual(window.top_foreign({2}), "cron")
        self.assertEqual(window.top_foreign({2, 9}), "")

    def test_a_foreign_process_that_ended_counts_with_whoever_reaped_it(self):
        hz = machine.TICKS_PER_SECOND
        before = snapshot(0, stat_line(1, "init", 1, 0, 0, 0, 0), stat_line(9, "job", 9, 5 * hz, 0, 0, 0))
        after = snapshot(10, stat_line(1, "init", 1, 0, 0, 6 * hz, 0))
        self.assertAlmostEqual(machine.Window(before, after, 2).foreign_share({2}), 1 / 20)


class Comparison(unittest.TestCase):
    def test_ratios_are_taken_within_a_round(self):
        drifting = ratios([30, 60, 120], [20, 40, 80])
        self.assertEqual(drifting, Range(1.5, 1.5, 1.5))

    def test_rounds_that_do_not_pair_are_refused(self):
        with self.assertRaises(ValueError):
            ratios([1.0, 2.0], [1.0])

    def test_ahead_needs_the_whole_range_and_swapping_sides_swaps_the_verdict(self):
        clear, touching = [1.06, 1.2, 1.3], [1.04, 1.2, 1.3]
        ones = [1.0, 1.0, 1.0]
        self.assertEqual(verdict(ratios(clear, ones)), "ahead")
        self.assertEqual(verdict(ratios(ones, clear)), "behind")
        self.assertEqual(verdict(ratios(touching, ones)), "even")
        self.assertEqual(verdict(ratios(ones, touching)), "even")

    def test_standing_is_by_the_median(self):
        self.assertEqual(standing(Range(23, 20, 40), 28, 24), "stretch met")
        self.assertEqual(standing(Range(28, 20, 40), 28, 24), "met")
        self.assertEqual(standing(Range(29, 27, 40), 28, 24), "missed (best round meets it)")
        self.assertEqual(standing(Range(29, 28.5, 40), 28, None), "missed")

    def test_every_system_goes_first_equally_often(self):
        orders = [rotated(["a", "b", "c"], turn) for turn in range(6)]
        self.assertEqual(sorted(order[0] for order in orders), ["a", "a", "b", "b", "c", "c"])
        self.assertTrue(all(sorted(order) == ["a", "b", "c"] for order in orders))


class Configuration(unittest.TestCase):
    def test_engine_addresses_go_on_over_the_last_byte(self):
        engines = Layout(Path("/r"), Path("/w"), 1000).engines
        self.assertEqual(len(set(engines)), 1000)
        self.assertEqual(engines[254:256], ["127.0.2.255", "127.0.3.0"])

    def test_every_engine_is_in_every_configuration(self):
        layout = Layout(Path("/r"), Path("/w"), 3)
        for address in layout.engines:
            self.assertIn(f"address: {address}, port_value: 8000", envoy_config(layout, 1))
            self.assertIn(f"podIP: {address}", kthena_manifests(layout))

    def test_ergane_is_started_with_the_manifests_that_were_written(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "ergane").touch()
            layout = Layout(root, root / "work", 2, options={"jvm": "-Xmx64m"})
            command = SYSTEMS["ergane"].command(layout, 18080)
            manifests = str(root / "work/cluster/manifests")
            expected = ["up", "-f", manifests, "--port", "18080", "--debug-port", "19080", "--metrics-port", "0"]
            self.assertEqual(command, [str((root / "ergane").resolve()), *expected])
            self.assertEqual((root / "work/cluster/manifests/bench.yaml").read_text(), kthena_manifests(layout))
            self.assertEqual(SYSTEMS["ergane"].env(layout), {"ERGANE_JVM_OPTS": "-Xmx64m", "ERGANE_AOT": "wait"})

    def test_a_system_that_was_not_built_is_named(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(RigError, "ergane does not exist"):
            SYSTEMS["ergane"].command(Layout(Path(folder), Path(folder, "work"), 2), 1)

    def test_a_trial_is_never_kept(self):
        for scenario in SCENARIOS.values():
            self.assertFalse(QUICK.keepable(scenario))
            self.assertFalse(Effort(foreign_limit=0.5).keepable(scenario))
            self.assertTrue(Effort().keepable(scenario))
        self.assertFalse(Effort(rounds=4).keepable(SCENARIOS["stream"]))
        self.assertFalse(Effort(window_seconds=4).keepable(SCENARIOS["stream"]))
        self.assertFalse(Effort(idle_window_seconds=5).keepable(SCENARIOS["idle"]))
        self.assertFalse(Effort(start_runs=5).keepable(SCENARIOS["start"]))


def load_report(**changes) -> dict:
    latency = {f"{p}_us": 100.0 for p in ("mean", "p50", "p90", "p99", "p999", "max")}
    return {
        "sent": 100, "ok": 100, "failed": {}, "unsent": 0, "achieved_rate": 8000.0, "events": 10_000,
        "event_reads": 9_900, "latency": latency, "ttft": latency, **changes,
    }  # fmt: skip


def outcome(costs: dict[str, list[float]], **load) -> Outcome:
    values = {
        "cpu_seconds": 1.0, "units": 100, "system_core": 0.5, "load_core": 0.4, "resident_mb": 80.0,
        "scrapes_per_second": 1000.0,
    }  # fmt: skip
    return Outcome([Sample(name, i, c, values, load_report(**load)) for name, cs in costs.items() for i, c in enumerate(cs)])


class Reports(unittest.TestCase):
    circumstances = report.Circumstances("./dev bench x", "2026-01-01", {"cpu": "c"}, {"a": "A 1"}, Effort())

    def test_every_scenario_has_a_whole_table_and_valid_json(self):
        costs = {"ergane": [20.0, 21.0, 22.0], "envoy": [30.0, 33.0, 36.0]}
        for scenario in SCENARIOS.values():
            with self.subTest(scenario.name):
                header, rows = report.rows(scenario, outcome(costs), list(costs))
                self.assertEqual([len(row) for row in rows], [len(header)] * 2)
                text = report.markdown(scenario, outcome(costs), list(costs), self.circumstances)
                self.assertIn("envoy ÷ ergane, same round: 1.57 (1.50–1.64): ergane is **ahead**", text)
                data = json.loads(report.as_json(scenario, outcome(costs), list(costs), self.circumstances))
                self.assertEqual(data["cost"]["envoy"], {"median": 33.0, "low": 30.0, "high": 36.0})
                self.assertEqual(len(data["samples"]), 6)

    def test_failed_requests_and_a_missed_rate_are_said(self):
        scenario = SCENARIOS["chat-1k"]
        bad = outcome({"ergane": [20.0]}, failed={"status_503": 2}, failure_sample="status_503: busy", achieved_rate=100.0)
        text = report.markdown(scenario, bad, ["ergane"], self.circumstances)
        self.assertIn("**ergane failed requests**: status_503 2; e.g. `status_503: busy`", text)
        self.assertIn("**ergane did not keep up**", text)

    def test_a_trial_says_that_it_is_one(self):
        trial = report.Circumstances("c", "d", {}, {}, QUICK)
        self.assertIn("trial run", report.markdown(SCENARIOS["stream"], outcome({"envoy": [1.0]}), ["envoy"], trial))

    def test_it_tells_of_a_warm_up_with_shorter_answers(self):
        for name, told in (("envoy-stream", True), ("envoy-1k", False)):
            text = report.markdown(SCENARIOS[name], outcome({"envoy": [1.0]}), ["envoy"], self.circumstances)
            self.assertEqual("warm-up at full speed with shorter answers;" in text, told)

    def test_a_report_is_stored_as_two_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = report.store(Path(folder, "new"), SCENARIOS["idle"], "text", "{}")
            self.assertEqual(path.read_text(), "text")
            self.assertEqual(path.with_suffix(".json").read_text(), "{}\n")


class Systems(unittest.TestCase):
    def test_names_are_unique_and_the_product_comes_first(self):
        self.assertEqual(next(iter(SYSTEMS)), "ergane")


class Serving(unittest.TestCase):
    def test_series_of_other_metrics_that_begin_alike_are_left_out(self):
        text = '# HELP a b\na_total{verb="POST",resource="pods"} 3\na_total 4\na_total_more{verb="POST"} 5\na_total{} 1e+02\n'
        self.assertEqual(samples(text, "a_total"), [({"verb": "POST", "resource": "pods"}, 3.0), ({}, 4.0), ({}, 100.0)])

    def test_a_status_tells_only_of_the_generation_it_saw(self):
        def told(**status) -> bool:
            return serving.is_told({"metadata": {"generation": 2}, "status": status})

        self.assertTrue(told(observedGeneration=2, replicas=0))
        self.assertFalse(told(observedGeneration=1, replicas=1))
        self.assertFalse(told(observedGeneration=2))
        self.assertFalse(serving.is_told({"metadata": {"generation": 2}}))

    def test_two_phases_add_up_and_their_foreign_share_is_weighed_by_time(self):
        whole = serving.Phase(200, 1.0, 2.0, 3.0, 4.0, 0.04) + serving.Phase(800, 3.0, 6.0, 9.0, 0.0, 0.0)
        self.assertEqual((whole.objects, whole.seconds, whole.ours, whole.each("ours")), (1000, 4.0, 8.0, 8.0))
        self.assertAlmostEqual(whole.foreign, 0.01)

    def test_writes_that_did_not_happen_since_are_left_out(self):
        self.assertEqual(serving.written({"POST pods": 4, "PUT x": 1}, {"POST pods": 6, "PUT x": 1, "PATCH y": 1}), {"POST pods": 2, "PATCH y": 1})


if __name__ == "__main__":
    unittest.main()
