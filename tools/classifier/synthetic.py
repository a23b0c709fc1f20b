# SPDX-License-Identifier: Apache-2.0
"""
Configuration files that the corpus has few of, made up from templates.

Each template is (path, text). A slot is {name} or {name:N} with N a number
that tells slots of one file apart; `pw` and its kin are the values that count,
the rest is scenery. fill() gives the same file with secrets or without.
"""
import base64
import random
import re
import string

import humans

TEMPLATES = [
    (".netrc", "machine {host}\n  login {user}\n  password {pw}\n\nmachine {host:2}\n\tlogin {user:2}\n\tpassword {key:2}\n"),
    (".netrc", "machine {host} login {user} password {pw}\n"),
    (".pgpass", "{host}:5432:{db}:{user}:{pw}\nlocalhost:5432:*:{user:2}:{pw:2}\n"),
    (".pgpass", "*:*:*:{user}:{pw}\n"),
    (".my.cnf", "[client]\nuser={user}\npassword={pw}\nhost={host}\n\n[mysqldump]\nuser = {user}\npassword = \"{pw}\"\n"),
    (".npmrc", "registry=https://{host}/\n//{host}/:_authToken={key}\n_auth={b64}\n//{host:2}/:_password={b64pw}\nemail={user}@{host}\n"),
    (".pypirc", "[distutils]\nindex-servers =\n    internal\n\n[internal]\nrepository: https://{host}/simple\nusername: {user}\npassword: {pw}\n"),
    (".env", "APP_ENV=production\nAPP_KEY=base64:{b64key}\nDB_HOST={host}\nDB_USERNAME={user}\nDB_PASSWORD={pw}\n\nREDIS_PASSWORD={pw:2}\nMAIL_USERNAME={user}@{host}\nMAIL_PASSWORD={pw:3}\nJWT_SECRET={key}\n"),
    (".env", "SECRET_KEY='{key}'\nDATABASE_URL=postgres://{user}:{pw}@{host}:5432/{db}\nSENTRY_AUTH_TOKEN={hex}\nexport API_TOKEN={key:2}\n"),
    (".env", "PASSWORD={pw}\nADMIN_PASS={pw:2}\nTOKEN={key}\n"),
    ("docker-compose.yml", "services:\n  db:\n    image: mysql:8\n    environment:\n      MYSQL_ROOT_PASSWORD: {pw}\n      MYSQL_USER: {user}\n      MYSQL_PASSWORD: \"{pw:2}\"\n  app:\n    environment:\n      - REDIS_PASSWORD={pw:3}\n      - SECRET_KEY_BASE={hex}\n    command: redis-server --requirepass {pw:4}\n"),
    ("Dockerfile", "FROM debian\nENV POSTGRES_PASSWORD {pw}\nENV API_KEY={key}\nARG NPM_TOKEN={key:2}\nRUN echo 'root:{pw:2}' | chpasswd\n"),
    ("wp-config.php", "<?php\ndefine('DB_NAME', '{db}');\ndefine('DB_USER', '{user}');\ndefine('DB_PASSWORD', '{pw}');\ndefine( 'AUTH_KEY',         '{salt}' );\ndefine( 'SECURE_AUTH_KEY',  '{salt:2}' );\ndefine('NONCE_SALT', '{salt:3}');\n"),
    ("config.php", "<?php\n$host = '{host}';\n$dbuser = \"{user}\";\n$dbpass = \"{pw}\";\n$db['default']['password'] = '{pw:2}';\n$link = mysqli_connect($host, $dbuser, $dbpass);\n"),
    ("config.inc.php", "<?php\n$cfg['Servers'][$i]['user'] = '{user}';\n$cfg['Servers'][$i]['password'] = '{pw}';\n$cfg['blowfish_secret'] = '{key}';\n"),
    ("settings.py", "DATABASES = {{\n    'default': {{\n        'ENGINE': 'django.db.backends.postgresql',\n        'NAME': '{db}',\n        'USER': '{user}',\n        'PASSWORD': '{pw}',\n        'HOST': '{host}',\n    }}\n}}\nSECRET_KEY = '{salt}'\nEMAIL_HOST_PASSWORD = '{pw:2}'\n"),
    ("database.yml", "production:\n  adapter: postgresql\n  host: {host}\n  database: {db}\n  username: {user}\n  password: {pw}\n\nstaging:\n  username: {user}\n  password: '{pw:2}'\n"),
    ("secrets.yml", "production:\n  secret_key_base: {hex128}\n  api_token: {key}\n"),
    ("mongoid.yml", "production:\n  sessions:\n    default:\n      database: {db}\n      username: {user}\n      password: {pw}\n      hosts:\n        - {host}:27017\n"),
    ("application.properties", "spring.datasource.url=jdbc:mysql://{host}:3306/{db}?user={user}&password={pw}\nspring.datasource.username={user}\nspring.datasource.password={pw:2}\njwt.secret={key}\nspring.mail.password = {pw:3}\n"),
    ("application.yml", "spring:\n  datasource:\n    url: jdbc:postgresql://{host}/{db}\n    username: {user}\n    password: {pw}\n  redis:\n    password: {pw:2}\n  security:\n    oauth2:\n      client-id: {user:2}\n      client-secret: {key}\n"),
    ("web.config", "<configuration>\n  <connectionStrings>\n    <add name=\"Main\" connectionString=\"Server={host};Database={db};User Id={user};Password={pw};\" providerName=\"System.Data.SqlClient\" />\n  </connectionStrings>\n  <appSettings>\n    <add key=\"ApiKey\" value=\"{key}\" />\n    <add key=\"SmtpPassword\" value=\"{pw:2}\"/>\n  </appSettings>\n</configuration>\n"),
    ("appsettings.json", "{{\n  \"ConnectionStrings\": {{\n    \"Default\": \"Data Source={host};Initial Catalog={db};uid={user};pwd={pw};\"\n  }},\n  \"Jwt\": {{ \"Secret\": \"{key}\", \"Issuer\": \"{host:2}\" }},\n  \"Smtp\": {{ \"User\": \"{user}\", \"Password\": \"{pw:2}\" }}\n}}\n"),
    ("config.json", "{{\n\t\"auths\": {{\n\t\t\"https://{host}/v1/\": {{\n\t\t\t\"auth\": \"{b64}\",\n\t\t\t\"email\": \"{user}@{host}\"\n\t\t}}\n\t}}\n}}\n"),
    (".dockercfg", "{{\"https://{host}/v1/\":{{\"auth\":\"{b64}\",\"email\":\"{user}@{host}\"}}}}\n"),
    ("config", "apiVersion: v1\nkind: Config\nusers:\n- name: {user}\n  user:\n    client-key-data: {b64key}{b64key:2}\n    token: {key}\n- name: basic\n  user:\n    username: {user:2}\n    password: {pw}\n"),
    ("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {db}\ntype: Opaque\ndata:\n  username: {b64user}\n  password: {b64pw}\n  api-key: {b64pw:2}\n"),
    ("deployment.yaml", "        env:\n        - name: DB_PASSWORD\n          value: {pw}\n        - name: API_TOKEN\n          value: \"{key}\"\n        - name: LOG_LEVEL\n          value: info\n"),
    ("terraform.tfvars", "region = \"eu-west-1\"\ndb_username = \"{user}\"\ndb_password = \"{pw}\"\napi_token   = \"{key}\"\n"),
    ("main.tf", "resource \"aws_db_instance\" \"main\" {{\n  username = \"{user}\"\n  password = \"{pw}\"\n}}\n\nprovider \"x\" {{\n  secret_key = \"{key}\"\n  access_key = \"{key:2}\"\n}}\n"),
    ("terraform.tfstate", "            \"attributes\": {{\n              \"address\": \"{host}\",\n              \"master_password\": \"{pw}\",\n              \"password\": \"{pw:2}\",\n              \"username\": \"{user}\"\n            }},\n"),
    ("hosts.ini", "[web]\n{host} ansible_user={user} ansible_ssh_pass={pw} ansible_become_pass={pw:2}\n"),
    ("group_vars/all.yml", "ansible_become_password: {pw}\nmysql_root_password: \"{pw:2}\"\nvault_api_token: {key}\n"),
    ("credentials.xml", "<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>\n  <id>{db}</id>\n  <username>{user}</username>\n  <password>\x01{b64key}\x02</password>\n</com.cloudbees>\n<privateKeySource><passphrase>{pw}</passphrase></privateKeySource>\n<secret>{key}</secret>\n"),
    ("settings.xml", "<servers>\n  <server>\n    <id>{db}</id>\n    <username>{user}</username>\n    <password>{pw}</password>\n  </server>\n</servers>\n"),
    ("gradle.properties", "signing.keyId=ABCDEF01\nsigning.password={pw}\nnexusUsername={user}\nnexusPassword={pw:2}\n"),
    (".git-credentials", "https://{user}:{pw}@{host}\nhttps://{user:2}:{key}@{host:2}\n"),
    ("sftp-config.json", "{{\n    \"type\": \"sftp\",\n    \"host\": \"{host}\",\n    \"user\": \"{user}\",\n    \"password\": \"{pw}\",\n    //\"port\": \"22\",\n    \"remote_path\": \"/var/www/\",\n    //\"ssh_key_file\": \"~/.ssh/id_rsa\",\n}}\n"),
    (".ftpconfig", "{{\n    \"protocol\": \"sftp\",\n    \"host\": \"{host}\",\n    \"user\": \"{user}\",\n    \"pass\": \"{pw}\",\n    \"passphrase\": \"{pw:2}\",\n    \"keepalive\": 10000\n}}\n"),
    ("sitemanager.xml", "<Server>\n  <Host>{host}</Host>\n  <Port>21</Port>\n  <User>{user}</User>\n  <Pass>{pw}</Pass>\n</Server>\n<Server>\n  <User>{user:2}</User>\n  <Pass encoding=\"base64\">{b64pw}</Pass>\n</Server>\n"),
    (".s3cfg", "[default]\naccess_key = {upper}\nsecret_key = {key40}\ngpg_passphrase = {pw}\nbucket_location = US\n"),
    (".boto", "[Credentials]\naws_access_key_id = {upper}\naws_secret_access_key = {key40}\n"),
    ("credentials", "[default]\naws_access_key_id={upper}\naws_secret_access_key={key40}\naws_session_token={b64key}{b64key:2}\n"),
    ("robomongo.json", "{{\n    \"connections\" : [\n        {{\n            \"serverHost\" : \"{host}\",\n            \"credentials\" : [\n                {{\n                    \"databaseName\" : \"{db}\",\n                    \"userName\" : \"{user}\",\n                    \"userPassword\" : \"{pw}\"\n"),
    ("server.ini", "[Server]\nName={db}\nAdminPassword={pw}\nPassword={pw:2}\nPort=3784\n"),
    ("proftpd.passwd", "{user}:{crypt}:1001:1001::/home/{user}:/bin/bash\n{user:2}:{crypt:2}:1002:1002::/srv:/bin/false\n"),
    ("shadow", "root:{crypt}:17000:0:99999:7:::\ndaemon:*:17000:0:99999:7:::\n{user}:{crypt:2}:17000:0:99999:7:::\n"),
    (".htpasswd", "{user}:{crypt}\n{user:2}:{crypt:2}\n"),
    (".esmtprc", "identity \"{user}@{host}\"\nhostname \"{host}:587\"\nusername \"{user}\"\npassword \"{pw}\"\nstarttls required\n"),
    (".msmtprc", "account default\nhost {host}\nport 587\nuser {user}\npassword {pw}\nauth on\n"),
    (".muttrc", "set imap_user = \"{user}@{host}\"\nset imap_pass = \"{pw}\"\nset smtp_url = \"smtps://{user}:{pw:2}@{host}:465/\"\nset smtp_pass=\"{pw:3}\"\n"),
    ("irssi.conf", "servers = (\n  {{\n    address = \"{host}\";\n    chatnet = \"net\";\n    password = \"{pw}\";\n    autosendcmd = \"/msg nickserv identify {pw:2}\";\n  }}\n);\n"),
    (".bash_history", "ls -la\ncd /srv\nmysql -u {user} -p{pw} {db}\ncurl -u {user}:{pw:2} https://{host}/api\nexport API_TOKEN={key}\nsshpass -p {pw:3} ssh {user}@{host}\nPGPASSWORD={pw:4} psql -h {host} {db}\ndocker login -u {user} -p {pw:5}\nhtop\n"),
    (".bashrc", "alias ll='ls -l'\nexport EDITOR=vim\nexport DB_PASS={pw}\nexport GITLAB_TOKEN=\"{key}\"\nexport HOMEBREW_GITHUB_API_TOKEN={hex40}\n"),
    ("dump.sql", "INSERT INTO `users` VALUES (1,'{user}','{user}@{host}','{bcrypt}');\nCREATE USER '{user}'@'localhost' IDENTIFIED BY '{pw}';\nGRANT ALL ON *.* TO '{user}'@'%' IDENTIFIED BY \"{pw:2}\";\nALTER USER {user:2} WITH PASSWORD '{pw:3}';\nSET PASSWORD FOR 'root'@'localhost' = PASSWORD('{pw:4}');\n"),
    ("id.ppk", "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: {user}\nPrivate-Lines: 8\n{b64key}{b64key:2}\nPrivate-MAC: 1aef7892ef8d\n"),
    ("client.ovpn", "remote {host} 1194\n<auth-user-pass>\n{user}\n</auth-user-pass>\n-----BEGIN OpenVPN Static key V1-----\n{hex}\n{hex:2}\n-----END OpenVPN Static key V1-----\n"),
    ("wpa_supplicant.conf", "network={{\n    ssid=\"{db}\"\n    psk=\"{pw}\"\n    key_mgmt=WPA-PSK\n}}\nnetwork={{\n    ssid=\"x\"\n    wep_key0=\"{pw:2}\"\n}}\n"),
    ("hub", "github.com:\n- user: {user}\n  oauth_token: {hex40}\n  protocol: https\n"),
    ("heroku.json", "{{\n  \"HEROKU_API_KEY\": \"{key}\",\n  \"HEROKU_EMAIL\": \"{user}@{host}\",\n  \"password\": \"{pw}\"\n}}\n"),
    (".tugboat", "---\nauthentication:\n  client_key: {hex32}\n  api_key: {hex32:2}\n  access_token: {hex}\nssh:\n  ssh_user: {user}\n"),
    ("logins.json", "{{\"logins\":[{{\"id\":1,\"hostname\":\"https://{host}\",\"encryptedUsername\":\"{b64key}\",\"encryptedPassword\":\"{b64key:2}\",\"guid\":\"x\"}}]}}\n"),
    ("data-sources.xml", "<connection host=\"{host}\" port=\"5432\" database=\"{db}\" user=\"{user}\" password=\"{pw}\" type=\"dev\">\n"),
    ("tomcat-users.xml", "<tomcat-users>\n  <role rolename=\"manager\"/>\n  <user username=\"{user}\" password=\"{pw}\" roles=\"manager-gui\"/>\n</tomcat-users>\n"),
    ("unattend.xml", "<AutoLogon>\n  <Password>\n    <Value>{pw}</Value>\n    <PlainText>true</PlainText>\n  </Password>\n  <Username>{user}</Username>\n</AutoLogon>\n"),
    ("running-config", "hostname {db}\nenable secret 5 {md5crypt}\nusername {user} password 0 {pw}\nsnmp-server community {pw:2} RO\n"),
    ("redis.conf", "bind 127.0.0.1\nrequirepass {pw}\nmasterauth {pw:2}\nappendonly yes\n"),
    ("main.cf.ldif", "dn: uid={user},dc=x\nuid: {user}\nuserPassword: {pw}\n\ndn: uid={user:2},dc=x\nuserPassword:: {b64pw}\nuserPassword: {ssha}\n"),
    ("pjsip.conf", "[{user}]\ntype=auth\nauth_type=userpass\nusername={user}\npassword={pw}\nsecret={pw:2}\n"),
    ("smb.cred", "username={user}\npassword={pw}\ndomain=CORP\n"),
    ("index.js", "const conn = new Client({{\n  host: '{host}',\n  user: '{user}',\n  password: '{pw}',\n  database: '{db}'\n}});\nconst apiKey = '{key}';\naxios.defaults.headers.common['Authorization'] = 'Bearer {key:2}';\n"),
    ("app.py", "import requests\n\nconn = psycopg2.connect(host='{host}', user='{user}', password='{pw}')\nAPI_KEY = \"{key}\"\nrequests.get(url, headers={{'X-Api-Key': '{key:2}'}}, auth=('{user}', password))\nclient = Client(token='{key:3}')\n"),
    ("Main.java", "public class Main {{\n    private static final String DB_PASSWORD = \"{pw}\";\n    private String apiSecret = \"{key}\";\n    Connection c = DriverManager.getConnection(\"jdbc:mysql://{host}/{db}\", \"{user}\", password);\n    void f() {{ ds.setPassword(\"{pw:2}\"); props.put(\"password\", \"{pw:3}\"); }}\n}}\n"),
    ("main.go", "const dsn = \"{user}:{pw}@tcp({host}:3306)/{db}\"\nvar jwtSecret = []byte(\"{key}\")\n\tcfg := Config{{User: \"{user}\", Password: \"{pw:2}\", APIKey: \"{key:2}\"}}\n\tos.Setenv(\"DB_PASSWORD\", \"{pw:3}\")\n"),
    ("Program.cs", "var conn = \"Server={host};Database={db};User Id={user};Password={pw};TrustServerCertificate=True\";\npublic const string ApiKey = \"{key}\";\nnew NetworkCredential(\"{user}\", \"x\") {{ Password = \"{pw:2}\" }};\n"),
    ("app.rb", "config.password = '{pw}'\nActiveRecord::Base.establish_connection(username: '{user}', password: \"{pw:2}\")\nsecret_token = '{hex}'\nENV['API_KEY'] ||= '{key}'\n"),
    ("deploy.sh", "#!/bin/sh\nPASSWORD=\"{pw}\"\nTOKEN={key}\ncurl -s -H \"Authorization: Bearer {key:2}\" https://{host}/v1\ncurl --user {user}:{pw:2} ftp://{host}/\nmysqldump -h{host} -u{user} -p'{pw:3}' {db} > out.sql\necho \"{pw:4}\" | sudo -S true\n"),
    ("deploy.ps1", "$password = \"{pw}\"\n$secure = ConvertTo-SecureString -String \"{pw}\" -AsPlainText -Force\n$apiKey = '{key}'\nnet use Z: \\\\{host}\\share /user:{user} \"x\"\n"),
    ("notes.md", "# Access\n\n- host: {host}\n- user: {user}\n- password: {pw}\n- **Password:** `{pw:2}`\n\n| login | password |\n|---|---|\n\nDB password is {pw:3}\n"),
    ("app.log", "2023-04-01 10:00:00 INFO connecting user={user} password={pw} host={host}\n2023-04-01 10:00:01 DEBUG GET /api?api_key={key}&x=1 200\n2023-04-01 10:00:02 DEBUG headers: Authorization: Basic {b64}\n"),
    ("nb.ipynb", "   \"source\": [\n    \"import os\\n\",\n    \"password = \\\"{pw}\\\"\\n\",\n    \"api_key = '{key}'\\n\"\n   ]\n"),
    ("patch.diff", "--- a/conf\n+++ b/conf\n@@ -1,3 +1,3 @@\n user: {user}\n-password: {pw}\n+password: {pw:2}\n+token: \"{key}\"\n"),
    ("embedded.yaml", "data:\n  config.json: |\n    {{\"db\": {{\"url\": \"mysql://{user}:{pw}@{host}/{db}\", \"api_key\": \"{key}\"}}}}\n"),
    ("commented.conf", "# old: db_password = {pw}\n; secret={key}\n// const token = \"{key:2}\";\n# password: {pw:2}\n"),
    ("machine.config", "<machineKey validationKey=\"{HEXU}\" decryptionKey=\"{HEXU:2}\" validation=\"SHA1\" />\n<appSettings><add key=\"StorageKey\" value=\"{b64key}\" /></appSettings>\n"),
    ("LocalSettings.php", "<?php\n$wgDBuser = \"{user}\";\n$wgDBpassword = \"{pw}\";\n$wgSecretKey = \"{hex}\";\n$wgUpgradeKey = \"{hex16}\";\n"),
    ("wifi.conf", "network={{\n  ssid=\"{db}\"\n  psk=\"{pw}\"\n}}\nwifi_psk: {pw:2}\nwpa_passphrase={pw:3}\n"),
    ("backup.sql", "INSERT INTO `users` VALUES (1,'{user}','{user}@{host}','{hex32}'),(2,'{user:2}','x','{hex40}');\nINSERT INTO api_tokens VALUES (7, '{hex40:2}');\n"),
    ("jupyter.json", "{{\"NotebookApp\": {{\"password\": \"sha1:{hex12}:{hex40}\"}}}}\nc.NotebookApp.password = 'sha1:{hex12:2}:{hex40:2}'\n"),
    ("users.sql", "INSERT INTO users (id, username, password, email) VALUES (1, '{user}', '{pw}', '{user}@{host}'), (2, '{user:2}', '{bcrypt}', 'x');\n"),
    ("dump2.sql", "INSERT INTO `api_clients` (`id`, `name`, `api_token`) VALUES\n(1, '{user}', '{key}'),\n(2, '{user:2}', '{hex40}');\n"),
    ("accounts.csv", "host,username,password\n{host},{user},{pw}\n{host:2},{user:2},{pw:2}\n"),
    ("export.csv", "\"name\";\"login\";\"password\";\"url\"\n\"{db}\";\"{user}\";\"{pw}\";\"https://{host}\"\n"),
    ("access.md", "| host | user | password |\n| --- | --- | --- |\n| {host} | {user} | {pw} |\n| {host:2} | {user:2} | `{pw:2}` |\n"),
    ("bot.py", "login, password = '{user}', '{pw}'\nuser, token = \"{user}\", \"{key}\"\nvk = Api('{user}', '{pw}')\n"),
    ("pair.go", "\tuser, password := \"{user}\", \"{pw}\"\n\tsecretData, _ := hex.DecodeString(\"{hex32}\")\n"),
    ("connect.php", "<?php\n$link = mysqli_connect(\"{host}\", \"{user}\", \"{pw}\", \"{db}\");\n$pdo = new PDO('mysql:host={host};dbname={db}', '{user}', '{pw:2}');\nftp_login($c, '{user}', '{pw:3}');\n"),
    ("Db.java", "Connection c = DriverManager.getConnection(\"jdbc:mysql://{host}/{db}\", \"{user}\", \"{pw}\");\n"),
    ("force.js", "const conn = new jsforce.Connection({{}});\nconn.login('{user}@{host}', '{pw}', (err) => {{}});\nimap.login(\"{user}\", \"{pw:2}\");\n"),
    ("Mail.cs", "client.Credentials = new NetworkCredential(\"{user}@{host}\", \"{pw}\");\nsecurePassword = (string) \"{pw:2}\";\n"),
    ("tokens.json", "{{\"id\": 7, \"tokens\": [\"{hex16}\", \"{hex16:2}\"], \"state\": \"online\"}}\n"),
    ("cassette.yml", "      string: '{{\"response\":[{{\"id\":490215,\"color\":null,\"tokens\":[\"{hex16}\",\"{hex16:2}\"],\"state\":\"online\"}}]}}'\n      - session={key}; path=/\n"),
    ("recorded.json", "{{\"status\": 200, \"body\": \"{{\\\"access_token\\\":\\\"{key}\\\",\\\"expires_in\\\":3600,\\\"refresh_token\\\":\\\"{hex32}\\\"}}\"}}\n"),
    ("key.go", "var secretKey = []byte{{ {bytes} }}\n"),
    ("crypto.c", "static const unsigned char aes_key[] = {{\n    {bytes}\n}};\n"),
    ("jwk.json", "{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{b64url43}\",\"y\":\"{b64url43:2}\",\"d\":\"{b64url43:3}\"}}\n"),
    ("jwk.mjs", "  d: '{b64url43}',\n"),
    ("login.ts", "await page.fill('#user', '{user}');\nawait page.fill('#password', '{pw}');\nconst body = {{ email: '{user}@{host}', password: '{pw:2}', remember: true }};\n"),
    ("filezilla.xml", "    <Setting name=\"FTP Proxy password\" type=\"string\">{pw}</Setting>\n    <Setting name=\"Proxy password\">{pw:2}</Setting>\n"),
    ("WebServers.xml", "<fileTransfer host=\"{host}\" port=\"22\" username=\"{user}\" password=\"{hex32}\" rootFolder=\"/\">\n"),
    ("WinSCP.ini", "[Sessions\\{user}@{host}]\nHostName={host}\nUserName={user}\nPassword={HEXU}\n"),
    ("firefox.json", "\"encryptedUsername\":\"MDIEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECN{key40}\",\n\"encryptedPassword\":\"MDoEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECK{key40:2}\",\n"),
    ("ansible.yml", "mysql_users:\n  - {{ name: {user}, password: {pw}, priv: '*.*:ALL' }}\nwifi_psk: {pw:2}\nusers: [{{user: {user}, password: {pw:3} }}]\n"),
    ("session.js", "app.use(session({{\n  secret: '{pw}',\n  resave: false\n}}));\napp.use(cookieParser('{pw:2}'));\nconst token = jwt.sign(user, '{pw:3}');\n"),
    ("values.yaml", "auth:\n  username: {user}\n  postgresPassword: {pw}\nsmtp:\n  pass: {pw:2}\nadminPassword: \"{pw:3}\"\n"),
    ("nats.go", "nc, err := nats.Connect(fmt.Sprintf(\"nats://{user}:{short}@%s:%d\", opts.Host, opts.Port))\nusers: [ {{user: svc, password: {short:2} }} ]\n"),
    ("short.py", "con = pymysql.Connect(host=\"{host}\", user=\"root\", password=\"{short}\", database=\"{db}\")\n\"passwd\": \"{short:2}\",\n"),
    ("oauth.java", "params.put(\"oauth_token\", \"{key}\");\nheader(\"X-Auth-Token\", \"{key:2}\");\nclient.setApiKey(\"{key:3}\");\n"),
    ("celery.py", "broker_url = 'amqp://{user}:{pw}@{host}:5672//'\nresult_backend = \"redis://:{pw:2}@{host:2}:6379/0\"\nMONGO = \"mongodb://{user}:{pw:3}@{host}:27017/{db}?authSource=admin\"\n"),
    ("history.txt", "ldapmodify -D cn=admin,dc=x -w {pw} -f a.ldif\nmongodump -h {host} -u {user} -p {pw:2} --db {db}\nsqlcmd -S {host} -U {user} -P {pw:3} -Q 'select 1'\nmosquitto_sub -h {host} -u {user} -P {pw:4} -t x\n"),
    ("run.sh", "echo '{user}:{pw}' | chpasswd\necho \"{pw:2}\" | sudo -S reboot\nsmbclient //{host}/share -U {user}%{pw:3}\nlftp -u {user},{pw:4} {host}\nopenssl enc -aes-256-cbc -k {pw:5} -in a -out b\n"),
    ("setup.sh", "htpasswd -bc /etc/htpasswd {user} {pw}\nrabbitmqctl add_user {user} {pw:2}\nvault login {key}\nkeytool -genkey -alias {db} -storepass {pw:3} -keypass {pw:4}\ngpg --batch --passphrase {pw:5} -d a.gpg\nzip -P {pw:6} a.zip a\n"),
    ("setup.bat", "net use Z: \\\\{db}\\share {pw} /user:{user}\nnet user {user} {pw:2} /add\nschtasks /create /tn x /ru {user} /rp {pw:3}\nset PASSWORD={pw:4}\npsexec \\\\{db} -u {user} -p {pw:5} cmd\n"),
    ("deploy2.sh", "podman login -u {user} -p {pw} {host}\nwget --user={user} --password={pw:2} https://{host}/a\nsvn co --username {user} --password {pw:3} https://{host}/svn\nredis-cli -h {host} -a {pw:4} ping\nmysql -h {host} -u {user} -p{pw:5} {db} -e 'x'\naws configure set aws_secret_access_key {key40}\n"),
    ("tool.sh", "tool --host {host} -username {user} -password {pw} run\ntool --passphrase {pw:2} sign x\nexport {db}_PASSWORD={pw:3}\nvncserver -passwd {pw:4}\n"),
    ("ci.yml", "script:\n  - docker login -u {user} -p {pw} $REGISTRY\n  - curl -u {user}:{pw:2} -T a https://{host}/a\nvariables:\n  DB_PASS: \"{pw:3}\"\n  API_TOKEN: {key}\n"),
    ("router.conf", "hostname {db}\nenable password {pw}\nusername {user} privilege 15 secret {pw:2}\nsnmp-server community {pw:3} RO\ntacacs-server key {pw:4}\ncrypto isakmp key {pw:5} address 10.0.0.1\n neighbor 10.0.0.2 password {pw:6}\n"),
    ("snmpd.conf", "rocommunity {pw}\nrwcommunity {pw:2} 10.0.0.0/8\nsyslocation x\n"),
    ("junos.conf", "        encrypted-password \"{crypt}\"; ## SECRET-DATA\n    pre-shared-key ascii-text \"{pw}\";\n    secret \"{pw:2}\";\n"),
    ("ipsec.secrets", "{host} %any : PSK \"{pw}\"\n: PSK {key}\n{user} : EAP \"{pw:2}\"\n"),
    ("up.ovpn", "remote {host}\n<auth-user-pass>\n{user}\n{pw}\n</auth-user-pass>\nverb 3\n"),
    ("passmaps", "[{host}]:587 {user}:{pw}\n[{host:2}]:465 {user:2}:{pw:2}\n"),
    ("dovecot.users", "{user}@{db}.org:{{PLAIN}}{pw}:1000:1000\n{user:2}@{db}.org:{{PLAIN}}{pw:2}:1000:1000\n"),
    ("users.acl", "user default off\nuser {user} on >{pw} ~* +@all\nuser {user:2} on >{key} ~a* +@read\n"),
    ("slapd.conf", "suffix \"dc=x\"\nrootdn \"cn=admin\"\nrootpw {pw}\nbinddn cn=ro\nbindpw {pw:2}\n"),
    ("haproxy.cfg", "  stats enable\n  stats auth {user}:{pw}\nuserlist u\n  user {user:2} insecure-password {pw:2}\n"),
    ("clients.conf", "client {db} {{\n  ipaddr = {host}\n  secret = {pw}\n}}\n{user} Cleartext-Password := \"{pw:2}\"\n"),
    ("jaas.conf", "KafkaServer {{\n  org.apache.kafka.common.security.plain.PlainLoginModule required\n  username=\"{user}\"\n  password=\"{pw}\";\n}};\n"),
    ("variables.tf", "variable \"db_password\" {{\n  type      = string\n  default   = \"{pw}\"\n  sensitive = true\n}}\nvariable \"api_token\" {{\n  default = \"{key}\"\n}}\n"),
    ("vars.tf", "  admin_password = \"{pw}\"\n  client_secret  = \"{key}\"\n  connection_string = \"Server=tcp:{host};User ID={user};Password={pw:2};\"\n"),
    ("auth.py", "r = requests.get(url, auth=(\"{user}\", \"{pw}\"))\nauth = HTTPBasicAuth('{user}', '{pw:2}')\nserver.login(\"{user}@{db}.org\", \"{pw:3}\")\nl.simple_bind_s(\"cn={user},dc=x\", \"{pw:4}\")\ntoken = jwt.encode(payload, \"{pw:5}\", algorithm=\"HS256\")\n"),
    ("config.py", "class Config:\n    SECRET_KEY = os.environ.get('SECRET_KEY') or '{pw}'\n    DB_PASSWORD = os.getenv(\"DB_PASSWORD\", \"{pw:2}\")\napp.config['SECRET_KEY'] = '{pw:3}'\nparser.add_argument('--password', default='{pw:4}')\n"),
    ("db.js", "const sequelize = new Sequelize('{db}', '{user}', '{pw}', {{ host: '{host}' }});\nconst secret = process.env.JWT_SECRET || '{pw:2}';\nconst hmac = crypto.createHmac('sha256', '{pw:3}');\nmodule.exports = {{ password: process.env.PASS || '{pw:4}', pass: '{pw:5}' }};\n"),
    ("mailer.js", "const t = nodemailer.createTransport({{\n  host: '{host}',\n  auth: {{ user: '{user}', pass: '{pw}' }}\n}});\njwt.sign(payload, '{pw:2}', {{ expiresIn: '1h' }});\n"),
    ("client.go", "\treq.SetBasicAuth(\"{user}\", \"{pw}\")\n\tauth := smtp.PlainAuth(\"\", \"{user}@{db}.org\", \"{pw:2}\", \"{host}\")\n\tpassword := flag.String(\"password\", \"{pw:3}\", \"the password\")\n\tclient := New(\"{host}\", WithPassword(\"{pw:4}\"))\n"),
    ("client.rb", "  request.basic_auth('{user}', '{pw}')\n  http_basic_authenticate_with name: '{user}', password: '{pw:2}'\n  Net::SSH.start('{host}', '{user}', password: '{pw:3}')\n"),
    ("client.rs", "    let client = client.basic_auth(\"{user}\", Some(\"{pw}\"));\n    let token = \"{key}\".to_string();\n    let password = String::from(\"{pw:2}\");\n"),
    ("Client.java", "  new UsernamePasswordCredentials(\"{user}\", \"{pw}\");\n  return new PasswordAuthentication(\"{user}\", \"{pw:2}\".toCharArray());\n  String password = \"{pw:3}\";\n  builder.withUsername(\"{user}\").withPassword(\"{pw:4}\");\n  props.setProperty(\"mail.password\", \"{pw:5}\");\n"),
    ("App.swift", "let apiSecret = \"{key}\"\nlet password: String = \"{pw}\"\nstatic let clientSecret = \"{key:2}\"\n"),
    ("main.dart", "final String apiKey = '{key}';\nconst password = '{pw}';\nvar auth = Auth(user: '{user}', password: '{pw:2}');\n"),
    ("wifi.ino", "#define WIFI_SSID \"{db}\"\n#define WIFI_PASS \"{pw}\"\nconst char* password = \"{pw:2}\";\n#define API_KEY @\"{key}\"\n"),
    ("curl.c", "mysql_real_connect(con, \"{host}\", \"{user}\", \"{pw}\", \"{db}\", 0, NULL, 0);\ncurl_easy_setopt(c, CURLOPT_USERPWD, \"{user}:{pw:2}\");\n"),
    ("conn.pl", "my $dbh = DBI->connect(\"dbi:mysql:{db}\", \"{user}\", \"{pw}\");\nmy $password = '{pw:2}';\n"),
    ("sys.config", "{{user, \"{user}\"}},\n{{password, \"{pw}\"}},\n{{cookie, \"{key}\"}}\n"),
    ("app.vb", "Dim password As String = \"{pw}\"\nDim conn As String = \"Data Source={host};User ID={user};Password={pw:2}\"\n"),
    ("install.ps1", "$pw = ConvertTo-SecureString '{pw}' -AsPlainText -Force\nNew-LocalUser {user} -Password (ConvertTo-SecureString \"{pw:2}\" -AsPlainText -Force)\nInvoke-Sqlcmd -Username {user} -Password '{pw:3}' -Query x\n$headers = @{{ 'X-Api-Key' = '{key}' }}\n"),
    ("local.settings.json", "\"AzureWebJobsStorage\": \"DefaultEndpointsProtocol=https;AccountName={db};AccountKey={b64key}{b64key:2}\",\n\"Jwt\": {{ \"Issuer\": \"{db}\", \"Key\": \"{pw}\" }},\n\"Tokens\": {{ \"Key\": \"{key}\" }},\n\"ServiceBus\": \"Endpoint=sb://{host}/;SharedAccessKeyName=Root;SharedAccessKey={b64key:3}\"\n"),
    ("postman.json", "\"auth\": {{ \"type\": \"basic\", \"basic\": [ {{ \"key\": \"username\", \"value\": \"{user}\" }}, {{ \"key\": \"password\", \"value\": \"{pw}\", \"type\": \"string\" }} ] }},\n{{ \"key\": \"apiKey\", \"value\": \"{key}\" }}\n"),
    ("creds.json", "{{\"credentials\": {{\"{user}\": \"{pw}\", \"{user:2}\": \"{pw:2}\" }}, \"apikeys\": [\"{key}\", \"{key:2}\"]}}\n"),
    ("settings.plist", "\t<key>Username</key>\n\t<string>{user}</string>\n\t<key>Password</key>\n\t<string>{pw}</string>\n\t<key>ApiToken</key>\n\t<string>{key}</string>\n"),
    ("web.xml", "<init-param>\n  <param-name>password</param-name>\n  <param-value>{pw}</param-value>\n</init-param>\n<context-param><param-name>db.pass</param-name><param-value>{pw:2}</param-value></context-param>\n"),
    ("beans.xml", "<bean id=\"ds\">\n  <property name=\"username\" value=\"{user}\"/>\n  <property name=\"password\" value=\"{pw}\"/>\n</bean>\n<property name=\"hibernate.connection.password\">{pw:2}</property>\n<property name=\"secret\"><value>{pw:3}</value></property>\n"),
    ("magento.xml", "<connection>\n  <host><![CDATA[{host}]]></host>\n  <username><![CDATA[{user}]]></username>\n  <password><![CDATA[{pw}]]></password>\n</connection>\n<key><![CDATA[{hex32}]]></key>\n"),
    ("GroupPolicy.xml", "<Credentials>\n  <Domain>{db}</Domain>\n  <Username>{user}</Username>\n  <Password>{pw}</Password>\n</Credentials>\n<Pass>{pw:2}</Pass>\n<passphrase>{pw:3}</passphrase>\n"),
    ("sign.gradle", "signingConfigs {{\n  release {{\n    storeFile file('x.jks')\n    storePassword '{pw}'\n    keyAlias '{db}'\n    keyPassword \"{pw:2}\"\n  }}\n}}\n"),
    ("settings2.php", "$databases['default']['default'] = [\n  'username' => '{user}',\n  'password' => '{pw}',\n];\n$settings['hash_salt'] = '{key}';\n$config['smtp']['password'] = \"{pw:2}\";\n'crypt' => [ 'key' => '{hex32}' ],\n"),
    ("recovery.conf", "primary_conninfo = 'host={host} port=5432 user={user} password={pw}'\n"),
    ("access.log", "10.0.0.7 - - \"GET /login?user={user}&password={pw} HTTP/1.1\" 200\nPOST /oauth grant_type=password&username={user:2}&password={pw:2}&client_secret={key}\n2024-01-01 ERROR login failed for {user} with password '{pw:3}'\n"),
    ("team.txt", "VPN\nuser: {user}\npass: {pw}\npw = {pw:2}\nLogin: {user:2} / Password: {pw:3}\nThe root password is {pw:4}\n"),
    ("zh.md", "\u8d26\u53f7\uff1a{user}\npassword\uff1a{pw}\nSenha: {pw:2}\nPasswort: {pw:3}\nmot de passe : {pw:4}\ncontrase\u00f1a: {pw:5}\n"),
    ("ini.cfg", "[smtp]\nhost = {host}\nuser = {user}\npassword = {dotted}\n[ldap]\nbind_password = {pw}\nadmin_pw = {pw:2}\n"),
    ("key.pem.txt", "privateKey: MIIEvgIBADANBgkqhkiG9w0BAQEFAASC{b64key}{b64key:2}{b64key:3}\n"),
    ("alert.yml", "receivers:\n  - name: x\n    pagerduty_configs:\n      - service_key: {hex32}\n    smtp_auth_password: '{pw}'\nxpack.encryptionKey: \"{key}\"\nsecret-key: \"{pw:2}\"\n"),
    ("phrases.conf", "[client]\npassword = \"{phrase}\"\nnetwork={{\n  ssid=\"{db}\"\n  psk=\"{phrase:2}\"\n}}\n: PSK \"{phrase:3}\"\nconninfo = \"dbname={db} user={user} password='{phrase:4}'\"\n"),
    (".pgpass", "{host}:5432:{db}:{user}:{phrase}\n*:*:*:{user:2}:{phrase:2}\n"),
    ("smtp.env", "MAIL_USERNAME={user}@{host}\nMAIL_PASSWORD=\"{apppw}\"\nSMTP_PASS='{apppw:2}'\n"),
    ("routes.cfg", "radius-server host 10.0.0.3 key {pw}\ntacacs-server host 10.0.0.4 key {pw:2}\n ip ospf message-digest-key 1 md5 {pw:3}\n"),
    ("more.sh", "http -a {user}:{pw} https://{host}/\nzkCli.sh addauth digest super:{pw:2}\ncache_peer {host} parent 3128 0 login={user}:{pw:3}\n"),
    ("resource.cfg", "$USER1$=/usr/lib/nagios/plugins\n$USER3$={pw}\n$USER4$={pw:2}\n"),
    ("svn.simple", "K 8\npassword\nV 9\n{pw}\nK 8\nusername\nV 3\n{user}\nEND\n"),
    ("quote.pl", "my $password = q\x01{pw}\x02;\nour $secret = qq({pw:2});\n"),
    ("Calls.java", "    client.authenticate(\"{user}\", \"{pw}\");\n    return UsernamePasswordAuthenticationToken.unauthenticated(\"{user:2}\", \"{pw:2}\");\n    new UsernamePasswordCredentials(\"{user}\", \"{pw:3}\");\n    @Value(\"$\x01db.password:{pw:4}\x02\")\n"),
    ("preseed.cfg", "d-i passwd/root-password password {pw}\nd-i passwd/user-password password {pw:2}\nrootpw --plaintext {pw:3}\n"),
]

