#!/bin/sh
# Many services issue secrets of 80 bits: 16 letters of base32. otplib 13.5.0 refuses them by default, for being shorter than the 128 bits of
# RFC 4226, and so refuses accounts that otplib 12.0.1 made codes for. Its createGuardrails() lowers the bound. otpauth 9.5.2 takes them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error otplib@13.5.0 otplib-12@npm:otplib@12.0.1 otpauth@9.5.2
cat > run.mjs <<'JS'
import { createGuardrails, generate } from 'otplib';
import otplib12 from 'otplib-12';
import * as OTPAuth from 'otpauth';

// Ten bytes, 1234567890.
const secret = 'GEZDGNBVGY3TQOJQ';
const timestamp = 59_000;
const otpauth = new OTPAuth.TOTP({ secret }).generate({ timestamp });
const older = otplib12.authenticator.clone({ epoch: timestamp }).generate(secret);
const newer = await generate({ secret, epoch: 59 }).catch((error) => `refused: ${error.message}`);
const allowed = await generate({ secret, epoch: 59, guardrails: createGuardrails({ MIN_SECRET_BYTES: 10 }) });
console.table({ 'otpauth 9.5.2': otpauth, 'otplib 12.0.1': older, 'otplib 13.5.0': newer, 'with guardrails of 10': allowed });
const isAsDescribed = older === otpauth && allowed === otpauth && newer.startsWith('refused');
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exitCode = isAsDescribed ? 0 : 1;
JS
node run.mjs
