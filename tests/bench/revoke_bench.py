# SPDX-License-Identifier: Apache-2.0
"""revoke_bench.py KEYSWEEP KEYSWEEPD [COUNT]: COUNT revocations (default
10,000) through a path that fails 30 % of requests at random, while the service
is killed and restarted twice. All must arrive, none twice in effect.

A third of the failures drops the request before the service sees it, a third
drops the answer after the service acted, a third answers 503."""
import http.client
import json
import os
import pathlib
import random
import resource
import ssl
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from key_server import Place, Server, Service, answer, certificate  # noqa: E402

PROGRAM, DAEMON = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 10000


class Flaky:
    """Forwards to the service, more or less."""

    def __init__(self, service):
        self.service = service
        self.chance = random.Random(1)
        self.local = threading.local()
        self.context = ssl.create_default_context(
            cafile=service.folder / "cert.pem")
        self.seen = self.failed = 0
        self.restarts = [COUNT // 3, 2 * COUNT // 3]
        self.passed = 0

    def forward(self, request):
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.service.port, context=self.context,
                timeout=10)
            self.local.connection = connection
        try:
            connection.request(request["method"], request["path"],
                               request["body"], {
                                   name: value for name, value in
                                   request["headers"].items()
                                   if name not in ("host", "content-length")})
            got = connection.getresponse()
            return answer(got.status, got.read())
        except (OSError, http.client.HTTPException):
            self.local.connection = None
            return None

    def __call__(self, request):
        self.seen += 1
        fate = self.chance.random()
        if fate < 0.1:
            self.failed += 1
            return None
        if fate < 0.2:
            self.failed += 1
            return answer(503)
        got = self.forward(request)
        if fate < 0.3:
            self.failed += 1
            return None
        self.passed += 1
        if self.restarts and self.passed >= self.restarts[0]:
            self.restarts.pop(0)
            self.service.stop(kill=True)
            self.service.start()
        return got


def create(service, count):
    context = ssl.create_default_context(cafile=service.folder / "cert.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", service.port,
                                             context=context)
    headers = {"Authorization":
               "Bearer " + (service.folder / "admin.token").read_text()}
    begun, keys = time.monotonic(), {}
    for _ in range(count):
        connection.request("POST", "/v1/keys", b'{"name":"bench"}', headers)
        body = json.loads(connection.getresponse().read())
        keys[body["id"]] = body["key"]
    print(f"service: {count / (time.monotonic() - begun):.0f} keys created "
          "a second, each durable")
    return keys


def main():
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        service = Service(DAEMON, here / "service")
        service.client("scanner", "revoker")
        service.start()
        keys = create(service, COUNT)
        cert, key = certificate(here, "front")
        flaky = Flaky(service)
        server = Server(cert, key, flaky)
        work = Place(PROGRAM, here / "place", 0)
        (work.folder / "tree" / "leaks").write_text(
            "".join(f"KEY={text}\n" for text in keys.values()))
        for name, source in (("token", "scanner.token"),
                             ("hmac.key", "webhook.key")):
            work.secret_file(name, (service.folder / source).read_text())
        delays = "[0" + ", 0.05, 0.2, 0.5" * 8 + "]"
        work.key_service(
            server.url, cert, retry=delays,
            policy=f"min_confidence: 0.5, max_per_run: {COUNT}",
            top="breaker_pause: 0.2\n")
        begun = time.monotonic()
        plan = work.plan("-q", timeout=600)
        assert len(plan["actions"]) == COUNT, len(plan["actions"])
        print(f"plan of {COUNT}: {time.monotonic() - begun:.1f} s")
        begun = time.monotonic()
        done = work.send("--wait", "-q", timeout=1800)
        took = time.monotonic() - begun
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"send: {took:.1f} s, {COUNT / took:.0f} revocations a second, "
              f"{flaky.seen} requests, {flaky.failed} failed on purpose, "
              f"2 restarts; the largest process took {peak / 1024:.0f} MiB")
        accepted = [e["finding"] for e in work.events("revocation.accepted")]
        assert len(accepted) == len(set(accepted)) == COUNT, len(accepted)
        service.stop()
        told = [json.loads(line) for line in
                (service.folder / "audit.jsonl").read_text().splitlines()]
        revoked = [e["key"] for e in told if e["event"] == "key.revoked"]
        assert sorted(revoked) == sorted(keys), "not each exactly once"
        print("all arrived, none twice in effect")
        server.close()


main()
