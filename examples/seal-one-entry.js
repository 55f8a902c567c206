// The whole way of one entry, as `npm start` shows it: seal it into a request, open again, compare.
import { readFileSync } from 'node:fs';
import { openEntry, TotpSecret, toCurl, VaultKey, vaultRequests } from 'credseal';

const entry = JSON.parse(readFileSync(new URL('entry.json', import.meta.url), 'utf8'));
const hasKey = Boolean(process.env.CLOUDCRUISE_ENCRYPTION_KEY);
const key = hasKey ? VaultKey.fromEnv() : VaultKey.generate();
console.log(`1. The key: ${key}, ${hasKey ? 'from CLOUDCRUISE_ENCRYPTION_KEY' : 'made for this run'}.\n`);

// The headers of a request carry the API key; as curl it is shown without, so that any stand-in does here.
const request = vaultRequests({ apiKey: process.env.CLOUDCRUISE_API_KEY || 'none', key }).create(entry);
console.log('2. examples/entry.json, sealed: this is what would leave the machine.\n');
console.log(`${JSON.stringify(JSON.parse(request.body), null, 2)}\n`);

console.log('3. The whole request, as a command for curl (nothing is sent here):\n');
console.log(`${toCurl(request)}\n`);

const opened = openEntry(JSON.parse(request.body), key);
console.log('4. Opened again with the same key:\n');
for (const field of ['user_name', 'password', 'tfa_secret']) {
  // A TOTP secret is sealed in the one form that every reader understands, without spaces.
  const expected = field === 'tfa_secret' ? TotpSecret.parse(entry[field]).base32 : entry[field];
  const isBack = opened[field] === expected;
  console.log(`   ${isBack ? '✓' : '✗'} ${field} ${isBack ? 'came back as it was' : 'did NOT come back'}`);
  if (!isBack) process.exitCode = 1;
}
