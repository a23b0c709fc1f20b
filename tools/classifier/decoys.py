# SPDX-License-Identifier: Apache-2.0
"""
What looks like a secret and is none: hard negatives, made up from templates.

Each template is (path, text); all its slots are filled with values as real
secrets have them, yet the text says that they are public, encrypted, a
checksum, a name, a choice or a word of a user interface. \\3 stands for ://
where a scanner would report this file.
"""
import random
import re
import string

import humans

TEMPLATES = [
    # public halves and names of keys
    ("keys.py", "PUBLIC_KEY = \"{b64}\"\npublic_key_pem = '{b64}'\nkey_id = \"{hex16}\"\n"),
    ("Keys.java", "String publicKey = \"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB{b64}\";\nprivate static final String KEY_ID = \"{uuid}\";\n"),
    ("jwks.json", "{{\"keys\":[{{\"kty\":\"RSA\",\"kid\":\"{alnum}\",\"n\":\"{b64u}\",\"e\":\"AQAB\"}}]}}\n"),
    ("jwe.mjs", "    encrypted_key: '{b64u}',\n    iv: '{b64u16}',\n    tag: '{b64u16}',\n"),
    ("state.tfstate", "            \"key_id\": \"{uuid}\",\n            \"target_key_id\": \"{uuid:2}\",\n            \"kms_key_arn\": \"arn:aws:kms:eu-west-1:1:key/{uuid:3}\"\n"),
    ("kms.go", "\t{{KeyId: aws.String(\"{uuid}\")}},\n\tpublicKey: \"{b64}\",\n"),
    ("gpg.pp", "  key => '{HEX8}',\n  id  => '{HEX40}',\n"),
    ("sources.yml", "apt_key:\n  id: {HEX40}\n  keyserver: keyserver.ubuntu.com\n"),
    ("known_hosts", "example.com ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB{b64}\n"),
    ("authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b64} ann@host\n"),
    ("app.js", "const vapidPublicKey = '{b64u}';\nconst clientId = '{hex20}';\nsiteKey: '{alnum}',\n"),
    ("config.js", "window.GA_KEY = 'UA-{digits}-1';\nalgolia: {{ appId: '{UPPER10}', indexName: '{word}' }},\nsentryPublicKey: '{hex32}'\n"),
    ("Info.plist", "\t<key>CFBundleIdentifier</key>\n\t<string>com.{word}.{word:2}</string>\n\t<key>ITSAppUsesKey</key>\n\t<string>{uuid}</string>\n"),
    ("Project.csproj", "<AssemblyOriginatorKeyFile>{word}.snk</AssemblyOriginatorKeyFile>\n<Reference Include=\"X, PublicKeyToken={hex16}\" />\n"),
    ("manifest.xml", "<assemblyIdentity name=\"{word}\" publicKeyToken=\"{hex16}\" version=\"1.0.0.0\"/>\n"),
    ("contract.js", "const SigningPubKey = '{HEX66}';\ntokenAddress: '0x{hex40}',\ntoken: \"0x{hex40:2}\"\n"),
    # encrypted, hashed, checked
    ("group_vars/all.yml", "db_password: ENC[AES256_GCM,data:{b64},iv:{b64:2},type:str]\nencrypted_password: {b64}\n"),
    ("checksums.json", "{{\n  \"spec/unit/{word}_key_spec.rb\": \"{md5}\",\n  \"lib/{word:2}_token.rb\": \"{md5:2}\",\n  \"lib/auth/{word:3}.rb\": \"{md5:3}\"\n}}\n"),
    ("go.sum", "github.com/{word}/go-password v1.2.3 h1:{b64}=\ngithub.com/{word}/go-keyring v0.1.0/go.mod h1:{b64:2}=\n"),
    ("package-lock.json", "    \"node_modules/{word}-token\": {{\n      \"version\": \"{version}\",\n      \"resolved\": \"https://packages.example.org/{word}-token/-/{word}-token-{version}.tgz\",\n      \"integrity\": \"sha512-{b64}==\",\n"),
    ("yarn.lock", "minipass@^3.0.0:\n  version \"{version}\"\n  dependencies:\n    minipass: ^{version:2}\n    js-tokens: \"^{version:3}\"\n    cookie-signature: {version}\n"),
    ("Gemfile.lock", "    omniauth (>= {version})\n    devise-token_auth ({version})\n    bcrypt: ~> {version:2}\n"),
    ("poetry.lock", "keyring = \">={version}\"\npasslib = \"^{version:2}\"\n"),
    ("log.txt", "ETag: \"{md5}\"\ncache-key: {hex40}\nX-Request-Key: {uuid}\ncommit key: {hex40:2}\n"),
    ("index.html", "<script src=\"a.js\" integrity=\"sha384-{b64}\" crossorigin=\"anonymous\"></script>\n<img src=\"x.svg?token={alnum10}\" alt=\"badge\">\n"),
    ("README.md", "[![codecov](https://codecov.io/gh/{word}/{word:2}/branch/main/graph/badge.svg?token={alnum10})](https://codecov.io/gh/{word}/{word:2})\n"),
    ("links.md", "- [Doc](https://docs.google.com/document/d/{alnum}/edit?resourcekey=0-{b64u16}) notes\n"),
    ("users.go", "PasswordHash: \"{hex64}\",\npasswordSha256 := \"{hex64:2}\"\nhashed_token: \"{hex64:3}\"\n"),
    # choices and names
    ("main.yml", "    - user:\n        name: {word}\n        update_password: {choice}\n        password_lock: {choice:2}\n"),
    ("pg_hba.sql", "SET password_encryption = '{algo}';\nALTER SYSTEM SET password_encryption TO '{algo:2}';\n"),
    ("security.php", "$encoder = new Pbkdf2PasswordEncoder('{algo}', false, 1, 40);\n'password_hasher' => '{algo:2}',\n"),
    ("hashers.py", "encoded = make_password(\"x\", \"y\", \"{algo}\")\nmake_password(password, hasher=\"{algo:2}\")\nPASSWORD_HASHERS = [\"{algo:3}\"]\n"),
    ("buf.js", "const password = Buffer.from(value, '{algo}').toString('utf8');\nconst token = crypto.createHash('{algo:2}').update(x);\n"),
    ("auth.ts", "authType: '{choice}',\nauthMode = \"{word}-{word:2}\";\ntokenType: '{choice:2}',\nauthProvider: \"{word:3}\",\n"),
    ("i18n.js", "password = lang['{CONST}'];\ntoken = options[\"{word}_{word:2}\"];\nsecret = i18n.t('{word}.{word:2}');\n"),
    ("ltmain.sh", "if test \"$linkmode,$pass\" = \"{word},{word:2}\"; then\n  :\nfi # $pass = {word}\ncase $pass in\n"),
    ("compare.py", "if self.update_password == '{word}' and self.password is not None and info[1] != self.password:\nif key == \"{word:2}\" or token == '{word:3}':\n"),
    ("parser.c", "if (strcmp(key, \"{word}\") == 0)\n    token = TOKEN_{CONST};\ncase KEY_{CONST:2}: return \"{word:2}\";\n"),
    ("lexer.py", "token = Token('{CONST}', value)\nif token.type == '{CONST:2}':\n    key = '{word}_{word:2}'\n"),
    ("fts.sql", "CREATE VIRTUAL TABLE t USING fts5(x, tokenize = '{word} {word:2} 1');\nCREATE TABLE k (key TEXT, {word:3} INT);\n"),
    ("schema.tl", "userFull#1 flags:# has_password:flags.{d}?true requires_password:flags.{d:2}?true token:string = X;\n"),
    ("types.graphql", "  password: {Word}!\n  token: {Word:2}\n  apiKey: {Word:3}Input\n"),
    ("api.proto", "  string password = {d};\n  {Word} token = {d:2};\n  bytes secret_key = {d:3};\n"),
    ("openapi.yaml", "    password:\n      type: string\n      format: {word}\n      description: {Word} {word:2} {word:3}\n    securitySchemes:\n      apiKey: {Word:2}\n"),
    ("k8s.yaml", "        env:\n        - name: DB_PASSWORD\n          valueFrom:\n            secretKeyRef:\n              name: {word}-{word:2}\n              key: {word:3}-password\n      imagePullSecrets:\n      - name: {word}\n      secretName: {word:2}-tls\n"),
    ("values.yaml", "existingSecret: {word}-{word:2}\nsecretName: \"{word}-cert\"\nauthSecret: {word:3}\ntokenKey: {word}.{word:2}\n"),
    (".drone.yml", "    from_secret: {word}_{word:2}\n    secret: {word:3}-token\n"),
    ("workflow.yml", "      token: ${{{{ secrets.{CONST} }}}}\n      password-name: {word}\n      key: {word}-cache-v{d}\n      restore-keys: {word}-\n"),
    ("nginx.conf", "ssl_certificate_key /etc/ssl/{word}.key;\nauth_basic \"{Word} {word:2}\";\nauth_basic_user_file /etc/{word}/.htpasswd;\n"),
    ("pam.conf", "auth required pam_{word}.so\npassword sufficient pam_unix.so {word} {word:2}\nPassword-Authentication {choice}\n"),
    ("sshd_config", "PasswordAuthentication {choice}\nAuthorizedKeysFile .ssh/{word}\nHostKey /etc/ssh/{word:2}_key\nKeyType {algo}\n"),
    ("test_form.py", "self.assertEqual(form.errors['password'], '{Word} {word:2}')\ndata = {{'password1': '{wrong}', 'password2': '{wrong:2}'}}\nlogin(password='{wrong:3}')\n"),
    ("auth_test.go", "token := \"{wrong}-token\"\npassword: \"{wrong:2}\"\nt.Fatalf(\"password is {wrong:3}\")\n"),
    ("spec.js", "it('rejects', () => login({{ user: '{word}', password: '{wrong}' }}));\nexpect(res.token).toBe('{wrong:2}');\nconst secret = '{wrong:3}';\n"),
    ("fixtures.py", "client.login(username='testuser', password='{tester}')\nuser = create_user('{name}', password=\"{tester:2}\")\nAuthorization: Basic {b64pass}\n"),
    ("req_test.py", "assert headers['Authorization'] == 'Basic {b64pass}'\nauth = b'Basic {b64pass:2}'\n"),
    ("vault_test.py", "vault_secrets = [('default', TextVaultSecret('{word}'))]\nself._secrets('{word}', '{word:2}')\n"),
    ("mail.c", "static char imap_password[] = \"+ {b64label}\" CRLF;\nstatic char smtp_password[] = \"334 {b64label}\" CRLF;\n"),
    ("utils.py", "b_password = to_bytes(self.password, errors='{word}_or_{word:2}')\nsecret = decode(token, encoding=\"{algo}\", mode='{word:3}')\n"),
    ("names.py", "FIELDS = ['{word}_port', '{word}_password', '{word}_timeout', '{word}_key']\nKEYS = (\"token\", \"{word:2}\", \"secret\")\n"),
    ("lookup.yml", "newpass: \"{{{{ lookup('password', '{word}/{word:2} length=8') }}}}\"\nfoo: '{{{{ \"x\" | password_hash(\"{algo}\") }}}}'\n"),
    ("pass.md", "## Preceding analysis pass: `{Word}`\n\nThe second pass: {word}. Token: the {word:2} of a {word:3}.\n"),
    ("rows.sql", "INSERT INTO users VALUES (1, '{name}', '{word}');\nINSERT INTO files VALUES (3, '{md5}');\nINSERT INTO t (id, key, val) VALUES (1, '{word:2}', '{word:3}');\n"),
    ("sign.sh", "KEY={HEX16}\nGPG_KEY_ID={HEX16:2}\ngit config user.signingkey {HEX8}\nsigning_key=\"{HEX8:2}\"\n"),
    ("env.sh", "PWD=/srv/{word}\nOLDPWD={word:2}\nDIRNAMEPWD=dir.{word} &&\nSRC_PWD=\"{word:3}/{word}\"\n"),
    ("hash.sh", "printf 'seed={d}:0x{hex8}'\ncache_key=\"{hex16}\"\nMurmur3 Hash with seed=0x{hex8:2}\n"),
    ("basic.spec.js", "expect(headers['Authorization']).toEqual('Basic {b64known}');\nconst auth = 'Basic {b64known:2}';\n"),
    ("users_test.rb", "user.new_pass = '{tester}'\nassert user.valid_password?('{tester:2}')\nfill_in :password_confirmation, with: '{tester:3}'\n"),
    ("model.js", " *   password: '{tester}'\n * @example login({{ user: 'ann', password: '{tester:2}' }})\n"),
    ("urls_test.go", "url.Parse(\"socks5\3hello:world@10.0.0.10:3128\")\ngot(`http://user:{tester}@localhost:${{port}}`)\n\"user:p@ss(word)@tcp(localhost)/db\"\n"),
    ("db.rb", "username, password, database = database_config('{word}')\ntoken, secret = tokens_of(\"{word:2}\")\n"),
    ("list.txt", "password, token, {word}, secret\n{word:2}, {word:3}, key, value\nlogin,password,{word}\n"),
    ("doc.rst", "The file holds ``username:password:{word}:{word:2}:{word:3}``.\nSet *password* to {word} when the {word:2} is {word:3}.\n"),
    ("man.txt", "  --password {Word}   the {word} of the {word:2}\n  --token {CONST}   {word} {word:3}\n  -p, --pass-{word}  {word:2} {word}\n"),
    ("url.c", "check(\"http://user:pass@{word}.com/\");\nparse(\"https://{word}:password@{word:2}/\");\n\"ftp://user:%70%61ss@host\"\n"),
    # logins that tests, fixtures and documentation make up
    ("tests/test_views.py", "    def setUpTestData(cls):\n        cls.user = User.objects.create_user(username=\"{name}\", password=\"{tester}\")\n        cls.other = models.User.objects.create(username=\"{name:2}\", password=\"{tester:2}\")\n"),
    ("tests/test_auth.py", "        self.client.login(username=\"{name}\", password=\"{tester}\")\n        self.assertTrue(user.check_password(\"{tester:2}\"))\n        response = self.client.post(\"/login/\", {{\"username\": \"{name:2}\", \"password\": \"{tester:3}\"}})\n"),
    ("tests/test_forms.py", "        data = {{\n            \"username\": \"{name}\",\n            \"password\": \"{wrong}\",\n        }}\n        form = LoginForm(None, data)\n        self.assertFalse(form.is_valid())\n        data = {{\"old_password\": \"{tester}\", \"new_password1\": \"{tester:2}\", \"new_password2\": \"{tester:2}\"}}\n"),
    ("tests/test_tokens.py", "        u2 = User.objects.create_user(\"{name}\", \"{name}@example.com\", \"{tester}\")\n        user = CustomUser.objects.create_user(\n            email=\"{name:2}@example.com\",\n            date_of_birth=\"2000-01-01\",\n            password=\"{tester:2}\",\n        )\n        settings = {{\"SECRET_KEY\": \"{shortid}\", \"api_key\": \"{shortid:2}\"}}\n"),
    ("tests/test_validators.py", "        validate_password(\"{tester}\", validators)\n        with self.assertRaises(ValidationError) as cm:\n            validate_password(\"{tester:2}{d}\")\n"),
    ("test/client_test.rb", "    post login_path, params: {{ session: {{ email: '{name}@example.com', password: '{tester}' }} }}\n    assert_nil User.authenticate('{name:2}', '{wrong}')\n    user = create(:user, password: '{tester:2}')\n"),
    ("__tests__/login.test.js", "    const res = await request(app).post('/login').send({{ username: '{name}', password: '{tester}' }});\n    expect(res.status).toBe(401);\n    await login('{name:2}', '{wrong}');\n    expect(opts.auth.password).toEqual('{tester:2}');\n"),
    ("auth.spec.ts", "    it('should authenticate', async () => {{\n      const user = {{ email: '{name}@test.com', password: '{tester}' }};\n      expect(await service.login(user)).toBeDefined();\n      mock.expects('login').withArgs('{name}', '{tester:2}');\n"),
    ("LoginTest.java", "    @Test\n    public void login() {{\n        User user = new User(\"{name}\", \"{tester}\");\n        user.setPassword(\"{tester:2}\");\n        assertEquals(\"{tester:2}\", user.getPassword());\n        when(repo.find(\"{name:2}\", \"{wrong}\")).thenReturn(null);\n"),
    ("login_test.go", "\ttests := []struct{{ user, password string }}{{\n\t\t{{user: \"{name}\", password: \"{tester}\"}},\n\t}}\n\tassert.Equal(t, \"{tester:2}\", cfg.Password)\n\tif pw != \"{tester:3}\" {{\n\t\tt.Errorf(\"password = %q\", pw)\n"),
    ("docs/settings.txt", "        \"default\": {{\n            \"NAME\": \"app_data\",\n            \"USER\": \"mysql_user\",\n            \"PASSWORD\": \"{tester}\",\n        }},\n        \"users\": {{\n            \"NAME\": \"user_data\",\n            \"PASSWORD\": \"{tester:2}\",\n"),
    ("docs/usage.md", "```js\nclient.login({{\n  username: 'janedoe',\n  password: '{tester}'\n}});\naxios.post('/user', {{}}, {{ auth: {{ username: 'jane', password: '{tester:2}' }} }});\n```\n"),
    ("docs/howto.adoc", "----\nprotocol=https\nhost=example.com\nusername=bob\npassword={tester}\n----\n    user = jdoe@gmail.com\n    pass = {tester:2}\n"),
    ("fixture.netrc", "machine imap login {name}@example.com port imaps password {tester}\nmachine imap2 login {name:2} port 1099 password {tester:2}\n"),
    ("t/test.pl", "is($cred->{{password}}, '{tester}', \"Got matching password\");\nis($entry->{{password}}, '{tester:2}', 'right one');\nis($got{{token}}, '{wrong}', 'token');\n"),
    ("fixtures.rst", "    _user = User(name=\"Susan\", username=f\"testuser-{{uuid4()}}\", password=\"{tester}\")\n    >>> c.login(username='fred', password='{tester:2}')\n    True\n"),
    ("runme.sh", "ansible-vault view --vault-id vault-password {word}_{word:2}.yml\nansible-playbook --vault-password-file {word:3}-password test.yml\ntool --password-file {word} --token-name {word:2}\n"),
    ("prompt.py", "prompt = '[sudo via tool, key={alnum}] password: '\nb'[become key={alnum:2}] password: '\nassert prompt.endswith('password: ')\n"),
    ("nav.html", "<a href=\"{word}/{word:2}-api\">{word}/{word:2}-api</a>\n<li id=\"api\">API: The {word} {word:2}</li>\nrest_api: {word:3}\napi_base: http://{word}:8080\n"),
    ("redis.test", "r ACL SETUSER {name} on >{tester} -@all +acl\nACL SETUSER user1 on >secret +@all ~*\ncatch {{r AUTH {name} {wrong} }} e\n"),
    ("api.yml", "api: {word}\napi: \"{word:2}-{word:3}\"\ngss_api: {choice}\nnxapi={choice:2}\nuse_gssapi: {choice:3}\n"),
    ("pat.c", "static const char *key_pat = \"{word}%s\";\nconst char token_pat[] = \"{word:2}\";\nstruct passwd *pw = getpwnam(\"{word:3}\");\nset_pw = \"{CONST}\";\n"),
    # what only stands where secrets do
    ("status.py", "        'key': '{hex40}',  # sha1(\"{word}\")\n    cache_key = '{hex40:2}'\n    self.cached_token_key = '{hex40:3}'\n"),
    ("paste.ini", "[composite:main]\nuse = call:{word}.api.auth:{word:2}_factory\npaste.filter_factory = {word:3}.middleware.auth_token:filter_factory\nkeystone = {word}.auth:{Word}\n"),
    ("sudo.py", "PROMPT = r\"\\[{word}:sudo:{hex64}\\]passwd:\"\ntext = '[{word}:sudo:{hex64:2}] password: '\n"),
    ("casks.json", "  \"1password\": \"{version}\",\n  \"keybase\": \"{version:2}\",\n  \"token-counter\": \"{version:3}-1\",\n  \"passwordsafe\": \"{version:4}\"\n"),
    ("routes.rb", "  get \"admin/passwords\" => \"{word}#passwords\"\n  post '/token', to: '{word:2}#{word:3}'\n"),
    ("catalog.toml", "webauthn-core = 'com.{word}:{word:2}-core:{version}.RELEASE'\nauth0-jwt = \"com.{word:3}:java-jwt:{version:2}\"\n"),
    ("codes.py", "INVALID_PASSWORD = '{UPPER5}'\nDONT_EXPIRE_PASSWD = 65536\nPASSWORD_EXPIRED = {d}{d:2}{d:3}1\npwdMaxAge: {digits}\nTOKEN_TTL = \"{digits:2}\"\n"),
    ("CHANGES.md", "- Fix the handling of a password in `{word}_{word:2}`, see {word}/{word:2}#{digits}\n- Password policy `{Word}` and token `{word:3}` ({version})\n"),
    ("query.rst", "    GET /v3/users?password_expires_at=lt:2016-12-08T22:02:00Z\n    GET /v3/tokens?token_type=in:{word},{word:2}\n"),
    ("host.py", "self.host.find_secret('{word}', '{word:2}')\nself.host.create_secret('{word:3}', '{word}{word:2}')\nkeys = table.get_key('{word:2}', '{word}')\n"),
    ("fields.py", "    '{word}_port', '{word}_password', '{word}_timeout',\n    '{word}_key', '{word}_{word:2}', '{word:3}_token', '{word}_user',\n"),
    ("Tokens.java", "        new TestingAuthenticationToken(\"{name}\", \"{wrong}\", \"ROLE_{CONST}\", \"ROLE_2\");\n        ids.add(new AuthorizedClientId(\"{word}-client\", \"{word:2}-principal1\"));\n"),
    ("columns.json", "  \"fields\": [\"description\", \"host\", \"login\", \"password\", \"{word}\", \"extra\"],\n  \"title\": \"To see the current password {word:2}\",\n"),
    ("kwargs.py", "    change(password, crypt_salt={word}_salt, algorithm={word:2}s.get({word:3}))\n    token=self.{word}_token, key={word:2}_key,\n"),
    # hashes that tests and documentation compare with
    ("test/BCryptTests.java", "        assertThat(getEncoder().matches(\"wrong\", \"{bcrypt}\")).isFalse();\n        assertTrue(BCrypt.checkpw(\"{word}\", \"{bcrypt:2}\"));\n        String encodedPassword = \"{{bcrypt}}{bcrypt:3}\";\n        assertThat(BCrypt.hashpw(\"{word:2}\", salt)).isEqualTo(\"{bcrypt:4}\");\n"),
    ("tests/test_hash.py", "    assert verify(\"{word}\", \"{crypt6}\")\n    self.assertEqual(hashed, '{bcrypt}')\n    expected = '{crypt1}'\n    assert get_encrypted_password(\"123\", \"{algo}\", salt=\"12\") == \"{crypt5}\"\n"),
    ("login_test.go", "\tif err := bcrypt.CompareHashAndPassword([]byte(\"{bcrypt}\"), []byte(\"{word}\")); err != nil {{\n\t{{\"{word:2}\", \"{bcrypt:2}\"}},\n\twant := \"{argon}\"\n"),
    ("docs/storage.adoc", "{{bcrypt}}{bcrypt} <1>\n----\n<user name=\"{name}\" password=\"{{bcrypt}}{bcrypt:2}\" />\n----\nThe encoded password `{bcrypt:3}` is stored.\n"),
    ("Encoder.java", " * String encoded = encoder.encode(\"{word}\");\n * // outputs {{bcrypt}}{bcrypt}\n * \"{ssha}\"\n * {{{{SSHA}}}} {ssha:2}\n"),
    ("spec/password_spec.rb", "  expect(subject.crypt('{word}', '{crypt1}')).to eq('{crypt1:2}')\n  its(:hash) {{ is_expected.to eq \"{crypt6}\" }}\n  let(:password_digest) {{ \"{bcrypt}\" }}\n"),
    ("salt/modules/shadow.py", "        salt '*' shadow.set_password root '{crypt1}'\n        salt '*' user.present name={name} password='{crypt5}'\n"),
    # words of a user interface
    ("locales/xx.yml", "  repeat_password: {Label}\n  change_password: {Label:2}\n  current_password: {Label:3}\n  reset_password: {Label:4}\n"),
    ("lang/xx.json", "{{\n  \"LABEL_PASSWORD\": \"{label}\",\n  \"NEW_PASSWORD\": \"{Label}\",\n  \"FORGOT_PASSWORD\": \"{Label:2}?\",\n  \"enter_token\": \"{Label:3}\"\n}}\n"),
    ("lang/xx/auth.php", "    'password' => '{label}',\n    'failed' => '{Label}.',\n    'token' => '{Label:2}',\n"),
    ("locale/x.po", "msgid \"Password\"\nmsgstr \"{label}\"\n\nmsgid \"API key\"\nmsgstr \"{Label}\"\n"),
    ("strings.xml", "    <string name=\"password\">{label}</string>\n    <string name=\"api_key_hint\">{Label}</string>\n"),
    ("Main.strings", "\"login.password\" = \"{label}\";\n\"login.token.title\" = \"{Label}\";\n"),
    ("form.html", "<input type=\"password\" placeholder=\"{label}\" name=\"password\">\n<label for=\"token\">{Label}</label>\n<button id=\"auth\">{Word}</button>\n"),
    ("messages.properties", "login.password={label}\nlogin.password.repeat={Label}\ntoken.expired={Label:2}\n"),
    ("view.tsx", "<Field label=\"{Label}\" name=\"password\" type=\"{word}\" />\n<TextInput passwordLabel='{label}' tokenHint=\"{Label:2}\" />\n"),
]

