#!/bin/sh
# Under happy-dom 21.0.4 (as an environment of Vitest 4.1.12), AbortController is that of happy-dom, and Node 20's
# events.setMaxListeners() refuses its signal: ERR_INVALID_ARG_TYPE. Servers and clients that are tested in the same environment call
# that for a signal that many listen to. Under jsdom 27.0.1 the same code runs.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error vitest@4.1.12 happy-dom@21.0.4 jsdom@27.0.1
cat > signal.test.js <<'JS'
import { setMaxListeners } from 'node:events';
import { test } from 'vitest';

test('a signal of the environment for events.setMaxListeners', () => {
  setMaxListeners(64, new AbortController().signal);
});
JS
for environment in node jsdom happy-dom; do
  echo "== $environment"
  if npx vitest run --environment "$environment" >out.txt 2>&1; then result=passes; else result=fails; fi
  grep -E 'TypeError|Tests ' out.txt || true
  echo "$environment $result" >>results.txt
done
cat results.txt
printf 'node passes\njsdom passes\nhappy-dom fails\n' | cmp - results.txt && grep -q eventTargets out.txt && echo 'as described'
