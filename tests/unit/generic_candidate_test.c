/* SPDX-License-Identifier: Apache-2.0 */
/* Every syntax in which a key and a value stand together. */
#include "tests/unit/generic_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* `@@` in the text stands for the value, so that no line here holds one. */
struct sample {
    const char *text;
    const char *value;
};

#define V "Zq7rTnub"

static const struct sample samples[] = {
    /* code */
    {"password = \"@@\"", V},
    {"password='@@';", V},
    {"const char *db_password = \"@@\";", V},
    {"char password[] = \"@@\";", V},
    {"password := \"@@\"", V},
    {"var apiKey string = \"@@\"", V},
    {"let token: Option<String> = Some(\"@@\".into());", V},
    {"val password: String = \"@@\"", V},
    {"private static final String SECRET = \"@@\";", V},
    {"setPassword(\"@@\")", V},
    {"config.setJwtSecretKey( \"@@\" );", V},
    {"props.put(\"password\", \"@@\");", V},
    {"define('DB_PASSWORD', '@@');", V},
    {"$config['password'] = '@@';", V},
    {"config[\"secret\"] = \"@@\"", V},
    {":password => '@@'", V},
    {"property_set(:auth0, :secret, '@@')", V},
    {"password: '@@',", V},
    {"if (password == \"@@\") {", V},
    {"password !== '@@'", V},
    {"os.environ.get('DB_PASSWORD', '@@')", V},
    {"password = os.getenv(\"DB_PASSWORD\") or \"@@\"", V},
    {"const secret = process.env.SECRET || '@@';", V},
    {"password = b'@@'", V},
    {"password = r\"@@\"", V},
    {"secretKey: []byte(\"@@\")", V},
    {"String password = new String(\"@@\");", V},
    {"password = \"\"\"@@\"\"\"", V},
    {"tokens: [\"@@\", \"other\"]", V},
    {"key = {89, 59, 36, 8, 1, 55, 85, 43, 36}",
     "89, 59, 36, 8, 1, 55, 85, 43, 36"},
    {"password: process.env.PW ?? '@@',", V},
    {"byte[] key = new byte[] {0x1f, 0x8b, 0x3c, 0x77, 2, 0x5a, 0x9e, 0xd1};",
     "0x1f, 0x8b, 0x3c, 0x77, 2, 0x5a, 0x9e, 0xd1"},
    {"long[] KEY = {0x7b2594d26f5b0a64L, 0xa43af5240bffc193L};",
     "0x7b2594d26f5b0a64L, 0xa43af5240bffc193L"},
    {"key_expect = b64decode(b'@@')", V},
    {"const std::string kSecret{\"@@\"};", V},
    {"Dim password As String = \"@@\"", V},
    {"{password, \"@@\"}", V},
    {"curl_easy_setopt(c, CURLOPT_USERPWD, \"ann:@@\");", "ann:" V},
    {"mysql_real_connect(c, \"h\", \"root\", \"@@\", \"db\", 0);", V},
    {"$m->real_connect('h', 'root', '@@', 'db');", V},
    {".basic_auth(\"ann\", Some(\"@@\"))", V},
    {"auth = HTTPBasicAuth('ann', '@@')", V},
    {"f = Fernet(b\"@@\")", V},
    {"new UsernamePasswordCredentials(\"ann\", \"@@\");", V},
    {"crypto.createHmac('sha256', '@@')", V},
    /* data */
    {"{\"user\": \"ann\", \"password\": \"@@\"}", V},
    {"\"credentials\": {\"ann\": \"@@\"}", V},
    {"variable \"db_password\" {\n  type = string\n  default = \"@@\"\n}", V},
    {"password\xef\xbc\x9a@@\n", V},
    {"contrase\xc3\xb1"
     "a: @@\n",
     V},
    {"[smtp]\npassword = blueberry.pie\n", "blueberry.pie"},
    {"  - \"RABBIT_PASS=bunny.Hop\"", "bunny.Hop"},
    {"# user password. Default: @@\n", V},
    {"<auth-user-pass>\nann\n@@\n</auth-user-pass>", V},
    {"ann@x.org:{PLAIN}@@:500:500", V},
    {"user worker on >@@ ~* +@all", V},
    {"[smtp.x.org]:587 ann:@@\n", V},
    {"db.x.org:5433:*:ann:@@\n", V},
    {": PSK \"@@\"", V},
    {"ann : EAP \"@@\"", V},
    {"rocommunity @@ 10.0.0.0/8", V},
    {"crypto isakmp key @@ address 0.0.0.0", V},
    {"snmp-server user m g v3 auth sha @@ priv", V},
    {"rootpw --plaintext @@", V},
    {"stats auth ann:@@", "ann:" V},
    {"\"encrypt\": \"@@\"", V},
    {"chpasswd:\n  list: |\n    root:@@\n", V},
    /* commands */
    {"echo \"root:@@\" | chpasswd", V},
    {"echo '@@' | sudo -S id", V},
    {"htpasswd -b /etc/x ann @@", V},
    {"htpasswd -nb ann @@", V},
    {"rabbitmqctl add_user ann @@", V},
    {"net use Z: \\\\h\\s @@ /user:ann", V},
    {"net user ann @@ /add", V},
    {"vault login @@", V},
    {"smbclient //h/s -U ann%@@", V},
    {"lftp -u ann,@@ h", V},
    {"sqlcmd -S . -U sa -P @@ -Q x", V},
    {"zip -P @@ a.zip a", V},
    {"7z a -p@@ a.7z a", V},
    {"openssl enc -aes-256-cbc -k @@ -in a", V},
    {"schtasks /create /ru ann /rp @@ /tn x", V},
    {"[\"CMD\", \"mysqladmin\", \"ping\", \"-p@@\"]", V},
    {"sqlplus scott/@@@orcl", V},
    {"{\\\"user\\\": \\\"ann\\\", \\\"password\\\": \\\"@@\\\"}", V},
    {"{&quot;password&quot;: &quot;@@&quot;}", V},
    {"{\"name\": \"DB_PASSWORD\", \"value\": \"@@\"}", V},
    {"- name: DB_PASSWORD\n  value: @@\n", V},
    {"password: @@\n", V},
    {"password: !!str @@\n", V},
    {"password: >-\n  @@\n", V},
    {"passwords:\n  - @@\n", V},
    {"{user: ann, password: @@}", V},
    {"password = @@\n", V},
    {"spring.datasource.password=@@\n", V},
    {"DB_PASSWORD=@@\n", V},
    {"export DB_PASSWORD=@@\n", V},
    {"ENV DB_PASSWORD @@\n", V},
    {"      - MYSQL_ROOT_PASSWORD=@@\n", V},
    {"password: ${DB_PASSWORD:-@@}", V},
    {"<password>@@</password>", V},
    {"<Pass encoding=\"base64\">@@</Pass>", V},
    {"<property name=\"password\" value=\"@@\"/>", V},
    {"<add key=\"ApiKey\" value=\"@@\" />", V},
    {"<key>password</key>\n<string>@@</string>", V},
    {"<name>db.password</name>\n<value>@@</value>", V},
    {"master_password = \"@@\" # hcl", V},
    /* connection strings and URLs */
    {"Server=h;Database=d;User Id=u;Password=@@;", V},
    {"\"AccountKey=@@;EndpointSuffix=x\"", V},
    {"postgres://ann:@@@db.internal/app", V},
    {"amqp://ann:@@@mq:5672/", V},
    {"ann:@@@tcp(db:3306)/app", V},
    {"redis://:@@@cache:6379/0", V},
    {"jdbc:mysql://h/db?user=ann&password=@@", V},
    {"https://h/x?token=@@&a=b", V},
    {"host=h user=u password=@@ dbname=d", V},
    {"db.internal:5432:app:ann:@@\n", V},
    {"user%5Bpassword%5D=@@&x=y", V},
    {"oauth_token%3D@@%26oauth_version", V},
    /* headers */
    {"Authorization: Bearer @@", V},
    {"'Authorization': 'Basic @@'", V},
    {"curl -H \"X-Api-Key: @@\" http://h", V},
    {"Cookie: session_id=@@; path=/", V},
    /* commands and SQL */
    {"mysql -u root -p@@ app", V},
    {"curl -u ann:@@ http://h/", V},
    {"curl --user 'ann:@@' http://h/", V},
    {"tool --password @@ --verbose", V},
    {"tool --password=@@ --verbose", V},
    {"sshpass -p @@ ssh h", V},
    {"sshpass -p'@@' ssh h", V},
    {"ldapsearch -x -D cn=a -w @@ -b dc=x", V},
    {"/msg nickserv identify @@\n", V},
    {"username ann password 7 @@\n", V},
    {"snmp-server community @@ RO\n", V},
    {"userPassword:: @@\n", V},
    {"<password>{@@}</password>", "{" V "}"},
    {"<Password><Value>@@</Value></Password>", V},
    {"client-key-data: @@\n", V},
    {"//registry.example/:_authToken=@@\n", V},
    {"password: citKbzlrMWs=\n", "citKbzlrMWs="},
    {"password=!@@\n", "!" V},
    {"password=bare.words\n", "bare.words"},
    {"ConvertTo-SecureString -String \"@@\" -AsPlainText", V},
    {"DB password is @@\n", V},
    {"\"tok"
     "en\": \"{\\\"a\\\": \\\"@@Zq7rTnub\\\"}\"",
     V "Zq7rTnub"},
    {"wep_key0=\"@@\"", V},
    {"set imap_pass = \"@@\"", V},
    {"docker login -u ann -p @@", V},
    {"redis-cli -h h -a @@ ping", V},
    {"CREATE USER ann IDENTIFIED BY '@@';", V},
    {"IDENTIFIED WITH mysql_native_password BY '@@'", V},
    {"ALTER ROLE ann WITH PASSWORD '@@';", V},
    {"machine h account ann password @@\n", V},
    {"requirepass @@\n", V},
    {"psk=\"@@\"", V},
    {"$mech$6$"
     "saltsalt$"
     "hashhashhashhashhash",
     NULL},
    {"root:$"
     "6$"
     "saltsalt$"
     "hashhashhashhashhash:1:0",
     "$"
     "6$"
     "saltsalt$"
     "hashhashhashhashhash"},
    {"db.internal:5432:app:ann:two words\n", "two words"},
    {"http -a ann:@@ https://h/", V},
    {"radius-server host 10.0.0.3 key @@", V},
    {" ip ospf message-digest-key 1 md5 @@", V},
    {"addauth digest super:@@", "super:" V},
    {"cache_peer h parent 3128 0 login=ann:@@", V},
    {"$USER3$=@@", V},
    {"my $password = q{@@};", V},
    {"my $password = qq(@@);", V},
    {"K 8\npassword\nV 8\n@@\nEND\n", V},
    {"password={AES}@@Zq7rTnubZq7r", "{AES}" V "Zq7rTnubZq7r"},
    /* lists of names and of values */
    {"login, password = 'ann', '@@'", V},
    {"\tuser, password := \"ann\", \"@@\"", V},
    {"secretData, _ := hex.DecodeString(\"@@\")", V},
    {"INSERT INTO u (id, name, password) VALUES (1, 'a,b', '@@');", V},
    {"INSERT INTO `u` (`password`, `x`)\nVALUES\n('@@', 'it''s');", V},
    {"INSERT INTO u (password) VALUES ('first'), ('@@');", V},
    {"host,password,user\ndb,@@,ann\n", V},
    {"\"login\";\"password\"\n\"ann\";\"@@\"\n", V},
    {"| user | password |\n| --- | --- |\n| ann | @@ |\n", V},
    /* calls and members */
    {"mysqli_connect(\"h\", \"ann\", \"@@\", \"db\");", V},
    {"new PDO('mysql:host=h;dbname=d', 'ann', '@@');", V},
    {"DriverManager.getConnection(url, \"ann\", \"@@\");", V},
    {"conn.login('ann', '@@', done);", V},
    {"{\"n\": \"x\", \"d\": \"@@Zq7rTnubZq7rTnub\"}", V "Zq7rTnubZq7rTnub"},
    {"cookies[:token] = { value: '@@', expires: 1 }", V},
    {"((TextBox)passwordInput).Text = \"@@\";", V},
    {"if string(pass) == \"@@\" {", V},
    {"password = (String) \"@@\";", V},
    {"char *password = (char *)\"@@\";", V},
    {"password <- \"@@\"", V},
    {"-Password $(ConvertTo-SecureString '@@' -AsPlainText)", V},
    {"<Setting name=\"Proxy password\" type=\"string\">@@</Setting>", V},
    /* prose and markup */
    {"* **password:** @@\n", V},
    {"    + password: @@", V},
    {"\"source\": [\"password = \\\"@@\\\"\\n\"]", V},
    {"2024-01-01 12:00:00 INFO login password=@@", V},
    /* nothing to report */
    {"password = getPassword();", NULL},
    {"password = user.password;", NULL},
    {"password = ${PASSWORD}", NULL},
    {"password: {{ vault_password }}", NULL},
    {"password = nil", NULL},
    {"author = \"@@\"", NULL},
    {"\"password\": {\n  \"@@\": \"a\"\n}", NULL},
    {"\"password\",\n\"@@\",\n", NULL},
    {"secrets: inherit\n", NULL},
    {"f(user, password, host)\nf(\"a\", b)\n", NULL},
    {"conn.login(user, password);", NULL},
    {"the password must be changed", NULL},
    {"password = \"********\"", NULL},
    {"password = \"{name}\"", NULL},
    {"password=@db.password@\n", NULL},
    {"secret: 5a29****************d787\n", NULL},
    {"password=$random_base64\n", NULL},
    {"PASS=$(openssl rand -hex 'x1y2z3w4')\n", NULL},
    {"x = 'eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJv'", NULL},
    {"std::token::x = 1", NULL},
    {"token: 'sha512-" V V V V "'", NULL},
    {"password = config.value\n", NULL},
    {"    password = blueberry.pie\n", NULL},
    {"cat users | chpasswd", NULL},
    {"cat @@ | sudo -S id", NULL},
    {"htpasswd -c /etc/x @@", NULL},
    {"net use Z: \\\\h\\s /user:@@", NULL},
    {"mysql -u root -p @@", NULL},
    {"root:*:17000:0:99999:@@:::", NULL},
    {"restapi: @@", NULL},
    {"{CMD_KEY_ACCESS, \"@@\"}", NULL},
    {"grep x file on >/dev/null", NULL},
    {"variable \"password\" {\n}\ndefault = \"@@\"", NULL},
    {"\"arn:aws:secretsmanager:[a-z0-9]+:[0-9]{12}:secret:@@\"", NULL},
    {"token = '[A-Za-z0-9_-]{20}'", NULL},
    {"mend the password [#67754](@@)", NULL},
    {"seeds: [\"a.db.example.org:27017\", \"localhost:27018\"]", NULL},
    {"authorize(null, context(\"fe80::1c9a:7cfd:29a8:a91e\"))", NULL},
    {"BAD_PASSWORD = 0x52e;", NULL},
    {"user, password = line.split(':', maxsplit=1)", NULL},
    {"token.value.includes('@@')", NULL},
    {"password = text.replace('@@', '')", NULL},
    {"{pass:u(x),closed:u('@@')}", NULL},
    {"f(password, crypt_salt=other_salt, x=1)", NULL},
    {"allow customers to pass SCTE-35 as a header", NULL},
    {"salt 'edge01.example' test.ping", NULL},
    {"http://server:9000/prefix/rev/@.x", NULL},
    {"context(key, \"192.0.2.17\")", NULL},
    {"[key, \"SHA256:" V V V V "\"]", NULL},
    {"user=password port=9142", NULL},
    {"\"I have breathed a secret vow\"", NULL},
    {"\tQ2FzY2FkZXkey\n\t@@@@\n\t@@@@\n", NULL},
    {"keyring.get_password(\"@@\", key)", NULL},
    {"host.findSecret('rbd', '@@')", NULL},
    {"Bearer eyJh...0M30@@", NULL},
    {"\"encryptedKey\": \"@@@@\"", NULL},
    {"\"SecretKey\": \"" V V "EXAMPLE" V "\"", NULL},
    {"user=@PASSWORD ansible_port=@PORT", NULL},
    {"PasswordToken.authenticated(\"@@\", null)", NULL},
};

