# SPDX-License-Identifier: Apache-2.0
"""keysweepd and senders killed at any moment lose nothing that was
acknowledged, and nothing happens twice. KS_ROUNDS sets how often."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from key_server import Place, Service  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1])
DAEMON = PROGRAM.parent.parent / "keyservice" / "keysweepd"
HERE = pathlib.Path.cwd()
ROUNDS = int(os.environ.get("KS_ROUNDS", "5"))
CHANCE = random.Random(7)


class Load:
    """Clients that create and revoke keys and note what was acknowledged."""

    def __init__(self, service):
        self.service = service
        self.created, self.revoked = {}, set()
        self.enough = threading.Event()
        self.stop = False

    def work(self, seed):
        chance = random.Random(seed)
        mine = []
        while not self.stop:
            try:
                if mine and chance.random() < 0.4:
                    ident = mine.pop()
                    status, _ = self.service.call(
                        "POST", f"/v1/keys/{ident}/revoke")
                    if status == 204:
                        self.revoked.add(ident)
                else:
                    status, body = self.service.call("POST", "/v1/keys",
                                                     {"name": "load"})
                    if status == 201:
                        self.created[body["id"]] = body["key"]
                        mine.append(body["id"])
            except (OSError, ValueError, __import__("http").client.HTTPException):
                pass
            if len(self.created) + len(self.revoked) >= self.target:
                self.enough.set()

    def run(self, count):
        self.target = len(self.created) + len(self.revoked) + count
        self.enough.clear()
        self.stop = False
        threads = [threading.Thread(target=self.work, args=(i,))
                   for i in range(3)]
        for thread in threads:
            thread.start()
        assert self.enough.wait(60)
        self.service.stop(kill=True)
        self.stop = True
        for thread in threads:
            thread.join()


def events(path, name):
    return [line for line in map(json.loads, path.read_text().splitlines())
            if line["event"] == name]


def verify(path):
    subprocess.run([PROGRAM, "audit", "verify", path], check=True,
                   capture_output=True)


def test_service_killed_under_load():
    service = Service(DAEMON, HERE / "load")
    load = Load(service)
    for _ in range(ROUNDS):
        service.start()
        load.run(CHANCE.randrange(5, 60))
        service.start()
        known = {key["id"]: key for key in
                 service.call("GET", "/v1/keys")[1]["keys"]}
        for ident in load.created:
            assert ident in known, "an acknowledged key is lost"
        for ident in load.revoked:
            assert not known[ident]["active"], "a revocation is lost"
        service.stop(kill=True)
    service.start()
    service.stop()
    log = service.folder / "audit.jsonl"
    verify(log)
    for name, acknowledged in (("key.created", load.created),
                               ("key.revoked", load.revoked)):
        told = [line["key"] for line in events(log, name)]
        assert len(told) == len(set(told)), f"{name} is there twice"
        assert set(acknowledged) <= set(told), f"{name} is missing"
    print(f"{ROUNDS} rounds, {len(load.created)} keys, "
          f"{len(load.revoked)} revocations")


def test_sender_killed_at_random():
    service = Service(DAEMON, HERE / "sender")
    service.client("scanner", "revoker")
    service.start()
    made = [service.call("POST", "/v1/keys", {"name": "x"})[1]
            for _ in range(30)]
    work = Place(PROGRAM, HERE / "place", 0)
    for i, key in enumerate(made):
        (work.folder / "tree" / f"{i}").write_text(f"KEY={key['key']}\n")
    for name, source in (("token", "scanner.token"),
                         ("hmac.key", "webhook.key")):
        work.secret_file(name, (service.folder / source).read_text())
    work.key_service(service.url, service.folder / "cert.pem",
                     policy="min_confidence: 0.5, max_per_run: 100")
    plan = work.plan()
    words = [PROGRAM, "revoke", "send", "--revocation", "rv.yml", "--plan",
             "plan.json", f"--yes-revoke={plan['id']}", "--wait"]
    killed = 0
    for _ in range(4 * ROUNDS):
        process = subprocess.Popen(words, cwd=work.folder,
                                   stdout=subprocess.DEVNULL)
        try:
            process.wait(CHANCE.uniform(0.02, 0.35))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
    subprocess.run(words, cwd=work.folder, check=True)
    assert killed > 0
    assert len(work.events("revocation.accepted")) == len(made)
    service.stop()
    log = service.folder / "audit.jsonl"
    verify(log)
    assert sorted(line["key"] for line in events(log, "key.revoked")) == \
        sorted(key["id"] for key in made)
    print(f"killed {killed} times, {len(made)} keys revoked once each")


test_service_killed_under_load()
test_sender_killed_at_random()
