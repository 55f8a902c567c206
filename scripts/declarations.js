// npm run build: puts what the commands declare, as data, in the place of the commands that declare it.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../dist/cli/declarations.js', import.meta.url));
const { declarations } = createRequire(import.meta.url)(file);
const data = JSON.stringify(await declarations());
writeFileSync(file, `exports.declarations = async () => JSON.parse(${JSON.stringify(data)});\n`);
