/** What there is to know about `credseal import` beside its options: enough to get from an export to sealed entries. */
export const importDetails = `Formats, recognised by header or content; give --from where it could be several:
  chrome          Chrome, Edge, Brave    Settings → Passwords → Download file (CSV)
  firefox         Firefox                Passwords → … → Export passwords (CSV)
  apple           Safari, Passwords      File → Export passwords (CSV)
  1password       1Password              File → Export → CSV
  1password7      1Password 7            File → Export → CSV, of Mac or Windows
  1pux            1Password              File → Export → 1PUX: the archive, or the export.data in it
  op              1Password              op item list --format json | op item get - --format json
  bitwarden       Bitwarden              Export vault → .csv
  bitwarden-json  Bitwarden              Export vault → .json or .zip, not encrypted
  bw              Bitwarden              bw list items
  lastpass        LastPass               Advanced options → Export (CSV)
  keepassxc       KeePassXC              Database → Export → CSV; keepassxc-cli export --format csv FILE
  keepass-xml     KeePass 2, KeePassXC   File → Export → KeePass XML (2.x); keepassxc-cli export FILE
  keepass1        KeePass                File → Export → KeePass CSV (1.x)
  protonpass      Proton Pass            Settings → Export → CSV
  protonpass-json Proton Pass            Settings → Export → ZIP: the archive, or the data.json in it
  dashlane        Dashlane               Export data: the ZIP, or the credentials.csv in it
  nordpass        NordPass               Settings → Export Items (CSV)
  enpass          Enpass                 File → Export → .json
  roboform        RoboForm               Options → Account & Data → Export (CSV)
  keeper          Keeper                 Settings → Export → .csv, which has no header
  keeper-json     Keeper                 Settings → Export → .json
  pass            pass                   pass show NAME: an entry with url: and login: below its password
  csv             a file of your own     with --map for its columns

Each row becomes one entry: domain is the origin of its first web address, user_name, password and tfa_secret are
sealed. Notes, tags and other fields stay behind. Of rows with the same permissioned_user_id and domain, the last changed
is kept (or the last, where the format does not tell); if it lacks a credential that another one has, all of them fail.
Rows are counted from 1, below the header.

The first address decides. Where it is a bare host name, the row is skipped and named; with --map, or where a web address
follows, it fails: --assume-https begins such addresses with https://. Apps and patterns are passed over.
Entries in the recycle bins of KeePass and KeePassXC are skipped, in any language.

A column that is not known and looks like a second factor is an error: name the columns with --map, or leave it behind
with --ignore-column. --decode-entities is for files of LastPass that hold &amp; where & is meant.

--totp FILE joins the TOTP secrets of an authenticator to the rows: an export of Aegis, 2FAS, andOTP, FreeOTP+, Stratum,
Ente Auth, Bitwarden, Proton or LastPass Authenticator (not encrypted), otpauth:// URIs a line, migration URIs of Google
Authenticator, or a PNG or JPEG of QR codes. A secret joins the row of its issuer's site and its user name, or the only
row of the site if it is the only one of its issuer; issuers with many sites (Google, Microsoft, Amazon, …) never join
by themselves. A row that has another secret fails. What does not join is listed; --totp-map FILE joins it by hand: a
line ROW,ACCOUNT for each, such as 12,3.

--user-id TEMPLATE makes permissioned_user_id, which is not sealed. By default it is {username}; it may have
  {username}  the user name            {title}  the title of the row
  {host}      the host of the site     {row}    the number of the row

--map COLUMN=FIELD names a column by its header and the entry's field; domain has to be among them, for example
  credseal import own.csv --map Site=domain --map Login=user_name --map Secret=password

The key comes as for every command (see credseal --help); without one, --plaintext writes entries in plain text.
The summary is on standard error. With --format json it is {"format":…,"rows":…,"entries":…,"skipped":{…},
"duplicates":[{"row":…,"keptRow":…},…],"failures":[{"row":…,"problems":[…]},…],"withoutTotp":…,"withoutPassword":…,
"withFurtherSites":…,"ok":…,"written":…}; with --totp, "totp":{"accounts":…,"joined":[{"account":…,"rows":[…]},…],
"left":[{"account":…,"source":…,"issuer":…,"reason":…,"rows":[…]},…],"refused":[…],"warnings":[…]} as well.
Delete the export when you are done: it is in plain text.`;
