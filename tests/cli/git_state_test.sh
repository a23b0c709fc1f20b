# SPDX-License-Identifier: Apache-2.0
# `keysweep git --state`: the second scan says what a whole one says, looks at
# less, and the state holds no secret.
set -eu
program=$1 source=$2
work=$PWD
secret=$(python3 "$source/tests/cli/sample.py")
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# scan NAME ARG…: findings in $work/NAME, blobs looked at in $work/NAME.blobs.
scan() {
    name=$1
    shift
    code=0
    "$program" git --format json "$@" repo >"$work/report.json" || code=$?
    [ "$code" = 1 ] || fail "exit $code of $*"
    python3 - "$work/report.json" "$work/$name" <<'PY'
import json, sys
report = json.load(open(sys.argv[1], encoding="utf-8"))
json.dump(report["findings"], open(sys.argv[2], "w", encoding="utf-8"),
          indent=1, sort_keys=True)
open(sys.argv[2] + ".blobs", "w").write(
    str(report["scan"]["coverage"]["blobs"]))
PY
}
same() {
    scan with --state "$work/state"
    scan without
    diff "$work/without" "$work/with" >&2 || fail "$1: the findings differ"
    ! grep -qF "$secret" "$work/state" || fail "the state holds the secret"
}
fewer() {
    [ "$(cat "$work/with.blobs")" -lt "$(cat "$work/without.blobs")" ] ||
        fail "$1: no blob was spared"
}

git init -q -b main repo
for n in 1 2 3 4 5 6; do
    echo "$n" >"repo/file$n"
    git -C repo add -A
    git -C repo commit -qm "change $n"
done
printf 'key = "%s"\n' "$secret" >repo/config.py
git -C repo add -A
git -C repo commit -qm "a secret"
same "first scan"
same "unchanged"
fewer "unchanged"
printf 'again = "%s"\n' "$secret" >repo/other.py
git -C repo add -A
git -C repo commit -qm "once more"
git -C repo gc -q
same "grown"
fewer "grown"
printf x >>"$work/state"
same "damaged state"
