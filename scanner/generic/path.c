/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/path.h"

#include "scanner/generic/chars.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Groups of extensions; the number is the feature's value. */
static const struct {
    const char *words; /* each with a space on both sides */
    int16_t kind;
} kinds[] = {
    {" c h cc cpp cxx hpp hh m mm s asm ", 1},
    {" rs zig d ", 2},
    {" go ", 3},
    {" java ", 4},
    {" kt kts scala groovy gradle clj ", 5},
    {" cs vb fs csp xaml csproj ", 6},
    {" js mjs cjs jsx ", 7},
    {" ts tsx vue svelte ", 8},
    {" py pyx pyi pxd ", 9},
    {" rb erb rake haml ", 10},
    {" php phtml inc jsp tl ", 11},
    {" hs ml ex exs erl lua pl pm r swift dart nix pp ", 12},
    {" sh bash zsh bats ps1 bat cmd fish ", 13},
    {" sql ", 14},
    {" md mdx rst adoc asciidoc txt tex 1 ", 15},
    {" html htm xml xsl xib storyboard plist svg ", 16},
    {" ipynb log cast msg data csv tsv ", 17},
    {" json jsonc tfstate ", 18},
    {" yml yaml j2 tpl tmpl ", 19},
    {" toml ini cfg cnf conf config cf properties props env example dist "
     "sample tf tfvars hcl creds ",
     20},
    {" lock sum map min bundle snap po pot resx strings ", 21},
    {" pem key p8 p12 ppk rsa ks jwt crt cer pub private ", 22},
    {" css scss less ", 23},
};

static const struct {
    const char *words;
    uint8_t feature;
} folders[] = {
    {" test tests testing spec specs mock mocks fixture fixtures testdata "
     "__tests__ __mocks__ e2e t it unit integration stub stubs cassettes ",
     KS_PATH_TEST},
    {" example examples sample samples demo demos tutorial tutorials "
     "playground quickstart cookbook ",
     KS_PATH_EXAMPLE},
    {" doc docs documentation document man manual guide guides website ",
     KS_PATH_DOC},
    {" vendor node_modules third_party thirdparty deps external dist "
     "bower_components generated .yarn ",
     KS_PATH_VENDOR},
    {" locale locales i18n lang langs language languages translations l10n "
     "po messages ",
     KS_PATH_LOCALE},
    {" conf config configs configuration setting settings env deploy "
     "deployment docker kube kubernetes k8s etc helm ansible terraform ",
     KS_PATH_CONF},
    {" secret secrets credential credentials .ssh .aws private ",
     KS_PATH_SECRET},
};

/* A word, lower case, with a space on both sides, as the lists have them. */
struct needle {
    char text[32];
    bool fits;
};

static struct needle needle_of(const char *word, size_t len)
{
    struct needle n = {.fits = len > 0 && len + 3 <= sizeof(n.text)};

    if (!n.fits)
        return n;
    n.text[0] = ' ';
    for (size_t i = 0; i < len; i++)
        n.text[1 + i] = (char)ks_to_lower((uint8_t)word[i]);
    n.text[1 + len] = ' ';
    return n;
}

static bool listed(const char *list, const struct needle *n)
{
    return n->fits && strstr(list, n->text) != NULL;
}

static void folder(int16_t *out, const char *name, size_t len)
{
    struct needle n = needle_of(name, len);

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (listed(folders[i].words, &n))
            out[folders[i].feature] = 1;
    }
}

/* name_test.go, foo.spec.ts, test_foo.py, config.sample.yml: its words. */
static void base_name(int16_t *out, const char *name)
{
    size_t len = strlen(name), from = 0, dot = len;
    struct needle n;

    for (size_t i = len; i > 0; i--) {
        if (name[i - 1] == '.') {
            dot = i;
            break;
        }
    }
    n = needle_of(name + dot, len - dot);
    for (size_t i = 0; dot < len && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (listed(kinds[i].words, &n))
            out[KS_PATH_KIND] = kinds[i].kind;
    }
    for (size_t i = 0; i <= len; i++) {
        if (ks_is_alnum((uint8_t)name[i]))
            continue;
        if (i > from && from > 0)
            folder(out, name + from, i - from);
        else if (i - from == 4 && strncasecmp(name, "test", 4) == 0)
            out[KS_PATH_TEST] = 1;
        from = i + 1;
    }
}

void ks_path_features(int16_t out[KS_PATH_FEATURES], const char *path)
{
    const char *slash;

    memset(out, 0, KS_PATH_FEATURES * sizeof(out[0]));
    while ((slash = strchr(path, '/')) != NULL) {
        folder(out, path, (size_t)(slash - path));
        path = slash + 1;
    }
    base_name(out, path);
}