static void expand(char *out, size_t cap, const char *text)
{
    const char *at = strstr(text, "@@");

    if (at == NULL)
        snprintf(out, cap, "%s", text);
    else
        snprintf(out, cap, "%.*s%s%s", (int)(at - text), text, V, at + 2);
}

struct search {
    const char *value;
    bool found, any;
};

static void look(void *arg, const struct ks_generic_window *w,
                 const struct ks_generic_candidate *c, size_t base)
{
    struct search *s = arg;
    size_t len = (size_t)c->value_to - c->value_from;

    (void)base;
    s->any = true;
    assert_true(c->key_from <= c->key_to && c->key_to <= w->text.len);
    assert_true(c->value_from < c->value_to && c->value_to <= w->text.len);
    if (s->value != NULL && strlen(s->value) == len &&
        memcmp(w->text.ptr + c->value_from, s->value, len) == 0)
        s->found = true;
}

static void syntaxes(void **state)
{
    unsigned failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        struct search s = {.value = samples[i].value};
        char text[512];

        expand(text, sizeof(text), samples[i].text);
        scan_text((struct ks_span){(const uint8_t *)text, strlen(text)}, look,
                  &s);
        if (samples[i].value != NULL ? s.found : !s.any)
            continue;
        print_error("%s: %s\n", s.any ? "wrong value" : "no candidate", text);
        failed++;
    }
    assert_int_equal(failed, 0);
}

