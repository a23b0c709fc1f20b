/* SPDX-License-Identifier: Apache-2.0 */
/* banned.h: calls that this project does without; included by the build. */
#ifndef KS_BASE_BANNED_H
#define KS_BASE_BANNED_H

/* System headers that declare the names come first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gets system \
    popen

#endif
