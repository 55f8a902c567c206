// The whole way of one entry, as `npm start` shows it: sealed, checked, sent to a vault on this machine, read back,
// opened and compared. With the real vault, only the base URL and the API key are others.
import { readFileSync } from 'node:fs';
import { openEntry, preflight, TotpSecret, toCurl, VaultKey, vaultRequests } from 'credseal';
import { startEmulator } from 'credseal/emulator';

/** Says how a check went, and makes the program end with 1 if it failed. */
function check(isRight, right, wrong) {
  console.log(`   ${isRight ? `✓ ${right}` : `✗ ${wrong}`}`);
  if (!isRight) process.exitCode = 1;
}

async function send({ url, ...request }) {
  const response = await fetch(url, request);
  console.log(`   ${request.method} ${new URL(url).pathname} → ${response.status}`);
  // Not its message, which may repeat what was sent.
  if (!response.ok) throw new Error(`the vault answered ${response.status}`);
  return response.json();
}

const entry = JSON.parse(readFileSync(new URL('entry.json', import.meta.url), 'utf8'));
const ref = { permissioned_user_id: entry.permissioned_user_id, domain: entry.domain };
const secret = TotpSecret.parse(entry.tfa_secret);

const hasKey = Boolean(process.env.CLOUDCRUISE_ENCRYPTION_KEY);
const key = hasKey ? VaultKey.fromEnv() : VaultKey.generate();
console.log(`1. The key: ${key}, ${hasKey ? 'from CLOUDCRUISE_ENCRYPTION_KEY' : 'made for this run'}.`);

// It checks what the vault checks, and nothing leaves this machine: the API key need not be yours.
const apiKey = 'sk_local';
const local = await startEmulator({ key, apiKey });
try {
  const vault = vaultRequests({ apiKey, key, baseUrl: local.url });
  const request = vault.create(entry);
  console.log('2. examples/entry.json, sealed: this is what leaves the process.');
  console.log(JSON.stringify(JSON.parse(request.body), null, 2));
  console.log('   The whole request, as a command for curl:');
  console.log(toCurl(request));

  console.log('3. Preflight: would the vault accept it, and is it what was meant?');
  const { ok, findings } = preflight(JSON.parse(request.body), { keys: key });
  for (const { severity, path, message, hint } of findings)
    console.log(`   ${severity} ${path}: ${message} ${hint}`);
  check(ok, 'no errors', 'it must not be sent');

  console.log(`4. Sent to a local vault at ${local.url}:`);
  await send(request);

  console.log('5. Read back, and opened with the key:');
  const opened = openEntry(await send(vault.get(ref)), key);
  for (const field of ['user_name', 'password', 'tfa_secret']) {
    // A TOTP secret is sealed in the one form that every reader understands, without spaces.
    const expected = field === 'tfa_secret' ? secret.base32 : entry[field];
    check(opened[field] === expected, `${field} came back as it was`, `${field} did NOT come back as it was`);
  }

  console.log('6. The current 2FA code, as a workflow would ask for it:');
  // A period may end while the vault answers.
  const before = secret.code();
  const { code, expires_in_seconds: seconds } = await send(vault.tfaCode(ref));
  const isOurs = [before, secret.code()].includes(code);
  check(isOurs, `${code}, good for ${seconds} s, is our own code too`, `${code} is NOT our own code`);
} finally {
  await local.close();
}
console.log(
  process.exitCode
    ? 'Something differs: see ✗.'
    : 'All is as it was. The local vault is closed, and its entries are gone.',
);
