"""A Kubernetes API server with its etcd, as the tests start them, and a client for it."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

from process import Process, RigError

BOTH_CORES = "0-1"
WRITES = ("POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION")

# What an API server writes by itself: its lease and the objects that it keeps of its own settings.
OF_THE_SERVER = ("coordination.k8s.io", "flowcontrol.apiserver.k8s.io", "apiregistration.k8s.io", "authorization.k8s.io")


def assets(root: Path) -> Path:
    """The folder of etcd, kube-apiserver and kubectl."""
    folder = Path(os.environ.get("KUBEBUILDER_ASSETS") or root / ".ergane/kubernetes")
    for name in ("etcd", "kube-apiserver", "kubectl"):
        if not os.access(folder / name, os.X_OK):
            raise RigError(f"{folder} lacks {name}. Run ./dev kubernetes, or set KUBEBUILDER_ASSETS to a folder that has it.")
    return folder


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Cluster:
    """Both processes, ended together. Nothing is waited for on disk: etcd does not fsync."""

    def __init__(self, root: Path, folder: Path):
        self.folder = folder
        self.programs = assets(root)
        self.token = str(uuid.uuid4())
        self.etcd_port, peer, self.port = free_ports(3)
        self.certificate = folder / "certificates/apiserver.crt"
        self._credentials()
        self._connections = local()
        self.etcd = Process("etcd", self._etcd(self.etcd_port, peer), BOTH_CORES, folder / "etcd.log")
        self.api_server = Process("kube-apiserver", self._api_server(self.etcd_port), BOTH_CORES, folder / "kube-apiserver.log")

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *failure) -> None:
        self.api_server.stop()
        self.etcd.stop()

    def _credentials(self) -> None:
        key, public = str(self.folder / "account.key"), str(self.folder / "account.pub")
        make = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key]
        try:
            for command in (make, ["openssl", "pkey", "-in", key, "-pubout", "-out", public]):
                subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            raise RigError(f"openssl made no key for the API server's accounts: {problem}") from problem
        (self.folder / "tokens.csv").write_text(f"{self.token},admin,admin,system:masters\n")

    def _etcd(self, client: int, peer: int) -> list[str]:
        clients, peers = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
        return [
            str(self.programs / "etcd"), f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={clients}", f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}", f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}", "--unsafe-no-fsync", "--log-level=error",
        ]  # fmt: skip

    def _api_server(self, etcd: int) -> list[str]:
        return [
            str(self.programs / "kube-apiserver"), f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
            f"--secure-port={self.port}", f"--cert-dir={self.folder / 'certificates'}",
            f"--token-auth-file={self.folder / 'tokens.csv'}", "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount", "--service-cluster-ip-range=10.0.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.folder / 'account.pub'}",
            f"--service-account-signing-key-file={self.folder / 'account.key'}",
        ]  # fmt: skip

    def await_ready(self, patience: float = 60) -> None:
        def ready() -> bool:
            self.etcd.check_alive()
            self.api_server.check_alive()
            try:
                return self.ask("GET", "/readyz")[0] == 200 and self.ask("GET", "/api/v1/namespaces/default")[0] == 200
            except (OSError, http.client.HTTPException):
                return False

        wait_for("the API server's readiness", ready, patience, 0.05)

    def kubeconfig(self) -> Path:
        """A file for an account that may do everything."""
        file = self.folder / "kubeconfig"
        cluster = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority": str(self.certificate)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "rig", "cluster": cluster}],
            "users": [{"name": "rig", "user": {"token": self.token}}],
            "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "rig"}}],
            "current-context": "rig",
        }
        file.write_text(json.dumps(config))
        return file

    def kubectl(self, *arguments: str) -> None:
        command = [str(self.programs / "kubectl"), f"--kubeconfig={self.kubeconfig()}", f"--cache-dir={self.folder / 'kubectl'}"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RigError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")

    def ask(self, method: str, path: str, body: dict | None = None, kind: str = "application/json") -> tuple[int, bytes]:
        """Status and body of an answer; each thread has a connection of its own."""
        connection = getattr(self._connections, "one", None)
        if connection is None:
            trust = ssl.create_default_context(cafile=str(self.certificate))
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trust, timeout=60)
            self._connections.one = connection
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise

    def get(self, path: str) -> dict:
        status, body = self.ask("GET", path)
        if status != 200:
            raise RigError(f"GET {path}: {status} {body[:300]!r}")
        return json.loads(body)

    def send_all(self, method: str, requests: Iterable[tuple[str, dict]], kind: str = "application/json", clients: int = 4) -> None:
        """Sends each body to its path; ends when all are answered, and fails when one is refused."""

        def send(request: tuple[str, dict]) -> None:
            status, body = self.ask(method, *request, kind)
            if status not in (200, 201):
                raise RigError(f"{method} {request[0]}: {status} {body[:300]!r}")

        with ThreadPoolExecutor(clients) as pool:
            for _ in pool.map(send, requests):
                pass

    def count(self, resource: str, namespace: str) -> int:
        """Stored objects of a core resource, as etcd counts them: the API server is not asked."""
        first = f"/registry/{resource}/{namespace}/"
        # The range ends before the first key that does not begin so.
        last = first[:-1] + chr(ord("/") + 1)
        keys = {name: base64.b64encode(key.encode()).decode() for name, key in (("key", first), ("range_end", last))}
        request = urllib.request.Request(f"http://127.0.0.1:{self.etcd_port}/v3/kv/range", json.dumps({**keys, "count_only": True}).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(json.load(answer).get("count", 0))

    def writes(self) -> dict[str, float]:
        """Requests so far that wrote, by verb and resource, those of the server itself left out."""
        found: dict[str, float] = {}
        for labels, value in samples(self.ask("GET", "/metrics")[1].decode(), "apiserver_request_total"):
            if labels.get("verb") in WRITES and labels.get("group") not in OF_THE_SERVER:
                name = " ".join(part for part in (labels["verb"], labels["resource"], labels.get("subresource")) if part)
                found[name] = found.get(name, 0) + value
        return found


def samples(text: str, name: str) -> list[tuple[dict[str, str], float]]:
    """Labels and value of each series of a metric in the Prometheus text format; label values hold no quotes or commas."""
    found = []
    for line in text.splitlines():
        if line.startswith((name + "{", name + " ")):
            head, value = line.rsplit(" ", 1)
            inside = head[len(name) + 1 : -1] if "{" in head else ""
            pairs = (pair.split("=", 1) for pair in inside.split(",") if "=" in pair)
            found.append(({key: text.strip('"') for key, text in pairs}, float(value)))
    return found


def wait_for(what: str, condition: Callable[[], bool], patience: float, pause: float) -> None:
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise RigError(f"waited {patience:g} s for {what}")
        time.sleep(pause)