ALNUM = string.ascii_letters + string.digits
# Words without a digit or mark look the most like a name, so they come more often.
TRAINED = [k for k in humans.STYLES if k not in humans.HELD_OUT] + ["camel_lower", "camel", "two_words", "common"] * 3
SECRET = ("pw", "phrase", "apppw", "dotted", "short", "hex12", "hex16", "bytes", "b64url43", "HEXU", "key", "key40", "hex", "hex32", "hex40", "hex128", "b64", "b64pw", "b64key", "salt", "upper", "crypt", "bcrypt", "md5crypt", "ssha")


def pick(r, alphabet, n):
    return "".join(r.choice(alphabet) for _ in range(n))


def human(r):
    while True:
        w = humans.STYLES[r.choice(TRAINED)](r)
        if not set(w) & set("\"'\\`<>\n {}@:/?#%&;,|$()"):
            return w


def password(r):
    k = r.random()
    if k < 0.6:
        return human(r)
    if k < 0.75:
        return pick(r, string.ascii_lowercase, r.randrange(5, 14))
    return pick(r, ALNUM + "!.-_+*" * (k > 0.9), r.randrange(7, 22))


def b64(text):
    return base64.b64encode(text.encode()).decode()


def secret(r, kind):
    if kind == "pw":
        return password(r)
    if kind == "phrase":
        return " ".join(r.choice(humans.WORDS) for _ in range(r.choice([2, 2, 3]))) + r.choice(["", "", str(r.randrange(100))])
    if kind == "apppw":
        return " ".join(pick(r, string.ascii_lowercase, 4) for _ in range(4))
    if kind == "dotted":
        return r.choice(humans.WORDS) + "." + r.choice(humans.WORDS) + r.choice(["", "", str(r.randrange(100))])
    if kind == "short":
        return pick(r, string.ascii_lowercase, r.choice([4, 4, 5])) + r.choice(["", "", str(r.randrange(100))])
    if kind == "bytes":
        return r.choice([", ", ","]).join(r.choice(["{}", "0x{:02x}"]).format(r.randrange(256)) for _ in range(r.choice([16, 16, 24, 32])))
    if kind == "b64url43":
        return pick(r, ALNUM + "-_", 43)
    if kind == "HEXU":
        return pick(r, "0123456789ABCDEF", r.choice([32, 48, 64]))
    if kind == "key":
        return r.choice([lambda: pick(r, "0123456789abcdef", r.choice([32, 40, 64])), lambda: pick(r, ALNUM, r.choice([20, 24, 32, 40, 48])),
                         lambda: pick(r, ALNUM + "-_", r.choice([22, 32, 43])), lambda: pick(r, string.ascii_lowercase + string.digits, r.choice([16, 20, 32]))])()
    if kind.startswith("hex"):
        return pick(r, "0123456789abcdef", int(kind[3:] or 64))
    if kind == "key40":
        return pick(r, ALNUM + "/+", 40)
    if kind == "b64":
        return b64(r.choice(humans.NAMES) + ":" + password(r))
    if kind == "b64pw":
        return b64(password(r))
    if kind == "b64key":
        return pick(r, ALNUM + "+/", 43) + "="
    if kind == "salt":
        return pick(r, ALNUM + "!#%&()*+,-./:;=?@[]^_|~ ", r.choice([50, 64]))
    if kind == "upper":
        return pick(r, string.ascii_uppercase + string.digits, 20)
    s = ALNUM + "./"
    return {"crypt": lambda: r.choice(["$6$" + pick(r, s, 8) + "$" + pick(r, s, 86), "$1$" + pick(r, s, 8) + "$" + pick(r, s, 22),
                                       "$apr1$" + pick(r, s, 8) + "$" + pick(r, s, 22), "$2y$10$" + pick(r, s, 53)]),
            "bcrypt": lambda: "$2a$10$" + pick(r, s, 53), "md5crypt": lambda: "$1$" + pick(r, s, 4) + "$" + pick(r, s, 22),
            "ssha": lambda: "{SSHA}" + pick(r, ALNUM + "+/", 32)}[kind]()


