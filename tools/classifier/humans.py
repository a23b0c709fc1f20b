# SPDX-License-Identifier: Apache-2.0
"""Passwords as people choose them, placeholders, and names, from a seed.

STYLES maps a style's name to a function of a random.Random. HELD_OUT are the
styles that never train a model that is judged on them.
"""
import datetime

from zxcvbn.frequency_lists import FREQUENCY_LISTS

COMMON = [w for w in FREQUENCY_LISTS["passwords"] if 4 <= len(w) <= 16 and w.isascii() and not set(w) & set("\"'\\ /@:<>`")]
# What stands for "no password yet" everywhere, however common it is as one.
EMPTY = set("password passwd pass secret test tests testing test123 test1234 testtest admin user username guest default demo "
            "example changeme 123456 1234 12345 12345678 123456789 foobar foo bar none null root changeit abcd abc123 xxxx "
            "xxxxxx xxxxxxxx aaaa aaaaaa 1111 0000 11111111 password1 password123 pass123 pass1234 sample temp hello string".split())
WORDS = [w for w in FREQUENCY_LISTS["english_wikipedia"][200:12000] if 3 <= len(w) <= 9 and w.isascii() and w.isalpha()]
NAMES = [w for w in FREQUENCY_LISTS["male_names"][:300] + FREQUENCY_LISTS["female_names"][:500] + FREQUENCY_LISTS["surnames"][:600]
         if 3 <= len(w) <= 10]
SHORT = [w for w in FREQUENCY_LISTS["english_wikipedia"][400:6000] if 4 <= len(w) <= 6 and w.isascii() and w.isalpha()]
FOREIGN = """passwort geheim hallo schatz sommer winter fussball berlin muenchen katze hund liebe sonne blume freiheit
bonjour soleil chocolat marseille doudou papillon camille azerty loulou toulouse lumiere etoile fromage
hola amor carino estrella princesa barcelona madrid corazon tequiero naranja guitarra caballo verano
ciao amore juventus stella tesoro roma napoli farfalla bella cucina calcio domenica
brasil flamengo saudade praia coracao futebol senhor lisboa estrela feijao
kurwa polska misiek kochanie warszawa kasia bartek zielony wiosna
privet lyubov moskva solnce spartak natasha zvezda parol
nihao woaini zhongguo shanghai xiaolong sakura tokyo naruto hikari yamato
stockholm sverige sommar hemlig kaffe jordgubbe amsterdam voetbal appeltaart fiets
merhaba istanbul galatasaray askim besiktas sevgilim""".split()
KEYS = ["qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "1qaz2wsx", "qazwsx", "1q2w3e4r", "qweasd", "q1w2e3r4",
        "zaq12wsx", "!QAZ2wsx", "qwer1234", "asdf1234", "1qazxsw2", "azerty", "qwertz", "poiuyt", "mnbvcxz", "147258369", "741852963"]
TECH = "db mysql postgres redis mongo root admin app web api server prod dev staging backup mail ftp ldap jenkins deploy svc".split()
DEFAULTS = """Passw0rd P@ssw0rd P@ssword Pa$$w0rd Pass@word Admin admin Welcome welcome Root root Toor Master master Login Server Summer Winter Spring Autumn
Monday Friday January October Company company Office Service Super Manager Backup Oracle Mysql Postgres Redis Temp Secret Qwerty Letmein Dragon Sunshine
Football Monkey Shadow Iloveyou Princess Baseball Superman Batman Trustno Access Hello Freedom Whatever Computer Internet Security Database""".split()
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
LEET2 = str.maketrans({"a": "@", "e": "3", "i": "!", "o": "0", "s": "$"})


def cap(r, w):
    return r.choice([w, w.capitalize(), w.capitalize(), w.upper()]) if r.random() < 0.7 else w


def half(w, second):
    return (sum(w.encode()) % 2 == 1) == second


def common(r, second=False):
    while True:
        w = COMMON[int(len(COMMON) * r.random() ** 2.5)]
        if w not in EMPTY and half(w, second):
            return w


def date(r):
    d = datetime.date(1955, 1, 1) + datetime.timedelta(days=r.randrange(24000))
    return d.strftime(r.choice(["%d%m%Y", "%Y%m%d", "%d%m%y", "%m%d%Y", "%d.%m.%Y", "%Y-%m-%d"]))


def passphrase(r):
    sep = r.choice(["-", "_", ".", "", "", "-"])
    ws = [r.choice(WORDS) for _ in range(r.choice([2, 3, 3, 4, 4, 5]))]
    if sep == "" or r.random() < 0.3:
        ws = [w.capitalize() for w in ws]
    return sep.join(ws)


