// Keys that take seconds to derive, each derived once and kept in sources/slow-keys.json. Whoever doubts them takes the file
// away and runs npm run vectors; and a test opens what is under them with a reader that derives.
import { readFileSync, writeFileSync } from 'node:fs';

const url = new URL('sources/slow-keys.json', import.meta.url);

function readKept() {
  try {
    return JSON.parse(readFileSync(url, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** A key by the name of what it is derived from. */
export function keptKey(name, derive) {
  const kept = readKept();
  if (kept[name] !== undefined) return Buffer.from(kept[name], 'hex');
  const key = derive();
  writeFileSync(url, `${JSON.stringify({ ...kept, [name]: key.toString('hex') }, null, 2)}\n`);
  return key;
}