/* A window that ends inside a value cuts it there, always alike. */
static void a_long_value_is_cut_at_the_window(void **state)
{
    char text[4096] = "password = \"";
    struct scan_best best;

    (void)state;
    for (size_t i = strlen(text); i < sizeof(text) - 1; i++)
        text[i] = (char)('a' + i * 7 % 26);
    best = scan_best_of(text);
    assert_true(best.any);
}

struct verdicts {
    size_t from, to; /* the window to agree on, in the text */
    uint64_t sum;
};

static void add(void *arg, const struct ks_generic_window *w,
                const struct ks_generic_candidate *c, size_t base)
{
    struct verdicts *v = arg;
    struct ks_generic_verdict verdict;

    if (base + c->value_from < v->from || base + c->value_to > v->to)
        return;
    ks_generic_score(&verdict, w, c);
    v->sum = v->sum * 31 + (uint64_t)(uint32_t)verdict.score;
    v->sum = v->sum * 31 + base + c->value_from;
    v->sum = v->sum * 31 + base + c->value_to;
    v->sum = v->sum * 31 + verdict.reasons + verdict.class_;
}

/* Bytes outside of the window never change a verdict. */
static void only_the_window_counts(void **state)
{
    static const char line[] = "\nuser = 'ann'\napi_pass"
                               "word = '" V "x1' # go\n";
    char text[3000];
    struct verdicts before = {.from = 1480, .to = 1600}, after = before;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = "token: 'k', pass\n=x "[i % 20];
    memcpy(text + 1500, line, sizeof(line) - 1);
    scan_text((struct ks_span){(uint8_t *)text, sizeof(text)}, add, &before);
    for (size_t i = 0; i < sizeof(text); i++) {
        if (i + KS_GENERIC_BACK < 1480 || i > 1600 + KS_GENERIC_AHEAD)
            text[i] = "secret = \"b\"\n{%;}"[i % 18];
    }
    scan_text((struct ks_span){(uint8_t *)text, sizeof(text)}, add, &after);
    assert_true(before.sum != 0);
    assert_int_equal(before.sum, after.sum);
}

static void keywords_are_sound(void **state)
{
    size_t count;
    const struct ks_generic_keyword *k = ks_generic_keywords(&count);

    (void)state;
    assert_in_range(count, 1, 255);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(k[i].text);
        assert_true(k[i].len >= 3);
        if (!k[i].pattern)
            assert_int_equal(k[i].len, strlen(k[i].text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntaxes),
        cmocka_unit_test(a_long_value_is_cut_at_the_window),
        cmocka_unit_test(only_the_window_counts),
        cmocka_unit_test(keywords_are_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
