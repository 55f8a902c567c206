#!/bin/sh
# The counter of HOTP has eight bytes (RFC 4226, section 5.1). speakeasy 2.0.0 and notp 2.0.3 keep the lower 31 or 32 bits of it: from
# 2^31 on their codes are wrong, and from 2^32 on they repeat those of small counters. otpauth 9.5.2 and otplib 13.5.0 agree with
# the formula of the RFC.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error speakeasy@2.0.0 notp@2.0.3 otpauth@9.5.2 otplib@13.5.0
cat > run.mjs <<'JS'
import { createHmac } from 'node:crypto';
import notp from 'notp';
import * as OTPAuth from 'otpauth';
import { generate } from 'otplib';
import speakeasy from 'speakeasy';

// The secret of RFC 4226, appendix D.
const bytes = '12345678901234567890';
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** RFC 4226, section 5.3. */
function byTheFormula(counter) {
  const text = Buffer.alloc(8);
  text.writeBigUInt64BE(BigInt(counter));
  const hash = createHmac('sha1', bytes).update(text).digest();
  const code = (hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1e6;
  return String(code).padStart(6, '0');
}

const rows = {};
for (const counter of [1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1])
  rows[counter] = {
    formula: byTheFormula(counter),
    speakeasy: speakeasy.hotp({ secret, encoding: 'base32', counter }),
    notp: notp.hotp.gen(bytes, { counter }),
    otpauth: new OTPAuth.HOTP({ secret: OTPAuth.Secret.fromBase32(secret) }).generate({ counter }),
    otplib: await generate({ strategy: 'hotp', secret, counter }),
  };
console.table(rows);
const isAsDescribed = Object.entries(rows).every(([counter, { formula, speakeasy, notp, otpauth, otplib }]) => {
  const isSmall = Number(counter) < 2 ** 31;
  return (
    otpauth === formula &&
    otplib === formula &&
    (speakeasy === formula) === isSmall &&
    (notp === formula) === isSmall
  );
}) && rows[2 ** 32 + 1].speakeasy === rows[1].formula;
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exitCode = isAsDescribed ? 0 : 1;
JS
node run.mjs
