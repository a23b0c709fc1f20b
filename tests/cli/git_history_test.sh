# SPDX-License-Identifier: Apache-2.0
# `keysweep git` over whole histories: both engines say the same, on any number
# of threads, however the objects are kept; and what is missing is told.
set -eu
program=$1 source=$2
work=$PWD
secret=$(python3 "$source/tests/cli/sample.py")

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# expect CODE COMMAND…: the command ends with the code; output is in $work/said.
expect() {
    code=$1
    shift
    got=0
    "$@" >"$work/said" 2>&1 || got=$?
    [ "$got" = "$code" ] || {
        cat "$work/said"
        fail "exit $got, not $code: $*"
    }
    ! grep -qF "$secret" "$work/said" || fail "the secret was printed: $*"
}
# report NAME ARG…: a report without what depends on the clock or on the way.
report() {
    name=$1
    shift
    "$program" git --format json "$@" >"$work/$name.json" || [ $? = 1 ] ||
        fail "exit code of $*"
    python3 - "$work/$name.json" "$work/$name" <<'PY'
import json, sys
report = json.load(open(sys.argv[1], encoding="utf-8"))
for key in ("started", "finished", "target"):
    report["scan"].pop(key, None)
for key in ("scanned", "carried"):
    report["scan"]["coverage"].pop(key, None)
json.dump(report, open(sys.argv[2], "w", encoding="utf-8"), indent=1,
          sort_keys=True)
PY
}
same() {
    cmp -s "$work/$1" "$work/$2" || {
        diff "$work/$1" "$work/$2" | head -20
        fail "$1 and $2 differ"
    }
}
findings() {
    python3 -c 'import json, sys
print(len(json.load(open(sys.argv[1]))["findings"]))' "$work/$1.json"
}
commit() {
    tick=$((tick + 60))
    GIT_AUTHOR_DATE="$tick +0000" GIT_COMMITTER_DATE="$tick +0000" \
        git commit -q --allow-empty -m "$1"
}

# A history with the secret in a file that grows, moves, and loses it; in an
# evil merge; in a message; in a file's name; and dropped from all history.
tick=1000000000
git init -q one
cd one
for i in $(seq 40); do
    for j in $(seq 30); do echo "line $j of $((i * j % 7))"; done >"file$((i % 5))"
    [ "$i" -lt 10 ] || [ "$i" -gt 20 ] || echo "token=$secret" >>file1
    [ "$i" != 15 ] || git mv file1 moved
    git add -A
    commit "change $i"
done
git checkout -q -b side HEAD~5
echo side >side && git add side && commit side
git checkout -q -
git merge -q --no-commit side >/dev/null 2>&1
echo "token = '$secret'" >evil && git add evil && commit merge
commit "oops: $secret"
mkdir names && echo x >"names/$secret" && git add names && commit names
echo "dropped=$secret x" >dropped && git add dropped && commit dropped
git reset -q --hard HEAD~1
git reflog expire --expire=now --all
rm -f .git/ORIG_HEAD
cd ..

report loose one
[ "$(findings loose)" -ge 1 ] || fail 'nothing found'
grep -q 'evil' loose.json || fail 'an evil merge hides'
grep -q "\"path\": *\"names/" loose.json || fail 'a file name hides'
! grep -q '"dropped"' loose.json || fail 'what is unreachable was reported'
report whole --engine whole one
same loose whole
report single --jobs 1 one
same loose single
git -C one repack -adkq --depth=50
report packed one
same loose packed
report packed-whole --engine whole --jobs 3 one
same loose packed-whole
git clone -q --mirror one mirror
report mirrored mirror
same loose mirrored
report all --all-objects one
grep -q 'dropped' all.json || fail 'what is unreachable was not reported'
git init -q clean0
echo "lost=$secret" | git -C clean0 hash-object -w --stdin >object
expect 0 "$program" git clean0
expect 1 "$program" git --all-objects clean0
grep -q "(unreachable object $(cut -c1-10 object))" said || fail 'not named'
grep -q 'nothing leads to' said || fail 'its state is not told'
python3 - all.json <<'PY' || fail 'what is unreachable is not named as such'
import json, sys
places = [p for f in json.load(open(sys.argv[1]))["findings"]
          for p in f["locations"]]
lost = {p["path"] for p in places if p.get("unreachable")}
assert lost == {"dropped"}, lost
assert all(p["commit"] for p in places)
PY

# What is left out is told, and is not clean.
git init -q clean && cd clean
for i in 1 2 3; do echo $i >a && git add a && commit $i; done
cd ..
expect 0 "$program" git clean
git clone -q --depth 1 "file://$work/clean" shallow
expect 3 "$program" git shallow
grep -qi 'shallow\|history behind\|missing' said || fail 'shallow is not told'
object=$(git -C clean rev-parse HEAD:a)
file=clean/.git/objects/$(echo "$object" | cut -c1-2)/$(echo "$object" | cut -c3-)
chmod u+w "$file" && echo broken >"$file"
expect 3 "$program" git clean
grep -q "$object" said || fail 'the damaged object is not named'
expect 3 "$program" git --engine whole clean
rm -f "$file"
expect 3 "$program" git clean
grep -q "$object" said || fail 'the missing object is not named'

# What cannot be opened.
mkdir empty
expect 2 "$program" git empty
grep -q 'not a git repository' said || fail 'no words for what is no repository'
expect 2 "$program" git absent
expect 2 "$program" git --range nowhere..HEAD one
grep -q 'nowhere' said || fail 'the revision is not named'
