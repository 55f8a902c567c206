/** What `credseal import --help` says after its options: enough to get from an export to sealed entries. */
export const importHelp = `
Formats, recognised by header or content; give --from where it could be several:
  chrome          Chrome, Edge, Brave    Settings → Passwords → Download file (CSV)
  firefox         Firefox                Passwords → … → Export passwords (CSV)
  apple           Safari, Passwords      File → Export passwords (CSV)
  1password       1Password              File → Export → CSV
  1pux            1Password              File → Export → 1PUX: the archive, or the export.data in it
  bitwarden       Bitwarden              Export vault → .csv
  bitwarden-json  Bitwarden              Export vault → .json, not encrypted
  lastpass        LastPass               Advanced options → Export (CSV)
  keepassxc       KeePassXC              Database → Export → CSV
  protonpass      Proton Pass            Settings → Export → CSV
  dashlane        Dashlane               Export data: the ZIP, or the credentials.csv in it
  csv             a file of your own     with --map for its columns

Each row becomes one entry: domain is the origin of its first web address, user_name, password and tfa_secret are
sealed. Notes, tags and other fields stay behind. Of rows with the same permissioned_user_id and domain, the last changed
is kept (or the last, where the format does not tell). Rows are counted from 1, below the header.

A bare host name as address is not completed: its row is skipped and named, and with --map it fails.
KeePassXC exports its recycle bin too. Entries in "Recycle Bin" are skipped; in another language the bin has another name,
which is not known here: empty it before the export.

--totp FILE joins the TOTP secrets of an authenticator to the rows: an export of Aegis, 2FAS, andOTP, FreeOTP+, Ente Auth,
Stratum, Bitwarden Authenticator, Proton Authenticator, LastPass Authenticator (not encrypted), otpauth:// URIs a line,
migration URIs of Google Authenticator, or a PNG or JPEG of QR codes. A secret joins the row of its issuer's site and its user
name, or the only row of the site if it is the only one of its issuer; issuers with many sites (Google, Microsoft, Amazon, …) never
join by themselves. What does not join is listed. --totp-map FILE joins it by hand: a line ROW,ACCOUNT for each, such as 12,3.

--user-id TEMPLATE makes permissioned_user_id, which is not sealed. By default it is {username}; it may have
  {username}  the user name            {title}  the title of the row
  {host}      the host of the site     {row}    the number of the row

--map COLUMN=FIELD names a column by its header and the entry's field; domain has to be among them, for example
  credseal import own.csv --map Site=domain --map Login=user_name --map Secret=password

Examples:
  credseal import export.csv --dry-run                     what would become of it; needs no key
  credseal import export.csv -o entries.ndjson             sealed, in a file for nobody else to read
  credseal import export.csv | credseal preflight          sealed, and checked
  credseal import export.csv --totp aegis.json --dry-run   which second factors join
  credseal import export.1pux --user-id '{host}/{row}'     without user names in permissioned_user_id
  unzip -p dashlane.zip credentials.csv | credseal import --from dashlane

The key comes as for every command (see credseal --help); without one, --plaintext writes entries in plain text.
The summary is on standard error. Exit codes: 0 done, 1 some rows failed, 2 usage, 3 no key, 4 not an export.
Delete the export when you are done: it is in plain text.`;
