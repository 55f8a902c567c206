#!/bin/sh
# jose 6.2.18 encrypts with a password (PBES2-HS512+A256KW) by as many iterations as it is told, and does not decrypt what it made if they are
# more than 10,000, a bound of decryption alone. What is recommended for SHA-512 today is 210,000 (OWASP). maxPBES2Count lifts the bound.
# node-jose 2.2.0 decrypts the same text as it is.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error jose@6.2.18 node-jose@2.2.0
cat > run.mjs <<'JS'
import { CompactEncrypt, compactDecrypt } from 'jose';
import nodeJose from 'node-jose';

const password = new TextEncoder().encode('correct horse battery staple');
const alg = 'PBES2-HS512+A256KW';
const token = await new CompactEncrypt(new TextEncoder().encode('{"keys":[]}'))
  .setProtectedHeader({ alg, enc: 'A256GCM', cty: 'jwk-set+json' })
  .setKeyManagementParameters({ p2c: 210_000 })
  .encrypt(password);
const opened = (options) =>
  compactDecrypt(token, password, { keyManagementAlgorithms: [alg], ...options }).then(
    ({ plaintext }) => new TextDecoder().decode(plaintext),
    (error) => `refused: ${error.message}`,
  );
const key = await nodeJose.JWK.asKey({ kty: 'oct', k: Buffer.from(password).toString('base64url') });
const results = {
  'jose, as it is': await opened({}),
  'jose, maxPBES2Count 210000': await opened({ maxPBES2Count: 210_000 }),
  'node-jose': (await nodeJose.JWE.createDecrypt(key, { algorithms: [alg, 'A256GCM'] }).decrypt(token)).plaintext.toString(),
};
console.table(results);
const [first, ...others] = Object.values(results);
const isAsDescribed = first.startsWith('refused') && others.every((text) => text === '{"keys":[]}');
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exitCode = isAsDescribed ? 0 : 1;
JS
node run.mjs
