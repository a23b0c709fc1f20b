#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install_test.sh BUILD SOURCE CC [FLAG…]: installs a build into an empty prefix
# under an open umask, and uses what lies there as a stranger would.
set -eu
build=$1 source=$2 cc=$3
shift 3
folder=$(mktemp -d)
trap 'chmod -R u+rwX "$folder"; rm -rf "$folder"' EXIT
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

prefix=$folder/prefix
umask 002
cmake --install "$build" --prefix "$prefix" >/dev/null
umask 022
[ "$("$prefix/bin/keysweep" --version)" = "$(sed -n \
    's/^project(keysweep VERSION \([0-9.]*\).*/keysweep \1/p' \
    "$source/CMakeLists.txt")" ] || fail 'the version'
for file in share/man/man1/keysweep.1 include/keysweep/keysweep.h \
    share/bash-completion/completions/keysweep \
    share/zsh/site-functions/_keysweep \
    share/fish/vendor_completions.d/keysweep.fish \
    share/doc/keysweep/LICENSE share/doc/keysweep/NOTICE; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done
bash -n "$prefix/share/bash-completion/completions/keysweep" ||
    fail 'the bash completion does not parse'
if command -v man >/dev/null; then
    said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l \
        -Tutf8 -Z "$prefix/share/man/man1/keysweep.1" 2>&1 >/dev/null) || true
    [ -z "$said" ] || fail "the man page: $said"
fi
"$prefix/bin/keysweep" rules lint >/dev/null || fail 'the installed rules'

# A home that cannot be written to: the database that was installed is used.
cd "$folder"
mkdir nowhere && chmod 500 nowhere
secret=$(python3 "$source/tests/cli/sample.py")
printf 'first line\ntoken=%s\n' "$secret" >leak
scan() {
    status=0
    HOME=$folder/nowhere XDG_CACHE_HOME=$folder/nowhere/cache \
        "$prefix/bin/keysweep" scan -v "$@" leak >out 2>log || status=$?
    [ "$status" -eq 1 ] || { cat out log; fail "exit code $status"; }
}
scan
grep -q '^keysweep: debug: rules: [0-9]*, shipped$' log ||
    { cat log; fail 'the installed database was not used'; }
[ ! -e nowhere/cache ] || [ -z "$(ls -A nowhere/cache)" ] ||
    fail 'something was written to the cache'
# Without it the findings are the same.
mv out before
mv "$prefix"/lib*/keysweep gone 2>/dev/null ||
    mv "$(find "$prefix" -name '*.hsdb' -printf '%h')" gone
scan
grep -q '^keysweep: debug: rules: [0-9]*, compiled$' log ||
    { cat log; fail 'nothing was compiled without the database'; }
cmp -s before out || fail 'other findings without the database'
libdir=$(PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name keysweep.pc)") \
    pkg-config --variable=libdir keysweep)
mv gone "$libdir/keysweep"

# The library, as pkg-config says.
PKG_CONFIG_PATH=$libdir/pkgconfig
export PKG_CONFIG_PATH
nm -D --defined-only "$libdir/libkeysweep.so" | awk '{print $3}' >symbols
! grep -v '^keysweep_\|^KEYSWEEP_\|^__asan\|^__odr_asan' symbols ||
    fail 'the library exports what is its own business'
objdump -p "$libdir/libkeysweep.so" 2>/dev/null |
    grep -q 'SONAME *libkeysweep.so.0' || fail 'the SONAME'
# shellcheck disable=SC2046
"$cc" "$@" -std=c99 -Wall -Wextra -Wpedantic -Werror -pthread -o example \
    "$source/tests/install/example.c" $(pkg-config --cflags --libs keysweep) \
    -Wl,-rpath,"$libdir"
run() {
    status=0
    HOME=$folder/nowhere ./example "$@" >out 2>&1 || status=$?
}
run leak
[ "$status" -eq 0 ] || { cat out; fail "the example: exit code $status"; }
grep -q '^leak:2:7-2:47 github-pat severity=3 proof=2 confidence=990 offset=17 length=40 id=[0-9a-f]*$' out &&
    grep -q '^skipped 0$' out || { cat out; fail 'what the example found'; }
! grep -q "$secret" out || fail 'the secret was printed'
# Rules of the caller, right and wrong.
cat >rules.yml <<'RULES'
rules:
  - id: house-token
    provider: House
    name: House token
    description: A token of the house.
    severity: high
    severity_reason: It opens the door.
    pattern: 'first[ ](?<secret>line)'
    keywords: [first]
RULES
run leak rules.yml
[ "$status" -eq 0 ] && grep -q '^leak:1:7-1:11 house-token ' out ||
    { cat out; fail 'a rule of the caller'; }
echo 'nonsense: 1' >>rules.yml
run leak rules.yml
[ "$status" -eq 2 ] && grep -q 'rules.yml:10:1' out ||
    { cat out; fail 'a wrong rule of the caller'; }
run not-there
[ "$status" -eq 2 ] && grep -q 'not-there' out || fail 'a path that is not there'
echo 'installation: all passed'
