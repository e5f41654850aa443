"""The systems under test: how each is configured, started and named in reports.

A new peer is one more class with the three members of System and an entry in SYSTEMS.
"""

from __future__ import annotations

import ipaddress
import os
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from process import RigError

MODEL = "bench"


@dataclass(frozen=True)
class Layout:
    """Where things are, and the engines every system routes to."""

    root: Path
    work: Path
    engine_count: int
    first_engine: str = "127.0.2.1"
    engine_port: int = 8000
    scrape_seconds: float | None = None
    options: dict[str, str] = field(default_factory=dict)

    @property
    def engines(self) -> list[str]:
        first = ipaddress.IPv4Address(self.first_engine)
        return [str(first + i) for i in range(self.engine_count)]

    @property
    def venv(self) -> Path:
        return self.root / ".ergane/venv"


class System(Protocol):
    """One system under test. It listens on 127.0.0.1 at the port it is given."""

    name: str

    def command(self, layout: Layout, port: int) -> list[str]:
        """Writes its configuration below layout.work and returns the command that starts it in the foreground."""
        ...

    def prepare(self, layout: Layout) -> None:
        """What is done once per build and belongs to no measurement."""
        ...

    def env(self, layout: Layout) -> dict[str, str]: ...

    def version(self, layout: Layout) -> str: ...


class Envoy:
    """Plain Envoy: one listener, one route, one cluster with least-request balancing; it decides nothing else."""

    name = "envoy"

    def binary(self, layout: Layout) -> Path:
        found = sorted(layout.venv.glob("lib/python3*/site-packages/envoy/_bin/envoy"))
        if not found:
            raise RigError(f"no Envoy below {layout.venv}; remove that directory and run again")
        return found[0]

    def command(self, layout: Layout, port: int) -> list[str]:
        config = layout.work / "envoy.yaml"
        config.write_text(envoy_config(layout, port))
        return [
            str(self.binary(layout)), "-c", str(config), "--concurrency", "1",
            "--use-dynamic-base-id", "--log-level", "warning",
        ]  # fmt: skip

    def prepare(self, layout: Layout) -> None:
        return None

    def env(self, layout: Layout) -> dict[str, str]:
        return {}

    def version(self, layout: Layout) -> str:
        return "Envoy " + output([str(self.binary(layout)), "--version"]).split("version: ")[-1]


def envoy_config(layout: Layout, port: int) -> str:
    endpoints = "\n".join(
        f"        - endpoint: {{address: {{socket_address: {{address: {address}, port_value: {layout.engine_port}}}}}}}"
        for address in layout.engines
    )
    health_checks = ""
    if layout.scrape_seconds:
        health_checks = f"""
    health_checks:
    - timeout: 1s
      interval: {layout.scrape_seconds}s
      no_traffic_interval: {layout.scrape_seconds}s
      no_traffic_healthy_interval: {layout.scrape_seconds}s
      unhealthy_threshold: 3
      healthy_threshold: 1
      http_health_check: {{path: /metrics}}"""
    return f"""static_resources:
  listeners:
  - name: front
    address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: front
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {{prefix: "/"}}
                route: {{cluster: engines, timeout: 0s}}
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
  clusters:
  - name: engines
    type: STATIC
    lb_policy: LEAST_REQUEST
    connect_timeout: 2s
    circuit_breakers:
      thresholds:
      - {{max_connections: 100000, max_pending_requests: 100000, max_requests: 100000}}{health_checks}
    load_assignment:
      cluster_name: engines
      endpoints:
      - lb_endpoints:
{endpoints}
"""


