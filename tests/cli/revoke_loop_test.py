# SPDX-License-Identifier: Apache-2.0
"""The whole loop with the reference service: leak, find, plan, confirm,
revoke, refused; and what the service refuses."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import pty
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from key_server import (Place, Server, Service, answer,  # noqa: E402
                        certificate, make_key, wait_until)

PROGRAM = pathlib.Path(sys.argv[1])
DAEMON = PROGRAM.parent.parent / "keyservice" / "keysweepd"
HERE = pathlib.Path.cwd()
SERVICE = Service(DAEMON, HERE / "service")
SERVICE.client("scanner", "revoker")
SERVICE.client("door", "checker")
SERVICE.start()


def issue(name="demo"):
    status, body = SERVICE.call("POST", "/v1/keys", {"name": name})
    assert status == 201
    return body


def active(key):
    status, body = SERVICE.call("POST", "/v1/keys/check", {"key": key},
                                token="door")
    assert status == 200
    return body["active"]


def leaking(name, keys, **options):
    """A place whose tree leaks these keys, told of the service."""
    work = Place(PROGRAM, HERE / name, 0)
    work.keys = keys
    for i, key in enumerate(keys):
        (work.folder / "tree" / f"{i}.env").write_text(f"KEY={key}\n")
    work.secret_file("token", (SERVICE.folder / "scanner.token").read_text())
    work.secret_file("hmac.key", (SERVICE.folder / "webhook.key").read_text())
    work.key_service(SERVICE.url, SERVICE.folder / "cert.pem", **options)
    return work


def git(work, *words):
    subprocess.run(["git", "-C", work.folder / "tree", *words], check=True,
                   capture_output=True)


def service_events(name):
    path = SERVICE.folder / "audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()
            if json.loads(line)["event"] == name]


def test_leak_to_refusal():
    key = issue()
    work = leaking("history", [key["key"]])
    git(work, "init", "-q")
    git(work, "add", ".")
    git(work, "commit", "-qm", "leak")
    git(work, "rm", "-q", "0.env")
    git(work, "commit", "-qm", "gone from the tip")
    done = work.revoke("plan", "--history", "-o", "plan.json", "tree")
    assert b"1 to revoke" in done.stdout
    assert active(key["key"])
    plan = json.loads((work.folder / "plan.json").read_text())
    assert plan["actions"][0]["commit"]
    assert "[redacted:40]" in plan["actions"][0]["body"]
    work.send()
    assert not active(key["key"])
    assert work.revoke("status").returncode == 0
    assert len(work.events("revocation.accepted")) == 1
    done = work.revoke("plan", "--history", "tree")
    assert b"already-sent" in done.stdout
    wait_until(lambda: [e for e in service_events("key.revoked")
                        if e["key"] == key["id"]])
    work.assert_no_secret_left()


def test_typed_word():
    for word, revoked in [("yes", False), ("revoke", True)]:
        key = issue()["key"]
        work = leaking(f"typed{word}", [key])
        work.plan()
        parent, child = pty.openpty()
        os.write(parent, word.encode() + b"\n")
        done = work.revoke("send", "--plan", "plan.json", stdin=child,
                           check=False)
        os.close(parent)
        os.close(child)
        assert b"keys: 1 (cannot be undone)" in done.stderr, done.stderr
        assert (done.returncode == 0) == revoked
        assert active(key) != revoked


def refused(work, *words, word):
    done = work.revoke("send", "--plan", "plan.json", *words, check=False)
    assert done.returncode == 2 and word in done.stderr.decode(), done.stderr


def test_what_is_not_sent():
    key = issue()["key"]
    work = leaking("refused", [key])
    plan = work.plan()
    confirmed = f"--yes-revoke={plan['id']}"
    refused(work, word="nobody is here")
    refused(work, "--yes-revoke=plan_0", word="but the plan is")
    path = work.folder / "plan.json"
    text = path.read_text()
    path.write_text(text.replace("0.env:1", "1.env:1"))
    refused(work, confirmed, word="changed")
    path.write_text(text)
    config = work.folder / "rv.yml"
    whole = config.read_text()
    config.write_text(whole + "# other\n")
    refused(work, confirmed, word="configuration changed")
    config.write_text(whole.replace("breaker_failures",
                                    "plan_valid_for: 0\nbreaker_failures"))
    plan = work.plan()
    wait_until(lambda: time.time() > plan["expires"] + 1)
    refused(work, f"--yes-revoke={plan['id']}", word="make a new plan")
    assert active(key)
    work.assert_no_secret_left()


def test_policy():
    keys = [issue()["key"] for _ in range(3)]
    for policy, word in [
            ("min_confidence: 0.99", "low-confidence"),
            ("min_confidence: 0.5, min_proof: checksum", "low-proof"),
            ("min_confidence: 0.5, rules: [github-pat]", "rule-not-allowed"),
            ("min_confidence: 0.5, notify_only: [keysweep-service-key]",
             "notify-only"),
            ("min_confidence: 0.5, environments: [test]", "environment"),
            ("min_confidence: 0.5, max_per_run: 2", "cannot be sent")]:
        work = leaking(f"policy{word.replace(' ', '')}", keys, policy=policy)
        done = work.revoke("plan", "--offline", "-o", "plan.json", "tree")
        assert word in done.stdout.decode(), (policy, done.stdout)
        work.send(check=False)
    assert all(active(key) for key in keys)
    refused(work, f"--yes-revoke={json.loads((work.folder / 'plan.json').read_text())['id']}",
            word="max_per_run")


def test_one_step_with_notifications():
    cert, key = certificate(HERE, "hook")
    hook = Server(cert, key, lambda request: answer(204))
    first, second = issue(), issue()
    work = leaking("onestep", [first["key"]])
    text = (work.folder / "rv.yml").read_text().replace("routes:", (
        f"  - name: team\n    kind: webhook\n    url: {hook.url}/x\n"
        f"    ca_file: {cert}\n    signing_keys: [hmac.key, audit.key]\n"
        "notify: [team]\nroutes:"))
    (work.folder / "rv.yml").write_text(text)
    words = ["scan", "--notify", "--revoke=send", "--revocation", "rv.yml"]
    done = work.run(*words, "tree", check=False)
    assert done.returncode == 2 and b"--yes-revoke=policy" in done.stderr
    words.append("--yes-revoke=policy")
    assert work.run(*words, "tree", check=False).returncode == 1
    assert not active(first["key"])
    (work.folder / "tree" / "b.env").write_text(f"KEY={second['key']}\n")
    work.keys.append(second["key"])
    work.run(*words, "tree", check=False)
    assert not active(second["key"])
    work.revoke("retry", "--wait")
    bodies = [json.loads(r["body"]) for r in hook.requests]
    for kind in ("secret.leak.detected", "secret.revocation.accepted"):
        told = [b["data"] for b in bodies if b["type"] == kind]
        assert len(told) == 2, (kind, bodies)
        assert len({d["fingerprint"] for d in told}) == 2
    for request in hook.requests:
        signatures = request["headers"]["webhook-signature"].split()
        assert [s.split(",")[0] for s in signatures] == ["v1", "v1a"]
        for secret in work.keys:
            assert secret.encode() not in request["body"]
    work.assert_no_secret_left()


def signed(body, secret=None, ident="msg_test1", when=None):
    when = int(time.time()) if when is None else when
    key = base64.b64decode(
        (secret or (SERVICE.folder / "webhook.key").read_text())[6:])
    text = f"{ident}.{when}.".encode() + body
    mac = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest())
    return {"webhook-id": ident, "webhook-timestamp": str(when),
            "webhook-signature": "v1," + mac.decode(),
            "Idempotency-Key": f'"{ident}"'}


def post(body, headers, token="scanner"):
    return SERVICE.call("POST", "/v1/revoke_tokens", body, token, headers)


def tokens(*keys):
    return json.dumps([{"type": "keysweep_service_key", "token": key,
                        "location": "here"} for key in keys]).encode()


def test_service_refuses():
    key = issue()["key"]
    body = tokens(key)
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    now = int(time.time())
    for status, sent, headers, token in [
            (401, body, signed(body), None),
            (403, body, signed(body), "door"),
            (401, body, signed(body, secret=other), "scanner"),
            (401, body, signed(body, when=now - 400), "scanner"),
            (401, body, signed(body, when=now + 400), "scanner"),
            (401, body, signed(b"[]"), "scanner"),
            (400, body, {**signed(body), "Idempotency-Key": '"other"'},
             "scanner"),
            (400, body, {}, "scanner"),
            (400, b"{", signed(b"{"), "scanner"),
            (400, b"[]", signed(b"[]"), "scanner"),
            (422, b'[{"type":"x","token":"y"}]',
             signed(b'[{"type":"x","token":"y"}]'), "scanner"),
            (413, b"x" * 2000000, signed(b"x" * 2000000), "scanner")]:
        got, answer_body = post(sent, headers, token)
        assert got == status, (got, status, answer_body)
        if got not in (413,):
            assert answer_body["status"] == status
    for method, path, status in [
            ("GET", "/nowhere", 404), ("DELETE", "/v1/keys", 405),
            ("POST", "/v1/keys/key_none/revoke", 404),
            ("POST", "/v1/keys//revoke", 404), ("POST", "/v1/keys/x", 404)]:
        assert SERVICE.call(method, path)[0] == status, path
    assert SERVICE.call("GET", "/healthz", token=None)[0] == 200
    assert active(key)


def test_service_is_idempotent():
    first, second = issue(), issue()
    body = tokens(first["key"], make_key(1))
    headers = signed(body, ident="msg_same")
    assert post(body, headers) == (202, {"accepted": 2, "revoked": 1})
    assert post(body, headers) == (202, {"accepted": 2, "revoked": 1})
    other = tokens(second["key"])
    assert post(other, signed(other, ident="msg_same"))[0] == 422
    assert active(second["key"]) and not active(first["key"])
    again = signed(body, ident="msg_other")
    assert post(body, again) == (202, {"accepted": 2, "revoked": 0})
    status, _ = SERVICE.call("POST", f"/v1/keys/{second['id']}/revoke")
    assert status == 204 and not active(second["key"])
    status, listed = SERVICE.call("GET", "/v1/keys")
    assert status == 200 and first["key"] not in json.dumps(listed)
    wait_until(lambda: [e for e in service_events("key.revoked")
                        if e["key"] == second["id"]])
    assert len([e for e in service_events("key.revoked")
                if e["key"] == first["id"]]) == 1


def test_service_takes_an_independent_signature():
    try:
        import datetime
        from standardwebhooks import Webhook
    except ImportError:
        print("skipped: no standardwebhooks package")
        return
    body = tokens(make_key(2))
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    headers = {**signed(body, ident="msg_independent"),
               "webhook-timestamp": str(int(now.timestamp())),
               "webhook-signature": Webhook(
                   (SERVICE.folder / "webhook.key").read_text()).sign(
                       "msg_independent", now, body.decode())}
    assert post(body, headers)[0] == 202


def test_client_certificate():
    cert, key = certificate(HERE, "client")
    der = subprocess.run(["openssl", "x509", "-in", cert, "-outform", "DER"],
                         check=True, capture_output=True).stdout
    place = HERE / "mutual"
    service = Service(DAEMON, place)
    (place / "clients-ca.pem").write_bytes(cert.read_bytes())
    subprocess.run([DAEMON, "client", place, "machine", "revoker",
                    f"--cert-sha256={hashlib.sha256(der).hexdigest()}"],
                   check=True)
    service.start()
    status, body = service.call("POST", "/v1/keys", {"name": "x"})
    work = Place(PROGRAM, HERE / "mtls", 0)
    (work.folder / "tree" / "a").write_text(f"KEY={body['key']}\n")
    work.secret_file("hmac.key", (place / "webhook.key").read_text())
    work.key_service(service.url, place / "cert.pem")
    text = (work.folder / "rv.yml").read_text()
    (work.folder / "rv.yml").write_text(text.replace(
        "token_file: token", f"client_cert: {cert}\n    client_key: {key}"))
    work.plan()
    work.send()
    assert service.call("POST", "/v1/keys/check",
                        {"key": body["key"]})[1]["active"] is False
    service.stop()


def test_nothing_to_see_while_sending():
    """Arguments, environment, core dumps and memory of a sender at work."""
    cert, key = certificate(HERE, "slow")
    arrived, looked = threading.Event(), threading.Event()

    def script(request):
        arrived.set()
        assert looked.wait(20)
        return answer(202)
    server = Server(cert, key, script)
    work = Place(PROGRAM, HERE / "proc", 1)
    work.key_service(server.url, cert)
    text = (work.folder / "rv.yml").read_text()
    (work.folder / "rv.yml").write_text(text.replace("timeout: 2",
                                                     "timeout: 20"))
    plan = work.plan()
    process = subprocess.Popen(
        [PROGRAM, "revoke", "send", "--revocation", "rv.yml", "--plan",
         "plan.json", f"--yes-revoke={plan['id']}"], cwd=work.folder,
        env={**os.environ, "SSLKEYLOGFILE": str(work.folder / "keylog")})
    assert arrived.wait(20)
    proc = pathlib.Path(f"/proc/{process.pid}")
    secret = work.keys[0].encode()
    for name in ("cmdline", "environ"):
        try:
            assert secret not in (proc / name).read_bytes()
        except PermissionError:
            pass  # not to be read at all: better still
    limits = (proc / "limits").read_text()
    assert [line for line in limits.splitlines()
            if line.startswith("Max core file size")][0].split()[4] == "0"
    status = (proc / "status").read_text()
    try:  # the address sanitizer does without mlock
        locks = "libasan" not in (proc / "maps").read_text()
    except PermissionError:
        locks = False
    assert not locks or int(status.split("VmLck:")[1].split()[0]) > 0
    looked.set()
    assert process.wait(20) == 0
    assert not (work.folder / "keylog").exists()
    work.assert_no_secret_left()


try:
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            begun = time.monotonic()
            test()
            print(f"{name}: {time.monotonic() - begun:.1f} s")
finally:
    SERVICE.stop()
LOG = SERVICE.folder / "audit.jsonl"
for words in ([PROGRAM, "audit", "verify", LOG],
              [DAEMON, "verify", SERVICE.folder]):
    subprocess.run(words, check=True)
LOG.write_bytes(b"".join(LOG.read_bytes().splitlines(True)[:-2]))
done = subprocess.run([DAEMON, "verify", SERVICE.folder], check=False,
                      capture_output=True)
assert done.returncode == 2 and b"missing" in done.stderr