def scenery(r, kind):
    return {"host": lambda: r.choice(["localhost", "127.0.0.1", "db", r.choice(humans.WORDS) + ".example.com", "10.0." + str(r.randrange(255)) + ".7",
                                      r.choice(humans.WORDS) + "." + r.choice(humans.WORDS) + ".net"]),
            "user": lambda: r.choice(humans.NAMES + ["root", "admin", "app", "deploy", "postgres"] * 60),
            "db": lambda: r.choice(humans.WORDS), "b64user": lambda: b64(r.choice(humans.NAMES))}[kind]()


def placeholder(r, kind):
    while True:
        w = r.choice(humans.PLACEHOLDERS)
        if " " not in w and not set(w) & set("<[{@:/#%"):
            return w


def fill(number, seed, real):
    """(path, bytes, [(from, to)] of the values) of template `number`."""
    path, text = TEMPLATES[number % len(TEMPLATES)]
    r = random.Random(f"{seed}:{number}:{real}")
    made, out, spots, at = {}, "", [], 0
    text = text.replace("{{", "\1").replace("}}", "\2")
    for m in re.finditer(r"\{(\w+)(:\d+)?\}", text):
        kind, name = m.group(1), m.group(0)
        if name not in made:
            if kind in SECRET:
                hidden = not real and kind in ("pw", "key", "hex", "key40", "hex40")
                made[name] = placeholder(r, kind) if hidden else secret(r, kind)
            else:
                made[name] = scenery(r, kind)
        out += text[at:m.start()]
        if kind in SECRET and (real or kind in ("pw", "key", "hex", "key40", "hex40")):
            spots.append((len(out), len(out) + len(made[name])))
        out += made[name]
        at = m.end()
    out += text[at:]
    return path, out.replace("\1", "{").replace("\2", "}").encode(), spots
