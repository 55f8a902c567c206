// Makes the keys of a local fleet in a folder, where they are not there: for Docker Compose.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VaultKey } from 'credseal';
import { generateHandoffKeys } from 'credseal/handoff';

const folder = process.argv[2] ?? '.';
const write = (name, text) => writeFileSync(join(folder, name), text, { mode: 0o600 });
if (!existsSync(join(folder, 'fleet.env'))) {
  const { publicJwk, privateJwk } = await generateHandoffKeys();
  write('handoff.jwk', JSON.stringify(privateJwk));
  write('handoff-public.jwk', JSON.stringify(publicJwk));
  const key = VaultKey.generate().toHex();
  write('fleet.env', `export CLOUDCRUISE_API_KEY=sk_local\nexport CLOUDCRUISE_ENCRYPTION_KEY=${key}\n`);
}
