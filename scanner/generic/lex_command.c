/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose options and arguments hold a password. */
#include "scanner/generic/lex.h"

/* Moves to the argument of an option at `at`, blanks or `=` between. */
static void option_value(struct ks_lex *x, size_t at, size_t len)
{
    x->draft.key_from = (uint16_t)at;
    x->draft.key_to = (uint16_t)(at + len);
    x->draft.flags |= KS_GENERIC_CLI_FLAG;
    x->at = at + len;
    while (x->at < x->end && (ks_is_blank(x->p[x->at]) || x->p[x->at] == '='))
        x->at++;
}

static bool ends_word(uint8_t c)
{
    return ks_is_space(c) || c == '"' || c == '\'' || c == ')';
}

static void emit_word(struct ks_lex *x)
{
    size_t from = x->at, to;
    uint8_t q = ks_lex_peek(x, 0);

    if (q == '"' || q == '\'') {
        x->draft.quote = ks_lex_quote_kind(q);
        from++;
    } else {
        q = ' ';
    }
    for (to = from; to < x->end && x->p[to] != q && !ends_word(x->p[to]); to++)
        ;
    if (to > from && x->p[from] != '$' && x->p[from] != '<')
        ks_lex_emit(x, from, to);
}

/* -u user:password, -U user%password: behind the first of `marks`. */
static void user_option(struct ks_lex *x, const char *marks)
{
    for (size_t i = x->at; i < x->end && !ks_is_space(x->p[i]); i++) {
        if (x->p[i] != 0 && strchr(marks, x->p[i]) != NULL) {
            x->at = i + 1;
            emit_word(x);
            return;
        }
    }
}

/* The options of commands that take a password; the case of options counts. */
static const struct {
    const char *command; /* its first letters, lower case */
    const char *option;  /* as it stands, with what must follow */
    const char *marks;   /* the password stands behind one of them, if any */
} options[] = {
    {"curl", "-u ", ":"},
    {"curl", "-u'", ":"},
    {"curl", "-u\"", ":"},
    {"curl", "--user ", ":"},
    {"curl", "--proxy-user ", ":"},
    {"http -", "-a ", ":"}, /* HTTPie */
    {"https -", "-a ", ":"},
    {"mysql", "-p", NULL},
    {"sshpass", "-p", NULL},
    {"docker", "-p ", NULL},
    {"podman", "-p ", NULL},
    {"skopeo", "-p ", NULL},
    {"redis", "-a ", NULL},
    {"ldap", "-w ", NULL},
    {"mongo", "-p ", NULL},
    {"sqlcmd", "-P ", NULL},
    {"bcp ", "-P ", NULL},
    {"ipmitool", "-P ", NULL},
    {"mosquitto", "-P ", NULL},
    {"smbclient", "-U ", "%"},
    {"smbclient", "-U", "%"},
    {"openssl", "-k ", NULL},
    {"openssl", "-K ", NULL},
    {"zip", "-P ", NULL},
    {"7z", "-p", NULL},
    {"ncftp", "-p ", NULL},
    {"lftp", "-u ", ","},
    {"psexec", "-p ", NULL},
    {"schtasks", "/rp ", NULL},
    {"az login", "-p ", NULL},
};

static bool same(const struct ks_lex *x, size_t at, const char *text)
{
    size_t len = strlen(text);

    return at + len <= x->end && memcmp(x->p + at, text, len) == 0;
}

static void option_at(struct ks_lex *x, size_t command, size_t at)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        size_t len;
        uint8_t last;

        if (!ks_lex_is(x, command, options[i].command) ||
            !same(x, at, options[i].option))
            continue;
        len = strlen(options[i].option);
        last = (uint8_t)options[i].option[len - 1];
        /* `mysql -p database` asks for the password. */
        if (last == 'p' && x->p[command] != 's' && at + len < x->end &&
            ends_word(x->p[at + len]) && x->p[at + len] != '\'' &&
            x->p[at + len] != '"')
            continue;
        option_value(x, at, ks_is_alpha(last) ? len : len - 1);
        if (options[i].marks != NULL)
            user_option(x, options[i].marks);
        else
            emit_word(x);
        return;
    }
}