class EnvoyErgane:
    """Envoy with Ergane's control plane and scheduler, started as a user starts it."""

    name = "envoy-ergane"

    def command(self, layout: Layout, port: int) -> list[str]:
        return [
            str(layout.root / "ergane"), "up", f"--envoy={ENVOY.binary(layout)}", "-f", str(write_manifests(layout)),
            "--port", str(port), "--debug-port", str(port + 1000), "--metrics-port", "0",
            "--xds-port", str(port + 2000), "--ext-proc-port", str(port + 3000), "--threads", "1",
        ]  # fmt: skip

    def prepare(self, layout: Layout) -> None:
        ERGANE.prepare(layout)

    def env(self, layout: Layout) -> dict[str, str]:
        return ERGANE.env(layout)

    def version(self, layout: Layout) -> str:
        return ERGANE.version(layout)


class EnvoyNothing:
    """Envoy with the same filters and access log, and a scheduler that decides nothing: what deciding is measured against.

    Ergane's control plane hands Envoy its configuration and is then idle.
    """

    name = "envoy-nothing"

    def command(self, layout: Layout, port: int) -> list[str]:
        work = layout.work / "nothing"
        work.mkdir(exist_ok=True)
        ergane, xds, scheduler = shlex.quote(str(layout.root / "ergane")), port + 2000, port + 3000
        classes = f"{layout.root}/benchmarks/target/classes:{(layout.root / 'benchmarks/target/classpath.txt').read_text()}"
        script = f"""
            {ergane} control-plane -f {shlex.quote(str(write_manifests(layout)))} --host 127.0.0.1 --port {port} \
              --xds-host 127.0.0.1 --xds-port {xds} --ext-proc 127.0.0.1:{scheduler} --debug-port {port + 1000} --metrics-port 0 &
            "$JAVA_HOME/bin/java" {DEFAULT_JVM_OPTIONS} -Dio.netty.leakDetection.level=disabled \
              --sun-misc-unsafe-memory-access=allow -cp {shlex.quote(classes)} \
              io.ergane.benchmarks.NothingDecided {scheduler} default/{MODEL} {layout.first_engine}:{layout.engine_port} &
            {ergane} envoy-bootstrap --xds 127.0.0.1:{xds} --node-id nothing --admin-port {port + 4000} >{work}/envoy.yaml
            exec {ENVOY.binary(layout)} -c {work}/envoy.yaml --concurrency 1 --use-dynamic-base-id --log-level warning"""
        return ["bash", "-c", script]

    def prepare(self, layout: Layout) -> None:
        ERGANE.prepare(layout)
        done = subprocess.run([str(layout.root / "dev"), "jmh", "-l"], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise RigError("the benchmarks did not build (see above)")

    def env(self, layout: Layout) -> dict[str, str]:
        home = output(["bash", "-c", f'root="{layout.root}"; . "$root/scripts/toolchain.sh"; find_java java >&2; echo "$JAVA_HOME"'])
        return ERGANE.env(layout) | {"JAVA_HOME": home}

    def version(self, layout: Layout) -> str:
        return "NothingDecided on grpc-java"


class SglangRouter:
    """sglang-router with its cache-aware policy."""

    name = "sglang-router"

    def command(self, layout: Layout, port: int) -> list[str]:
        return [
            str(layout.venv / "bin/sglang-router"), "launch", "--host", "127.0.0.1", "--port", str(port),
            "--policy", "cache_aware", "--log-level", "error", "--prometheus-port", str(port + 1000),
            "--worker-urls", *[f"http://{address}:{layout.engine_port}" for address in layout.engines],
        ]  # fmt: skip

    def prepare(self, layout: Layout) -> None:
        return None

    def env(self, layout: Layout) -> dict[str, str]:
        return {}

    def version(self, layout: Layout) -> str:
        text = output([str(layout.venv / "bin/pip"), "show", "sglang-router"])
        return "sglang-router " + next(
            (line.split(": ")[1] for line in text.splitlines() if line.startswith("Version: ")), "unknown"
        )


class Relay:
    """Copies bytes and reads none of them: what the kernel alone asks for on this machine; no proxy can cost less."""

    name = "relay"

    def command(self, layout: Layout, port: int) -> list[str]:
        engines = ",".join(f"{address}:{layout.engine_port}" for address in layout.engines)
        return [str(layout.root / ".ergane/bin/rigload"), "relay", "--listen", f"127.0.0.1:{port}", "--engines", engines]

    def prepare(self, layout: Layout) -> None:
        return None

    def env(self, layout: Layout) -> dict[str, str]:
        return {"GOMAXPROCS": "1"}

    def version(self, layout: Layout) -> str:
        return "rigload relay"


class Ergane:
    """Ergane's own proxy, started as a user starts it, on Kthena manifests.

    Options: "command" is the start command, in which {manifests} and {port} are filled in; "jvm" the
    JVM flags handed over in ERGANE_JVM_OPTS.
    """

    name = "ergane"

    def command(self, layout: Layout, port: int) -> list[str]:
        manifests = write_manifests(layout)
        template = layout.options.get("command", DEFAULT_ERGANE_COMMAND)
        words = [
            word.format(manifests=manifests, port=port, admin_port=port + 1000) for word in shlex.split(template)
        ]
        words[0] = str((layout.root / words[0]).resolve()) if words[0].startswith("./") else words[0]
        if not Path(words[0]).exists() and words[0].startswith("/"):
            raise RigError(f"{words[0]} does not exist; build it, or name another with --ergane-command")
        return words

    def prepare(self, layout: Layout) -> None:
        """Builds the source tree and its start-up cache, which would else be made behind the first measurements."""
        command = [self.command(layout, 1)[0], "--help"]
        done = subprocess.run(
            command, cwd=layout.root, env={**os.environ, **self.env(layout)}, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise RigError(f"`{shlex.join(command)}` ended with status {done.returncode} (see above)")

    def env(self, layout: Layout) -> dict[str, str]:
        return {"ERGANE_JVM_OPTS": layout.options.get("jvm", DEFAULT_JVM_OPTIONS), "ERGANE_AOT": "wait"}

    def version(self, layout: Layout) -> str:
        commit = output(["git", "-C", str(layout.root), "describe", "--always", "--dirty", "--abbrev=12"])
        return f"ergane {commit} ({self.env(layout)['ERGANE_JVM_OPTS']})"


DEFAULT_ERGANE_COMMAND = "./ergane up -f {manifests} --port {port} --debug-port {admin_port} --metrics-port 0"
DEFAULT_JVM_OPTIONS = "-XX:ActiveProcessorCount=1"


def write_manifests(layout: Layout) -> Path:
    folder = layout.work / "cluster/manifests"  # apart from the logs, whose every line would wake who watches for it
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.yaml").write_text(kthena_manifests(layout))
    return folder


def kthena_manifests(layout: Layout) -> str:
    """One route to one model server that selects every mock engine: the whole routing path, one pool."""
    documents = [
        f"""apiVersion: networking.serving.volcano.sh/v1alpha1
kind: ModelServer
metadata: {{name: {MODEL}, namespace: default}}
spec:
  model: {MODEL}
  inferenceEngine: vLLM
  workloadSelector: {{matchLabels: {{app: {MODEL}}}}}
  workloadPort: {{port: {layout.engine_port}}}
""",
        f"""apiVersion: networking.serving.volcano.sh/v1alpha1
kind: ModelRoute
metadata: {{name: {MODEL}, namespace: default}}
spec:
  modelName: {MODEL}
  rules:
  - name: all
    targetModels:
    - modelServerName: {MODEL}
""",
    ]
    documents += [
        f"""apiVersion: v1
kind: Pod
metadata: {{name: {MODEL}-{i}, namespace: default, labels: {{app: {MODEL}}}}}
status:
  phase: Running
  podIP: {address}
  conditions: [{{type: Ready, status: "True"}}]
"""
        for i, address in enumerate(layout.engines)
    ]
    return "---\n".join(documents)


ENVOY, ERGANE = Envoy(), Ergane()
SYSTEMS: dict[str, System] = {
    system.name: system for system in (ERGANE, ENVOY, SglangRouter(), Relay(), EnvoyErgane(), EnvoyNothing())
}


def output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