# What "password" is called, and the words of the dialogues around it, in many languages.
LABEL = """Passwort Kennwort Mot\u00a0de\u00a0passe Contraseña Clave Senha Palavra-passe Wachtwoord Hasło Пароль 密码 密碼 パスワード 비밀번호 Salasana Lösenord Passord
Kodeord Adgangskode Parola Parolă Şifre Şifrə Jelszó Heslo Geslo Lozinka Лозинка Парола Parole Slaptažodis Salasõna Κωδικός סיסמה كلمة_المرور رمز_عبور Mật_khẩu รหัสผ่าน
Kata_sandi Kata_laluan Nenosiri Pasahitza Contrasenya Lykilorð Password_baru Wagwoord""".split()
VERBS = """Neues Aktuelles Altes Bestätigen Zurücksetzen Vergessen Nouveau Actuel Confirmer Répéter Oublié Nueva Actual Confirmar Repetir Olvidó Nova Atual Alterar Repita
Esqueceu Nieuw Huidig Bevestig Herhaal Vergeten Nowe Obecne Powtórz Zmień Potwierdź Zapomniałem Новый Текущий Повторите Забыли Подтвердите Nuova Attuale Conferma Ripeti
Dimenticata Nytt Nuvarande Bekräfta Glömt Nyt Aktuel Gentag Glemt Skift Uusi Nykyinen Vahvista Unohditko Új Jelenlegi Elfelejtett Nové Stávající Zapomenuté Nou Actuala Ganti
Yeni Mevcut Onayla Unuttum Jauna Aizmirsi Naujas Uus Enter Confirm Repeat New Current Forgot Reset Change Your Invalid Wrong Incorrect Required""".split()
SMALL = "de la el tu su votre mon le din ditt das Ihr il la twoje moje sua deine uw je aktywacyjny är er ist est es é le".split()
CHOICES = "always never on_create on_change yes no none optional required bearer basic oauth implicit password public private internal external plain hidden manual auto enabled disabled".split()
ALGOS = """sha1 sha256 sha512 md5 bcrypt argon2 argon2id pbkdf2_sha256 scram-sha-256 base64 hex utf8 latin1 unsalted_md5 unsalted_sha1 bcrypt_sha256 rsa ed25519 ecdsa
HS256 RS256 ES384 aes-256-cbc aes-128-gcm plaintext crypt scrypt hmac-sha1""".split()
WRONG = """wrong incorrect invalid mismatch bad badpass wrongpass wrong-password notcorrect different shouldnotchange nope other another changed expired unused ignored
does-not-matter doesnotmatter not-the-password bad-secret invalidtoken unknown missing nonexistent bogus rubbish whatever anything something""".split()
KNOWN = ["Aladdin:open sesame", "Aladdin:OpenSesame", "Aladdin:", "user:passwd", "foo:bar", "username:password", "a-git-token", "another-token", "test:test", "hello:world"]
TESTERS = "secure very_secure much_secure topsecret nogood newpass oldpass newpass123 oldpass123 passwordchanged changedpassword supersecure s00persecret P4$$word testpw testpass testpwd test123 userpass adminpass secret s3cret secr3t s3krit p4ssw0rd passw0rd pa55word letmein qwerty foobar user1pass testtest tiger hunter2".split()
ALNUM = string.ascii_letters + string.digits
SPARE = "spam ham eggs donuts bonjour hello swordfish sesame opensesame abracadabra priv4te veryprivate private s00pers3cret sup3rs3cret rapunz3l nogood dontcare sekrit sekret correct".split()


