# SPDX-License-Identifier: Apache-2.0
"""Faults of receivers and disks, against a real TLS server on loopback."""
import json
import os
import pathlib
import resource
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from key_server import Place, Server, answer, certificate  # noqa: E402

PROGRAM = sys.argv[1]
HERE = pathlib.Path.cwd()
CERT, KEY = certificate(HERE, "server")


def place(name, script, count=1, **options):
    server = Server(CERT, KEY, script)
    work = Place(PROGRAM, HERE / name, count)
    work.key_service(server.url, CERT, **options)
    work.plan()
    return work, server


def outcome(work, *words, **options):
    """Exit code of send, and states of the messages."""
    done = work.send("--wait", *words, check=False, **options)
    with sqlite3.connect(work.folder / "spool.db") as db:
        states = [row[0] for row in db.execute("SELECT state FROM messages")]
    work.audit()
    work.assert_no_secret_left()
    return done.returncode, states, done.stderr.decode()


def sequence(*answers):
    """A script that gives these answers, the last one for ever."""
    left = list(answers)

    def script(request):
        return left.pop(0) if len(left) > 1 else left[0]
    return script


def test_statuses():
    cases = [(202, 1, "done"), (204, 1, "done"), (200, 1, "done"),
             (400, 1, "dead"), (401, 1, "dead"), (403, 1, "dead"),
             (404, 1, "dead"), (422, 1, "dead"), (301, 1, "dead"),
             (302, 1, "dead"), (408, 3, "dead"), (429, 3, "dead"),
             (500, 3, "dead"), (502, 3, "dead"), (503, 3, "dead"),
             (504, 3, "dead")]

    def script(request):
        token = json.loads(request["body"])[0]["token"]
        seen[token] = seen.get(token, 0) + 1
        return answer(cases[work.keys.index(token)][0], b"",
                      ["Location: https://127.0.0.1:1/"])
    seen = {}
    server = Server(CERT, KEY, lambda request: script(request))
    work = Place(PROGRAM, HERE / "statuses", len(cases))
    work.key_service(server.url, CERT)
    work.plan()
    code, _, _ = outcome(work)
    assert code == 1
    with sqlite3.connect(work.folder / "spool.db") as db:
        states = dict(db.execute(
            "SELECT i.location, m.state FROM items i"
            " JOIN messages m ON m.row = i.message"))
    for i, (status, attempts, state) in enumerate(cases):
        assert states[f"tree/leak{i}.env:1"] == state, (status, states)
        assert seen[work.keys[i]] == attempts, (status, seen)
    server.close()


def test_gone_disables_the_receiver():
    work, server = place("gone", sequence(answer(410)), 5)
    assert outcome(work)[1] == ["dead"] * 5
    assert len(server.requests) == 1


def test_retries_keep_id_and_body():
    work, server = place("retry", sequence(answer(500), None, answer(202)))
    code, states, _ = outcome(work)
    assert (code, states) == (0, ["done"])
    first, second, third = server.requests
    for other in (second, third):
        assert other["body"] == first["body"]
        for name in ("webhook-id", "idempotency-key"):
            assert other["headers"][name] == first["headers"][name]
    assert first["headers"]["idempotency-key"] == \
        f'"{first["headers"]["webhook-id"]}"'
    assert first["headers"]["authorization"] == "Bearer bearer-of-the-test"
    assert json.loads(first["body"]) == [
        {"type": "keysweep_service_key", "token": work.keys[0],
         "location": "tree/leak0.env:1"}]


def test_retry_after():
    work, server = place("after", sequence(
        answer(429, b"", ["Retry-After: 1"]), answer(202)))
    begun = time.monotonic()
    assert outcome(work)[1] == ["done"]
    assert time.monotonic() - begun >= 0.9


def test_answer_lost_behind_202():
    def reset(request):
        tls = request["tls"]
        tls.sendall(b"HTTP/1.1 202 X\r\nContent-Length: 100\r\n\r\n{")
        tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                       struct.pack("ii", 1, 0))
    scripts = [reset, lambda request: answer(202)]
    work, server = place("reset", lambda request: (
        scripts.pop(0) if len(scripts) > 1 else scripts[0])(request))
    assert outcome(work)[1] == ["done"]
    assert len(server.requests) == 2


