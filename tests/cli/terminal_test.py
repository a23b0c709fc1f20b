# SPDX-License-Identifier: Apache-2.0
"""What a terminal gets, and that only a terminal gets it.

terminal_test.py PROGRAM SOURCE-DIR
"""
import os
import pty
import re
import subprocess

import sample
from support import FOUND, PROGRAM, run, run_cases, write

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
ERASE = b"\r\x1b[K"


def on_terminal(*args, **environment):
    """What the program writes to a terminal, standard error included."""
    env = {k: v for k, v in os.environ.items() if k not in ("TERM", "NO_COLOR")}
    env.update(environment)
    ours, theirs = pty.openpty()
    with subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL,
                          stdout=theirs, stderr=theirs, env=env) as child:
        os.close(theirs)
        out = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not more:
                break
            out += more
    os.close(ours)
    assert child.returncode == FOUND, out
    return out


def colours_and_progress():
    write("leak", "token = " + sample.token("terminal") + "\n")
    out = on_terminal("scan", "leak", TERM="xterm")
    assert COLOUR.search(out) and ERASE in out, out
    out = on_terminal("scan", "leak", TERM="xterm", NO_COLOR="1")
    assert not COLOUR.search(out) and ERASE in out, out
    out = on_terminal("scan", "--no-color", "leak", TERM="xterm")
    assert not COLOUR.search(out), out
    out = on_terminal("scan", "--quiet", "leak", TERM="xterm")
    assert COLOUR.search(out) and ERASE not in out, out
    for more in ({"TERM": "dumb"}, {"TERM": ""}, {}):
        out = on_terminal("scan", "-v", "leak", **more)
        assert b"\x1b" not in out and b"1 secret in 1 place" in out, out


def no_terminal():
    write("leak", "token = " + sample.token("terminal") + "\n")
    for form in ("text", "json"):
        done = run("scan", "-v", "--format", form, "leak", expect=FOUND,
                   env={"TERM": "xterm", "PATH": "/bin"})
        assert b"\x1b" not in done.stdout + done.stderr, done
        assert b"\r" not in done.stdout + done.stderr, done


def names_do_nothing():
    """Names in messages: neither escapes nor what turns the direction."""
    name = b"esc\x1b]0;x\x07 c1\xc2\x9b turn\xe2\x80\xae line\nend \xff"
    write(name + b"/.keysweep.yml", b"rules: 1\n")
    write(name + b"/cut.gz", b"\x1f\x8b\x08 cut")
    for args in ((b"scan", name), (b"scan", b"no " + name),
                 (b"scan", b"-v", name), (b"scan", b"-c", name, b"."),
                 (name,), (b"scan", b"--" + name), (b"report", name),
                 (b"scan", b"--rule", name, b"."), (b"explain", name),
                 (b"git", name), (b"scan", b"--format", name, b"."),
                 (b"scan", b"-o", name + b"/x/y", b"."),
                 (b"scan", b"--baseline", name, b"."),
                 (b"rules", b"lint", name + b"/.keysweep.yml")):
        done = subprocess.run([PROGRAM.encode(), *args], capture_output=True,
                              check=False)
        out = done.stdout + done.stderr
        assert done.returncode in (2, 3), done
        assert not set(out) & set(b"\x1b\x07\x9b\xff"), (args, out)
        assert b"\xe2\x80\xae" not in out and out.decode(), (args, out)
        assert b"line\nend" not in out, (args, out)


run_cases(colours_and_progress, no_terminal, names_do_nothing)