STYLES = {
    "common": common,
    "word_digits": lambda r: cap(r, r.choice(WORDS)) + str(r.randrange(r.choice([10, 100, 1000, 10000]))),
    "word_digits_mark": lambda r: cap(r, r.choice(WORDS)) + str(r.randrange(1000)) + r.choice("!#$*.?+"),
    "mark_word": lambda r: r.choice("!#$*") + r.choice(WORDS) + r.choice(["", str(r.randrange(100))]),
    "word": lambda r: r.choice(WORDS) if r.random() < 0.5 else cap(r, r.choice(NAMES)),
    "two_words": lambda r: r.choice(WORDS) + r.choice(["", "-", ".", ""]) + r.choice(WORDS),
    "camel": lambda r: r.choice(WORDS).capitalize() + r.choice(WORDS).capitalize() + r.choice(["", str(r.randrange(100))]),
    "camel_lower": lambda r: r.choice(WORDS) + r.choice(WORDS).capitalize() + r.choice(["", str(r.randrange(100))]),
    "name_year": lambda r: cap(r, r.choice(NAMES)) + str(r.randrange(1950, 2026)),
    "name_date": lambda r: cap(r, r.choice(NAMES)) + date(r)[:4],
    "date": date,
    "digits": lambda r: str(r.randrange(10 ** 5, 10 ** r.choice([6, 7, 8, 9, 10]))),
    "keyboard": lambda r: r.choice(KEYS) + r.choice(["", "", str(r.randrange(1000)), "!", "!!"]),
    "leet": lambda r: r.choice(WORDS + NAMES).translate(r.choice([LEET, LEET2])) + r.choice(["", str(r.randrange(100)), "!"]),
    "leet_cap": lambda r: r.choice(WORDS).capitalize().translate(LEET2) + str(r.randrange(10000)),
    "passphrase": passphrase,
    "foreign": lambda r: cap(r, r.choice(FOREIGN)) + r.choice(["", str(r.randrange(1000)), "!", str(r.randrange(1980, 2026))]),
    "foreign_two": lambda r: r.choice(FOREIGN) + r.choice(["", "_", "-", "."]) + r.choice(FOREIGN),
    "tech": lambda r: r.choice(TECH) + r.choice(["", "_", "-", "@", "."]).replace("@", "#") + r.choice(WORDS + [str(r.randrange(10000))] * 4000),
    "tech_cred": lambda r: r.choice(TECH) + r.choice(["pw", "pass", "pwd", "secret"]) + str(r.randrange(10000)),
    "stop_inside": lambda r: r.choice(["example", "test", "testing", "demo", "sample", "dummy"]) + r.choice(["", "_", "-"]) +
        r.choice([str(r.randrange(1000, 100000)) + r.choice("!#$") + r.choice("ZQXkpw") + r.choice("qzv7"), "in_" + r.choice(WORDS) + "_" + str(r.randrange(100))]),
    "mixed": lambda r: r.choice(WORDS)[:4].capitalize() + r.choice("#$!_-*") + r.choice(WORDS)[:4] + str(r.randrange(100)),
    "middle": lambda r: r.choice(WORDS) + str(r.randrange(100)) + r.choice(WORDS),
    "initials": lambda r: "".join(r.choice("abcdefghijklmnoprstuvwz") for _ in range(r.choice([3, 4, 5]))) + str(r.randrange(10000)),
    "default_like": lambda r: r.choice(DEFAULTS) + r.choice(["@", "#", "!", ".", "_", "-", "", "", "$"]) + r.choice(["1", "12", "123", "1234", "01", "321", "007",
        str(r.randrange(2008, 2026)), str(r.randrange(100, 10000))]) + r.choice(["", "", "", "!", "#", "!!", "?"]),
    "love": lambda r: r.choice(["ilove", "i<3", "my", "big", "super", "the", "dr", "mr", "lil"]).replace("<", "") + cap(r, r.choice(NAMES + WORDS)) + r.choice(["", "", str(r.randrange(100))]),
    "twice": lambda r: (lambda w: w + r.choice(["", str(r.randrange(10))]) + w)(r.choice(WORDS)[:5]),
    "backwards": lambda r: r.choice(WORDS + NAMES)[::-1] + r.choice(["", str(r.randrange(1000))]),
    "number_word": lambda r: str(r.randrange(10, 10000)) + cap(r, r.choice(WORDS + NAMES)) + r.choice(["", "", "!"]),
    "site": lambda r: r.choice(WORDS) + r.choice(["", "@", "#", "_"]).replace("@", "#") + r.choice(["prod", "dev", "staging", "admin", "root", "live", "db"]) + r.choice(["", str(r.randrange(10000))]),
    "letters_mark": lambda r: "".join(r.choice("abcdefghijklmnoprstuvwz") for _ in range(r.choice([4, 5, 6]))) + r.choice("!#$*.-_") + str(r.randrange(1000)),
    "two_names": lambda r: r.choice(NAMES) + r.choice(["", "-", ".", "and", "&", "_"]).replace("&", "n") + r.choice(NAMES) + r.choice(["", str(r.randrange(100))]),
    "short_word": lambda r: r.choice(SHORT) + r.choice(["", "", "", str(r.randrange(100))]),
    "lower_name": lambda r: r.choice(NAMES) + r.choice(["", "", str(r.randrange(10)), str(r.randrange(60, 100))]),
    "digits_letter": lambda r: "1234567890"[:r.randrange(4, 9)] + r.choice("abcdefghijklmnopqrstuvwxyz") * r.choice([1, 1, 2, 3]),
    "date_word": lambda r: str(r.randrange(1, 32)) + r.choice("jan feb mar apr may jun jul aug sep oct nov dec".split()) + str(r.randrange(50, 100)),
    # never trained on when judged
    "word_year_mark": lambda r: r.choice(WORDS).capitalize() + str(r.randrange(2010, 2026)) + "!",
    "word_word_digit": lambda r: r.choice(WORDS) + "_" + r.choice(WORDS) + str(r.randrange(10)),
    "common_unseen": lambda r: common(r, True),
}
HELD_OUT = ["word_year_mark", "word_word_digit", "common_unseen"]