def test_slow_and_endless_answers():
    def drip(request):
        tls = request["tls"]
        tls.sendall(b"HTTP/1.1 202 X\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(200):
            tls.sendall(b" ")
            time.sleep(0.1)
    work, server = place("slow", drip, retry="[0]")
    begun = time.monotonic()
    code, states, words = outcome(work)
    assert states == ["dead"] and "time" in words.lower(), words
    assert time.monotonic() - begun < 15

    def headers(request):
        tls = request["tls"]
        tls.sendall(b"HTTP/1.1 202 X\r\n")
        for i in range(100000):
            tls.sendall(b"X-%d: %s\r\n" % (i, b"y" * 1000))
    work, server = place("headers", headers, retry="[0]")
    assert outcome(work)[1] == ["dead"]


def test_large_answer():
    def large(request):
        tls = request["tls"]
        tls.sendall(b"HTTP/1.1 202 X\r\nContent-Length: 104857600\r\n\r\n")
        for _ in range(100):
            tls.sendall(b"x" * 1048576)
    work, server = place("large", large)
    code, states, words = outcome(work)
    assert states == ["dead"] and "too large" in words, words


def test_garbage():
    for name, raw in [("json", answer(400, b'{"title": "\x00\xff')),
                      ("http", b"\x00\x01\x02 no http\r\n\r\n"),
                      ("status", b"HTTP/1.1 999 X\r\n\r\n")]:
        work, server = place(f"garbage{name}", lambda request: raw,
                             retry="[0]")
        assert outcome(work)[1] == ["dead"], name


def test_words_that_repeat_the_secret():
    def echo(request):
        token = json.loads(request["body"])[0]["token"]
        return answer(422, json.dumps(
            {"title": "No", "detail": f"{token[:20]} is unknown"}).encode())
    work, server = place("echo", echo)
    code, states, words = outcome(work)
    assert states == ["dead"] and "withheld" in words, words
    work, server = place("words", sequence(answer(
        422, b'{"title": "Wrong", "detail": "type unknown\\u001b[31m"}')))
    assert "type unknown?[31m" in outcome(work)[2]


def test_certificates():
    expired, expired_key = certificate(HERE, "expired", days=-1)
    other, other_key = certificate(HERE, "other", host="DNS:elsewhere.test")
    for name, cert, key, ca in [
            ("expired", expired, expired_key, expired),
            ("host", other, other_key, other),
            ("ca", CERT, KEY, other)]:
        server = Server(cert, key, lambda request: answer(202))
        work = Place(PROGRAM, HERE / f"cert{name}")
        work.key_service(server.url, ca)
        work.plan()
        assert outcome(work)[1] == ["dead"], name
        assert not server.requests, name
        server.close()


def test_refused_targets():
    """Even with a broken guard these reach nothing but this machine: 0.0.0.0
    connects to loopback. Link-local and private: tests/unit/net_address_test.c.
    """
    for name, url, extra, word in [
            ("reserved", "https://0.0.0.0:1/", "", "reserved address"),
            ("pinned", "https://127.0.0.1:1/", "    hosts: [keys.test]\n",
             "list of hosts"),
            ("name", "https://no-such-host.invalid/", "", "resolve")]:
        work = Place(PROGRAM, HERE / f"target{name}")
        work.key_service(url, CERT, extra=extra, retry="[0]")
        work.plan()
        code, states, words = outcome(work)
        assert states == ["dead"] and word in words, words
    work = Place(PROGRAM, HERE / "plain")
    work.key_service("http://127.0.0.1:1/", CERT)
    done = work.revoke("plan", "--offline", "tree", check=False)
    assert done.returncode == 2 and b"https" in done.stderr
    work.key_service("http://0.0.0.0:1/", CERT, retry="[0]",
                     extra="    plain_http_to_loopback: true\n")
    done = work.revoke("plan", "--offline", "tree", check=False)
    assert done.returncode == 2 and b"0.0.0.0 is another host" in done.stderr


def test_batch_is_split():
    def script(request):
        tokens = [item["token"] for item in json.loads(request["body"])]
        bad = work.keys[1] in tokens
        return answer(422 if bad else 202)
    server = Server(CERT, KEY, lambda request: script(request))
    work = Place(PROGRAM, HERE / "batch", 3)
    work.key_service(server.url, CERT, extra="    batch: 10\n")
    work.plan()
    code, states, _ = outcome(work)
    assert sorted(states) == ["dead", "done", "done", "split"], states
    assert len(work.events("revocation.accepted")) == 2
    assert len(work.events("revocation.failed")) == 1


def test_two_senders():
    seen = []

    def script(request):
        seen.append(request["headers"]["webhook-id"])
        time.sleep(0.02)
        return answer(202)
    server = Server(CERT, KEY, script)
    work = Place(PROGRAM, HERE / "two", 20)
    work.key_service(server.url, CERT)
    plan = work.plan()
    words = [PROGRAM, "revoke", "send", "--revocation", "rv.yml", "--plan",
             "plan.json", f"--yes-revoke={plan['id']}", "--wait"]
    both = [subprocess.Popen(words, cwd=work.folder, stdout=subprocess.PIPE)
            for _ in range(2)]
    for process in both:
        process.communicate(timeout=100)
        assert process.returncode == 0
    assert len(seen) == len(set(seen)) == 20, len(seen)
    assert len(work.events("revocation.accepted")) == 20


def limited(size):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def test_full_disks():
    """A limit on files' sizes is how a full disk looks to a process."""
    server = Server(CERT, KEY, lambda request: answer(202))
    work = Place(PROGRAM, HERE / "full", 40)
    work.key_service(server.url, CERT, policy="min_confidence: 0.5, "
                     "max_per_run: 100")
    plan = work.plan()
    words = [PROGRAM, "revoke", "send", "--revocation", "rv.yml", "--plan",
             "plan.json", f"--yes-revoke={plan['id']}"]
    failed = 0
    # From no room at all to nearly enough: for spool and audit log alike.
    for size in [1000, 8000, 20000, 40000, 80000]:
        done = subprocess.run(words, cwd=work.folder, capture_output=True,
                              preexec_fn=limited(size), check=False)
        failed += done.returncode == 2
    assert failed > 0
    assert outcome(work)[0] == 0
    effects = {}
    for request in server.requests:
        effects.setdefault(request["headers"]["webhook-id"], 0)
    assert len(effects) == 40
    assert len(work.events("revocation.accepted")) == 40


def test_standard_webhooks_package():
    """Cross-check with an independent implementation, where there is one."""
    try:
        from standardwebhooks import Webhook
    except ImportError:
        print("skipped: no standardwebhooks package")
        return
    work, server = place("independent", sequence(answer(202)))
    assert outcome(work)[1] == ["done"]
    secret = (work.folder / "hmac.key").read_text()
    request = server.requests[0]
    Webhook(secret).verify(request["body"], request["headers"])


for name, test in list(globals().items()):
    if name.startswith("test_"):
        begun = time.monotonic()
        test()
        print(f"{name}: {time.monotonic() - begun:.1f} s")