def tester(r):
    """A password as tests and documentation make it up."""
    k = r.random()
    if k < 0.45:
        return r.choice(TESTERS)
    if k < 0.55:
        return r.choice(SPARE)
    a = r.choice("test my new old good bad some foo bar super very user admin real fake right other first second valid changed".split())
    b = r.choice("pass password passwd pwd pw secret token s3cret passw0rd p4ss knows".split())
    return r.choice([a + b, a + b, a + "_" + b, a + "-" + b, b + a, a + b.capitalize(), b + r.choice(["1", "2", "12", "123", "42", "!", "99"]), a + b + r.choice(["1", "2", "123"])])



def label(r):
    return r.choice(LABEL).replace("_", " ")


def sentence(r):
    ws = [r.choice(VERBS)] + [r.choice(SMALL) for _ in range(r.randrange(3))] + [label(r).lower() if r.random() < 0.7 else r.choice(SMALL)]
    return " ".join(ws)


def base64_of(text):
    import base64
    return base64.b64encode(text.encode()).decode()


def value(r, kind):
    """One value for a slot of this kind."""
    def pick(alphabet, n):
        return "".join(r.choice(alphabet) for _ in range(n))
    m = re.match(r"(hex|HEX|UPPER|alnum|b64u)(\d+)$", kind)
    if m:
        return pick({"hex": "0123456789abcdef", "HEX": "0123456789ABCDEF", "UPPER": string.ascii_uppercase + string.digits,
                     "alnum": ALNUM, "b64u": ALNUM + "-_"}[m[1]], int(m[2]))
    h = pick("0123456789abcdef", 32)
    return {"b64": lambda: pick(ALNUM + "+/", r.choice([43, 64, 86])), "b64u": lambda: pick(ALNUM + "-_", r.choice([32, 43, 64])),
            "alnum": lambda: pick(ALNUM, r.choice([20, 32, 44])), "md5": lambda: h, "digits": lambda: pick(string.digits, 8), "d": lambda: pick(string.digits, 1),
            "bcrypt": lambda: r.choice(["$2" "a$", "$2" "b$", "$2" "y$"]) + r.choice(["04", "06", "10", "12"]) + "$" + pick(ALNUM + "./", 53),
            "crypt1": lambda: "$" "1$" + pick(ALNUM, 8) + "$" + pick(ALNUM + "./", 22),
            "crypt5": lambda: "$" "5$" + pick(ALNUM, 8) + "$" + pick(ALNUM + "./", 43),
            "crypt6": lambda: "$" "6$" + pick(ALNUM, 8) + "$" + pick(ALNUM + "./", 86),
            "argon": lambda: "$" "argon2id$v=19$m=1024,t=1,p=1$" + pick(ALNUM, 22) + "$" + pick(ALNUM + "/", 43),
            "ssha": lambda: "{SS" "HA}" + pick(ALNUM + "+/", 32),
            "uuid": lambda: f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}",
            "version": lambda: f"{r.randrange(20)}.{r.randrange(20)}.{r.randrange(20)}",
            "word": lambda: r.choice(humans.WORDS), "Word": lambda: r.choice(humans.WORDS).capitalize(), "name": lambda: r.choice(humans.NAMES),
            "CONST": lambda: (r.choice(humans.WORDS) + "_" + r.choice(humans.WORDS)).upper(),
            "choice": lambda: r.choice(CHOICES), "algo": lambda: r.choice(ALGOS), "wrong": lambda: r.choice(WRONG), "tester": lambda: tester(r), "shortid": lambda: r.choice([f"{h[:4]}-{h[4:16]}", f"{h[:8]}-{h[8:12]}-{h[12:16]}"]),
            "b64pass": lambda: base64_of(r.choice(["user", "alice", "bob", "admin", "test"]) + ":" + r.choice(["pass", "password", "passwd", "secret", "secret-passwd", "test", ""])),
            "b64known": lambda: base64_of(r.choice(KNOWN)),
            "b64label": lambda: base64_of(r.choice(["Username:", "Password:", "User:", "password"])),
            "label": lambda: label(r), "Label": lambda: sentence(r)}[kind]()


def fill(number, seed):
    """(path, bytes) of template `number`: nothing in it is a secret."""
    path, text = TEMPLATES[number % len(TEMPLATES)]
    r = random.Random(f"decoy{seed}:{number}")
    made = {}
    text = text.replace("{{", "\1").replace("}}", "\2")

    def slot(m):
        if m.group(0) not in made:
            made[m.group(0)] = value(r, m.group(1))
        return made[m.group(0)]

    text = re.sub(r"\{(\w+)(:\d+)?\}", slot, text)
    lines = text.split("\n")
    if r.random() < 0.5 and len(lines) > 2:
        del lines[r.randrange(len(lines) - 1)]
    return path, "\n".join(lines).replace("\1", "{").replace("\2", "}").replace("\3", "://").encode()
