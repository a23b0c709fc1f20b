# SPDX-License-Identifier: Apache-2.0
"""What the tests of revocation share: a workplace, a real TLS server whose
answers a test scripts, and keysweepd itself."""
import json
import os
import pathlib
import random
import socket
import ssl
import string
import subprocess
import threading
import time

LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def make_key(seed):
    """A key of the service's form, never issued by anyone."""
    chosen = random.Random(seed)
    return "ks" + "k_" + "".join(chosen.choice(LETTERS) for _ in range(36))


def certificate(folder, name, days=30, host="IP:127.0.0.1"):
    """A self-signed certificate, made by the openssl program."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    request, names = folder / f"{name}.csr", folder / f"{name}.ext"
    names.write_text(f"subjectAltName={host}\n")
    for words in (
            ["req", "-new", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test",
             "-keyout", key, "-out", request],
            ["x509", "-req", "-in", request, "-signkey", key, "-days",
             str(days), "-extfile", names, "-out", cert]):
        subprocess.run(["openssl", *words], check=True, capture_output=True)
    return cert, key


class Server:
    """TLS on loopback. `script(request)` returns the raw bytes of the answer,
    or None to drop the connection; it may also send by itself."""

    def __init__(self, cert, key, script):
        self.script = script
        self.requests = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain,),
                             daemon=True).start()

    def serve(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as tls:
                while True:
                    request = self.read(tls)
                    if request is None:
                        return
                    self.requests.append(request)
                    answer = self.script(request)
                    if answer is None:
                        return
                    tls.sendall(answer)
        except (OSError, ssl.SSLError):
            pass

    @staticmethod
    def read(tls):
        data = b""
        while b"\r\n\r\n" not in data:
            part = tls.recv(65536)
            if not part:
                return None
            data += part
        head, body = data.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        while len(body) < length:
            body += tls.recv(65536)
        return {"method": method, "path": path, "headers": headers,
                "body": body, "tls": tls}

    def close(self):
        self.socket.close()


def answer(status, body=b"", headers=()):
    """The bytes of an HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Place:
    """An empty folder with keys and a tree that leaks `count` secrets."""

    def __init__(self, program, folder, count=1):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.keys = [make_key(f"{folder}{i}") for i in range(count)]
        tree = self.folder / "tree"
        tree.mkdir()
        for i, key in enumerate(self.keys):
            (tree / f"leak{i}.env").write_text(f"SERVICE_KEY={key}\n")
        self.output = b""
        self.run("revoke", "new-key", "spool", self.folder / "spool.key")
        public = self.run("revoke", "new-key", "ed25519",
                          self.folder / "audit.key")
        (self.folder / "audit.pub").write_bytes(public.stdout)
        self.run("revoke", "new-key", "hmac", self.folder / "hmac.key")
        self.secret_file("token", "bearer-of-the-test")

    def secret_file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def configure(self, channels, extra="", retry="[0, 0.05, 0.05]"):
        (self.folder / "rv.yml").write_text(
            "spool: spool.db\nspool_key: spool.key\naudit_log: audit.jsonl\n"
            f"audit_key: audit.key\nretry_delays: {retry}\n"
            "breaker_failures: 1000\n"
            f"{extra}"
            "channels:\n" + channels +
            "routes:\n  - {types: ['*'], channel: keys}\n")

    def key_service(self, url, ca, extra="", policy="min_confidence: 0.5",
                    top="", retry="[0, 0.05, 0.05]"):
        self.configure(
            f"  - name: keys\n    kind: key-service\n    url: {url}\n"
            f"    ca_file: {ca}\n    token_file: token\n"
            f"    signing_keys: [hmac.key]\n    timeout: 2\n{extra}",
            extra=f"policy: {{{policy}}}\n{top}", retry=retry)

    def run(self, *words, check=True, env=None, stdin=subprocess.DEVNULL,
            timeout=120):
        done = subprocess.run(
            [self.program, *words], capture_output=True, stdin=stdin,
            cwd=self.folder, timeout=timeout, check=False,
            env={**os.environ, **(env or {})})
        self.output += done.stdout + done.stderr
        if check and done.returncode != 0:
            raise AssertionError(
                f"{words}: {done.returncode}: {done.stderr.decode()}")
        return done

    def revoke(self, *words, **options):
        return self.run("revoke", *words, "--revocation", "rv.yml", **options)

    def plan(self, *words, **options):
        self.revoke("plan", "--offline", "-o", "plan.json", *words, "tree",
                    **options)
        return json.loads((self.folder / "plan.json").read_text())

    def send(self, *words, check=True, **options):
        plan = json.loads((self.folder / "plan.json").read_text())
        return self.revoke("send", "--plan", "plan.json",
                           f"--yes-revoke={plan['id']}", *words, check=check,
                           **options)

    def audit(self):
        done = self.run("audit", "verify", "--revocation", "rv.yml",
                        "--key", "audit.pub", check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in
                (self.folder / "audit.jsonl").read_text().splitlines()]

    def events(self, name):
        return [line for line in self.audit() if line["event"] == name]

    def assert_no_secret_left(self):
        """Neither output nor any file but the leak itself holds a secret."""
        haystacks = {"output": self.output}
        for path in self.folder.rglob("*"):
            if path.is_file() and "tree" not in path.parts and \
                    ".git" not in path.parts:
                haystacks[str(path)] = path.read_bytes()
        for key in self.keys:
            for name, text in haystacks.items():
                assert key.encode() not in text, f"a secret is in {name}"
                assert key[4:20].encode() not in text, f"a part is in {name}"


class Service:
    """keysweepd in a folder of its own."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.process = None
        self.port = 0
        subprocess.run([program, "init", folder], check=True)
        self.client("admin", "admin")

    def client(self, name, role):
        path = self.folder / f"{name}.token"
        subprocess.run([self.program, "client", self.folder, name, role, path],
                       check=True)
        return path

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "run", self.folder, f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert "listens" in line, line
        self.port = int(line.rsplit(":", 1)[1])
        self.url = f"https://127.0.0.1:{self.port}"

    def stop(self, kill=False):
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()

    def call(self, method, path, body=None, token="admin", headers=()):
        import http.client
        context = ssl.create_default_context(cafile=self.folder / "cert.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port,
                                                 context=context, timeout=30)
        sent = dict(headers)
        if token:
            text = (self.folder / f"{token}.token").read_text()
            sent["Authorization"] = f"Bearer {text}"
        data = body if isinstance(body, (bytes, type(None))) \
            else json.dumps(body).encode()
        connection.request(method, path, data, sent)
        got = connection.getresponse()
        text = got.read()
        connection.close()
        return got.status, json.loads(text) if text else None


def wait_until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come true"
        time.sleep(0.02)