/* Commands that take a password by its place among their words. */
static const struct {
    const char *command; /* lower case */
    uint8_t nth;         /* from 0 */
    char flag;           /* an option that must be there, if any */
} places[] = {
    {"htpasswd ", 2, 'b'},
    {"rabbitmqctl add_user ", 1, 0},
    {"rabbitmqctl change_password ", 1, 0},
    {"net user ", 1, 0},
    {"vault login ", 0, 0},
    {"radius-server host ", 2, 0},
    {"tacacs-server host ", 2, 0},
};

/* Length of the word at `at`, quotes included. */
static size_t word_len(const struct ks_lex *x, size_t at)
{
    size_t from = at;
    uint8_t q = x->p[at];

    if (q == '"' || q == '\'') {
        for (at++; at < x->end && x->p[at] != q && x->p[at] != '\n'; at++)
            ;
        return at < x->end ? at + 1 - from : at - from;
    }
    while (at < x->end && !ks_is_space(x->p[at]))
        at++;
    return at - from;
}

/* Reads the word number `nth` that is no option. */
static void word_at(struct ks_lex *x, size_t at, unsigned nth, char flag)
{
    bool flagged = flag == 0;

    for (; at < x->end && x->p[at] != '\n'; at++) {
        size_t len;

        if (ks_is_space(x->p[at]))
            continue;
        len = word_len(x, at);
        if (x->p[at] == '-' && len < 6) {
            flagged = flagged || memchr(x->p + at, flag, len) != NULL;
            if (flag != 0 && memchr(x->p + at, 'n', len) != NULL)
                nth--;
        } else if (x->p[at] == '-' || (x->p[at] == '/' && flag == 0) ||
                   x->p[at] == '*' || x->p[at] == '|' || x->p[at] == '&') {
            if (x->p[at] != '-' && nth == 0)
                return;
        } else if (nth-- == 0) {
            x->at = at;
            if (flagged)
                emit_word(x);
            return;
        }
        at += len;
        if (at >= x->end || x->p[at] == '\n')
            return;
    }
}

/* net use Z: \\host\share password: the word behind the share. */
static void share_password(struct ks_lex *x, size_t hit)
{
    for (size_t at = hit; at + 1 < x->end && x->p[at] != '\n'; at++) {
        if (x->p[at] != '\\' || x->p[at + 1] != '\\')
            continue;
        word_at(x, at + word_len(x, at), 0, 0);
        return;
    }
}

static void places_at(struct ks_lex *x, size_t command, size_t hit)
{
    if (ks_lex_is(x, command, "net use ")) {
        share_password(x, hit);
        return;
    }
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (!ks_lex_is(x, command, places[i].command))
            continue;
        x->draft.key_from = (uint16_t)command;
        x->draft.key_to = (uint16_t)(command + strlen(places[i].command) - 1);
        word_at(x, command + strlen(places[i].command), places[i].nth,
                places[i].flag);
        return;
    }
}

void ks_form_command(struct ks_lex *x, size_t hit, size_t len)
{
    size_t limit = hit + 200 < x->end ? hit + 200 : x->end;
    size_t command = hit - len, before = x->count;

    for (size_t at = command + 1; at + 4 < limit && x->p[at] != '\n'; at++) {
        if ((x->p[at] == '-' || x->p[at] == '/') &&
            (ks_is_blank(x->p[at - 1]) || ks_lex_is_quote(x->p[at - 1])))
            option_at(x, command, at);
    }
    if (x->count == before)
        places_at(x, command, hit);
}

/* The words `from` to `to` that a pipe's left side prints; false: none. */
static bool printed(const struct ks_lex *x, size_t pipe, size_t *from,
                    size_t *to)
{
    size_t at = pipe;
    uint8_t q;

    while (at > 0 && ks_is_blank(x->p[at - 1]))
        at--;
    if (at == 0)
        return false;
    q = x->p[at - 1];
    *to = at;
    if (ks_lex_is_quote(q)) {
        *to = --at;
        while (at > 0 && x->p[at - 1] != q && x->p[at - 1] != '\n')
            at--;
        *from = at;
        return at > 0 && x->p[at - 1] == q;
    }
    while (at > 0 && !ks_is_space(x->p[at - 1]))
        at--;
    *from = at;
    return at > 5 &&
           (ks_lex_is(x, at - 5, "echo ") || ks_lex_is(x, at - 3, "<<<"));
}

