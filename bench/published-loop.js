// What bench/bulk.js measures against: a loop over the published client that reads NDJSON, seals the three
// credentials it knows and writes NDJSON. It checks nothing. Written to be fast: whole chunks in, whole chunks out.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { encryptSensitiveFields } from 'cloudcruise/dist/vault/utils.js';

const key = process.env.CLOUDCRUISE_ENCRYPTION_KEY;
let rest = '';
for await (const chunk of createReadStream(process.argv[2], 'utf8')) {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  let out = '';
  for (const line of lines) out += `${JSON.stringify(await encryptSensitiveFields(JSON.parse(line), key))}\n`;
  if (!process.stdout.write(out)) await once(process.stdout, 'drain');
}
