# SPDX-License-Identifier: Apache-2.0
# Hooks as git and the pre-commit framework call them, over real repositories.
set -eu
program=$1 source=$2
work=$PWD
secret=$(python3 "$source/tests/cli/sample.py")
bin=$(dirname "$program")
PATH="$bin:$PATH"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# blocked COMMAND…: the command fails, and says so without the secret.
blocked() {
    if "$@" >"$work/said" 2>&1; then
        cat "$work/said"
        fail "not blocked: $*"
    fi
    grep -q 'keysweep stopped this' "$work/said" || {
        cat "$work/said"
        fail "no advice: $*"
    }
    ! grep -q "$secret" "$work/said" || fail "the secret was printed: $*"
}
passes() {
    "$@" >"$work/said" 2>&1 || {
        cat "$work/said"
        fail "blocked: $*"
    }
}

# pre-commit, with a hook that was there before.
git init -q one && cd one
cat >.git/hooks/pre-commit <<'HOOK'
#!/bin/sh
echo ran >> ../before
HOOK
chmod +x .git/hooks/pre-commit
keysweep hook install pre-commit pre-push >/dev/null
keysweep hook install pre-commit pre-push >/dev/null
echo hello >a && git add a && passes git commit -qm one
[ -s ../before ] || fail 'the hook that was there did not run'
echo "token=$secret" >b && git add b && blocked git commit -qm two
grep -q 'b:1:7' "$work/said" || fail 'no place'
echo "token=$secret # keysweep:allow a sample" >b && git add b
passes git commit -qm two
# A partial commit has an index of its own.
echo "token=$secret" >c && echo fine >a && git add c
passes git commit -qm partial a
blocked git commit -qm rest
git rm -q --cached c && rm c

# pre-push: add-then-remove is seen; deleting a branch is no matter.
git init -q --bare "$work/remote.git"
git remote add origin "$work/remote.git"
passes git push -q origin HEAD:refs/heads/main
git fetch -q origin
echo "token=$secret" >d && git add d && git commit -q --no-verify -m add
git rm -q d && git commit -q --no-verify -m remove
blocked git push -q origin HEAD:refs/heads/main
git reset -q --hard HEAD~2
passes git push -q origin HEAD:refs/heads/side
passes git push -q origin :refs/heads/side

# pre-receive reads objects in quarantine.
(cd "$work/remote.git" && keysweep hook install >/dev/null)
echo fine >e && git add e && git commit -q --no-verify -m fine
passes git push -q --no-verify origin HEAD:refs/heads/main
echo "token=$secret" >f && git add f && git commit -q --no-verify -m leak
blocked git push -q --no-verify origin HEAD:refs/heads/main
blocked git push -q --no-verify origin HEAD:refs/heads/new
[ -z "$(git -C "$work/remote.git" rev-parse -q --verify refs/heads/new)" ] ||
    fail 'the server took the push'
git reset -q --hard HEAD~1

keysweep hook uninstall >/dev/null
[ ! -e .git/hooks/pre-push ] || fail 'pre-push is still there'
grep -q before .git/hooks/pre-commit || fail 'the old hook is not back'
rm .git/hooks/pre-commit

# The pre-commit framework, against a local clone of the hooks' definition.
cd "$work"
git init -q hooks && cp "$source/.pre-commit-hooks.yaml" hooks/
git -C hooks add . && git -C hooks commit -qm hooks
git init -q two && cd two
cat >.pre-commit-config.yaml <<CONFIG
repos:
  - repo: $work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks:
      - id: keysweep
      - id: keysweep-files
        stages: [manual]
CONFIG
pre-commit install -t pre-commit -t pre-push >/dev/null
git add . && passes git commit -qm config
echo "token=$secret" >b && git add b && blocked git commit -qm leak
git commit -q --no-verify -m leak
blocked pre-commit run --from-ref HEAD~1 --to-ref HEAD
if pre-commit run --hook-stage manual keysweep-files --all-files >"$work/said"
then
    fail 'run --all-files found nothing'
fi
git init -q --bare "$work/other.git" && git remote add origin "$work/other.git"
blocked git push -q origin HEAD:refs/heads/main
echo 'hooks: all passed'