PLACEHOLDERS = """password Password PASSWORD passwd pass secret Secret mysecret my-secret my_secret MySecret supersecret secret123 password123 Password1
changeme CHANGEME ChangeMe change_me change-me changeit please-change-me your_password your-password YOUR_PASSWORD yourPassword YourPassword
<password> <your-password> <PASSWORD> [password] {password} xxxx xxxxxxxx XXXXXXXX ******** **** ........ example EXAMPLE test testing tests
testpass testpassword test123 test_password dummy fake foobar foo bar baz qux none null undefined todo TODO tbd placeholder PLACEHOLDER
mypassword my_password my-password MyPassword mypass userpass dbpass thepassword some_password somepassword some-password samplepassword
insert_here INSERT_PASSWORD_HERE enter_password enter-your-password replace_me REPLACE_ME replaceme redacted REDACTED hidden masked [FILTERED]
passwort geheim deinpasswort dein_passwort motdepasse mot_de_passe votre_mot_de_passe contrasena tu_contrasena clave senha sua_senha minhasenha
parola wachtwoord jouw_wachtwoord haslo heslo parol salasana losenord sifre lozinka your_token your-api-key YOUR_API_KEY your_secret_key api_key
apikey access_token my_token my-token mytoken sometoken some-token token TOKEN fake-token test-token dummy-token invalid-token wrong_password
wrong-password badpassword bad_password invalid incorrect notapassword not_a_password new_password newpassword old_password oldpassword secret_key
secretkey secret-key my_secret_key client_secret credentials admin user username guest default demo 123456 12345678 1234 abc123 abcdef aaaa
hunter2_example string value text123 none_set unused ignored required optional empty blank""".split()


def identifier(r):
    a = r.choice("user db admin new old current client access reset login account session encrypted hashed plain master root".split())
    b = r.choice("password Password passwd token secret key credential".split())
    c = r.choice("Field Input Label Text Hash Length Type Provider Name Value".split())
    return r.choice([a + b.capitalize(), a + "_" + b.lower(), a + "-" + b.lower(), b.lower() + c, b.lower() + "_" + c.lower(), b.lower() + "-" + c.lower(),
                     (a + "_" + b).upper(), "#" + b.lower(), "form." + b.lower(), a + "." + b.lower(), a + "." + b.lower() + "." + c.lower(),
                     b.lower() + "." + c.lower(), "$" + b.lower(), "@" + b.lower(), ":" + b.lower(), a + b.capitalize() + c])


def plain_name(r):
    """What stands as a value where no secret does: enum values, names, keys."""
    a, b = r.choice(WORDS), r.choice(WORDS)
    return r.choice([a, a, a + "_" + b, a + "-" + b, a + b.capitalize(), a.capitalize() + b.capitalize(), a.upper(), a.upper() + "_" + b.upper(),
                     a + "." + b, a + str(r.randrange(10)), a.capitalize(), a + "_" + str(r.randrange(10)), a + "/" + b, a + ":" + b, a + "-" + b + "-" + r.choice(WORDS)])