/* The lines `user:password` of cloud-init's chpasswd list. */
static void listed_users(struct ks_lex *x, size_t at)
{
    size_t limit = at + 48 < x->end ? at + 48 : x->end;

    while (at < limit && !ks_lex_is(x, at, "list:"))
        at++;
    while (at < limit && x->p[at] != '\n')
        at++;
    for (int line = 0; line < 3 && at < limit; line++) {
        size_t colon = 0;

        for (at++; at < x->end && x->p[at] != '\n'; at++) {
            if (x->p[at] == ':' && colon == 0)
                colon = at;
        }
        if (colon == 0 || colon + 1 >= at || ks_is_blank(x->p[colon + 1]))
            return;
        ks_lex_emit(x, colon + 1, at);
    }
}

void ks_form_pipe(struct ks_lex *x, size_t hit, size_t len)
{
    size_t at = hit - len, from, to;
    const uint8_t *colon;

    x->draft.key_from = (uint16_t)at;
    x->draft.key_to = (uint16_t)hit;
    if (ks_lex_peek(x, 0) == ':') {
        listed_users(x, hit);
        return;
    }
    while (at > 0 && (x->p[at - 1] == '/' || ks_is_alpha(x->p[at - 1]) ||
                      x->p[at - 1] == ' '))
        at--;
    if (at == 0 || x->p[at - 1] != '|' || !printed(x, at - 1, &from, &to))
        return;
    if (ks_is_alpha(x->p[hit - 1]) && len == strlen("chpasswd")) {
        colon = memchr(x->p + from, ':', to - from);
        if (colon == NULL)
            return;
        from = (size_t)(colon - x->p) + 1;
    }
    if (from < to && x->p[from] != '$')
        ks_lex_emit(x, from, to);
}

/* What a password stands behind, and the mark between user and password. */
static const struct {
    const char *head; /* lower case */
    uint8_t mark;     /* 0: the password follows at once */
    uint8_t end;      /* ends it, besides blanks and quotes */
} tails[] = {
    {"{plain}", 0, ':'},   {"{noop}", 0, 0},       {" on >", 0, 0},
    {"]:587 ", ':', 0},    {"]:465 ", ':', 0},     {"]:25 ", ':', 0},
    {"userid=", '/', '@'}, {"sqlplus ", '/', '@'}, {" login=", ':', 0},
    {"$user", '=', 0}, /* $USER3$= of Nagios */
};

/* Whether a # begins the line of `at`: an example in a configuration. */
static bool is_comment(const struct ks_lex *x, size_t at)
{
    while (at > 0 && x->p[at - 1] != '\n')
        at--;
    return at < x->end && x->p[at] == '#';
}

void ks_form_tail(struct ks_lex *x, size_t hit, size_t len)
{
    if (is_comment(x, hit) ||
        (x->p[hit - len] == '$' && !ks_is_digit(ks_lex_peek(x, 0))))
        return;
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        size_t from = hit, to;

        if (strlen(tails[i].head) != len ||
            !ks_lex_is(x, hit - len, tails[i].head))
            continue;
        while (from < x->end && ks_is_blank(x->p[from]))
            from++;
        for (to = from; to < x->end && tails[i].mark != 0 &&
                        x->p[to] != tails[i].mark && !ends_word(x->p[to]);
             to++)
            ;
        if (tails[i].mark != 0) {
            if (to >= x->end || to == from || x->p[to] != tails[i].mark)
                return;
            from = to + 1;
        }
        for (to = from; to < x->end && !ends_word(x->p[to]) &&
                        (tails[i].end == 0 || x->p[to] != tails[i].end);
             to++)
            ;
        if (tails[i].mark == '/' && (to >= x->end || x->p[to] != '@'))
            return;
        x->draft.key_from = (uint16_t)(hit - len);
        x->draft.key_to = (uint16_t)hit;
        if (to > from && x->p[from] != '$' && x->p[from] != '/')
            ks_lex_emit(x, from, to);
        return;
    }
}
