#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on an include that goes against the table of docs/architecture.md."""
import os
import re
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), '..')

# Folder: the folders (or single headers) that it may include, beside itself.
MAY = {
    'base': [],
    'rules': ['base'],
    'scanner': ['base', 'rules'],
    'files': ['base'],
    'git': ['base'],
    'report': ['base', 'rules', 'scanner/finding.h'],
    'net': ['base'],
    'revoke': ['base', 'rules', 'net', 'scanner/finding.h'],
    'store': ['base', 'scanner/finding.h', 'rules'],
    'sweep': ['base', 'rules', 'scanner', 'files', 'git', 'report', 'net',
              'revoke', 'store'],
    'lib': ['include', 'keysweep', 'base', 'rules', 'scanner', 'files', 'git',
            'report'],
    'keyservice': ['base', 'net', 'revoke/wire'],
    'cli': ['include', 'base', 'rules', 'scanner', 'files', 'git', 'report',
            'net', 'revoke', 'store', 'sweep'],
}

# Third-party header: where it may be included.
WRAPPED = {
    'hs.h': ['scanner/prefilter.c', 'scanner/hs_cache.c', 'scanner/width.c'],
    'pcre2.h': ['scanner/match.c'],
    'yaml.h': ['rules/yaml.c', 'revoke/yaml_map.c'],
    'git2.h': ['git/'],
    'curl/curl.h': ['net/'],
    'archive.h': ['files/'],
    'archive_entry.h': ['files/'],
    'sqlite3.h': ['store/', 'revoke/', 'keyservice/'],
    'microhttpd.h': ['keyservice/'],
}


def main():
    wrong = []
    for folder, may in MAY.items():
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in names:
                if name.endswith(('.c', '.h')):
                    path = os.path.join(where, name)
                    wrong += check(os.path.relpath(path, ROOT), folder, may)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def check(path, folder, may):
    wrong = []
    with open(os.path.join(ROOT, path), encoding='utf-8') as text:
        for number, line in enumerate(text, 1):
            quoted = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            angled = re.match(r'\s*#\s*include\s+<([^>]+)>', line)
            if quoted:
                to = quoted.group(1)
                if not any(to == m or to.startswith(m + '/')
                           for m in [folder] + may):
                    wrong.append(f'{path}:{number}: {folder}/ may not include {to}')
            elif angled and angled.group(1) in WRAPPED:
                header = angled.group(1)
                if not any(path == w or (w.endswith('/') and path.startswith(w))
                           for w in WRAPPED[header]):
                    wrong.append(f'{path}:{number}: {header} is wrapped by '
                                 f'{", ".join(WRAPPED[header])}')
    return wrong


if __name__ == '__main__':
    sys.exit(main())
