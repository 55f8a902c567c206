#!/bin/sh
# In an otpauth:// URI, @epic-web/totp 4.0.1 and time2fa 1.4.2 write a space of the issuer as "+", as forms do. otpauth 9.5.2 reads "+" as
# itself, as RFC 3986 has it: the account of "Example Co" becomes one of "Example+Co", while the label of the same URI says "Example Co".
# otpauth-uri-parser 1.0.2 reads a space.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @epic-web/totp@4.0.1 time2fa@1.4.2 otpauth@9.5.2 otpauth-uri-parser@1.0.2
cat > run.mjs <<'JS'
import { getTOTPAuthUri } from '@epic-web/totp';
import { URI } from 'otpauth';
import parse from 'otpauth-uri-parser';
import { generateUrl } from 'time2fa';

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const [issuer, user] = ['Example Co', 'ada@example.com'];
const uris = {
  '@epic-web/totp': getTOTPAuthUri({ secret, issuer, accountName: user, period: 30, digits: 6, algorithm: 'SHA-1' }),
  time2fa: generateUrl({ issuer, user, secret }, { algo: 'sha1', digits: 6, period: 30 }),
};
let isAsDescribed = true;
for (const [from, uri] of Object.entries(uris)) {
  const byOtpauth = URI.parse(uri).issuer;
  const byParser = parse(uri).query.issuer;
  console.log({ from, uri, 'read by otpauth': byOtpauth, 'read by otpauth-uri-parser': byParser });
  isAsDescribed &&= byOtpauth === 'Example+Co' && byParser === issuer;
}
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exitCode = isAsDescribed ? 0 : 1;
JS
node run.mjs
