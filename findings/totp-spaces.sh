#!/bin/sh
# speakeasy 2.0.0 (last published in 2017, still much used) takes a base32 secret as services show it, in groups of four, and
# computes another code than for the same secret without spaces. It reports nothing. otplib 13.5.0 and totp-generator 2.0.1
# refuse the spaces. Whoever moves secrets from an application with speakeasy has to know in which form they were checked.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error speakeasy@2.0.0 otplib@13.5.0 totp-generator@2.0.1
cat > run.mjs <<'JS'
import speakeasy from 'speakeasy';
import { generate } from 'otplib';
import { TOTP } from 'totp-generator';

// The secret and the time of RFC 6238, appendix B: the code of six digits is 287082.
const plain = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const shown = plain.match(/.{4}/g).join(' ');
const answer = async (work) => {
  try {
    return await work();
  } catch (error) {
    return `refused: ${error.message}`;
  }
};
const results = {};
for (const [form, secret] of Object.entries({ plain, shown }))
  results[form] = {
    speakeasy: await answer(() => speakeasy.totp({ secret, encoding: 'base32', time: 59 })),
    otplib: await answer(() => generate({ secret, epoch: 59 })),
    'totp-generator': await answer(async () => (await TOTP.generate(secret, { timestamp: 59_000 })).otp),
  };
console.table(results);
const { plain: good, shown: spaced } = results;
const isAsDescribed =
  Object.values(good).every((code) => code === '287082') &&
  /^\d{6}$/.test(spaced.speakeasy) &&
  spaced.speakeasy !== '287082' &&
  spaced.otplib.startsWith('refused') &&
  spaced['totp-generator'].startsWith('refused');
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exitCode = isAsDescribed ? 0 : 1;
JS
node run.mjs
