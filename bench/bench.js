// npm run bench: what sealing and opening cost, against the published client and against the bare cipher.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  decryptData,
  decryptSensitiveFields,
  encryptData,
  encryptSensitiveFields,
} from 'cloudcruise/dist/vault/utils.js';
import { openEntry, openValue, preflight, sealEntry, sealValue, VaultKey } from 'credseal';
import { medians, report } from './rounds.js';
import { startUp } from './start.js';

const hex = randomBytes(32).toString('hex');
const key = VaultKey.fromHex(hex);
const password = 'correct horse battery staple';
const entry = {
  permissioned_user_id: 'user-1',
  domain: 'https://portal.example.com',
  user_name: 'ada@example.com',
  password,
  tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  tfa_method: 'AUTHENTICATOR',
  persist_cookies: true,
  expiry_time_from_last_use: '01:30:00',
};

// The floor: nothing but the cipher, one Buffer in, no hex, no JSON, always the same IV.
const bareKey = Buffer.from(hex, 'hex');
const plaintext = Buffer.from(JSON.stringify(password));
const iv = randomBytes(12);
const cipher = createCipheriv('aes-256-gcm', bareKey, iv);
const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
const tag = cipher.getAuthTag();

const sealedValue = sealValue(password, key);
const sealedEntry = sealEntry(entry, key);

const value = await medians({
  floor: () => {
    const bare = createCipheriv('aes-256-gcm', bareKey, iv);
    bare.update(plaintext);
    bare.final();
    return bare.getAuthTag();
  },
  seal: () => sealValue(password, key),
  encryptData: () => encryptData(password, hex),
  openFloor: () => {
    const bare = createDecipheriv('aes-256-gcm', bareKey, iv);
    bare.setAuthTag(tag);
    bare.update(ciphertext);
    return bare.final();
  },
  open: () => openValue(sealedValue, key),
  decryptData: () => decryptData(sealedValue, hex),
});
const whole = await medians(
  {
    seal: () => sealEntry(entry, key),
    encrypt: () => encryptSensitiveFields(entry, hex),
    open: () => openEntry(sealedEntry, key),
    decrypt: () => decryptSensitiveFields(sealedEntry, hex),
    preflight: () => preflight(sealedEntry, { keys: key }),
    openThree: () => {
      openValue(sealedEntry.user_name, key);
      openValue(sealedEntry.password, key);
      openValue(sealedEntry.tfa_secret, key);
    },
  },
  { calls: 60 },
);

// Importing a raw key became expensive with OpenSSL 3.5, so that the published client is slower on Node 24.
const isNode24 = Number(process.versions.node.split('.')[0]) >= 24;
console.log(`Node ${process.versions.node}, medians of alternating rounds in one process.`);
report(
  'Ratios',
  [
    { what: 'sealValue / bare cipher', measured: value.seal / value.floor, limit: 1.35 },
    {
      what: 'sealValue / encryptData',
      measured: value.seal / value.encryptData,
      limit: isNode24 ? 0.4 : 0.75,
    },
    {
      what: 'sealEntry / encryptSensitiveFields',
      measured: whole.seal / whole.encrypt,
      limit: isNode24 ? 0.5 : 1,
    },
    { what: 'openValue / bare decipher', measured: value.open / value.openFloor },
    { what: 'openValue / decryptData', measured: value.open / value.decryptData },
    { what: 'openEntry / decryptSensitiveFields', measured: whole.open / whole.decrypt },
    {
      what: 'preflight / openValue of its three values',
      measured: whole.preflight / whole.openThree,
      limit: 1.5,
    },
  ],
  '×',
);
const micro = (nanoseconds) => nanoseconds / 1000;
report(
  'Times',
  [
    { what: 'bare cipher', measured: micro(value.floor) },
    { what: 'sealValue', measured: micro(value.seal) },
    { what: 'encryptData of the published client', measured: micro(value.encryptData) },
    { what: 'openValue', measured: micro(value.open) },
    { what: 'decryptData of the published client', measured: micro(value.decryptData) },
    { what: 'sealEntry, three credentials', measured: micro(whole.seal) },
    { what: 'encryptSensitiveFields of the published client', measured: micro(whole.encrypt) },
    { what: 'preflight, three credentials', measured: micro(whole.preflight) },
    { what: 'openEntry', measured: micro(whole.open) },
    { what: 'decryptSensitiveFields of the published client', measured: micro(whole.decrypt) },
  ],
  'µs',
);
for (const { title, rows } of await startUp()) report(title, rows, '×');
