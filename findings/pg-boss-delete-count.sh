#!/bin/sh
# pg-boss 12.38.0: deleteJob(), complete(), fail() and others resolve to { jobs, requested, affected }. The type of it in its declarations,
# CommandResponse, is an interface without members, so that a TypeScript program cannot see whether a job was still there without
# a cast. Node 22 or newer is installed beside it, since pg-boss asks for that. Needs no server.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error --no-engine-strict pg-boss@12.38.0 typescript@5.9 node@24 @electric-sql/pglite@0.5.16 @types/node@24
cat > run.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
import { PgBoss } from 'pg-boss';

const database = new PGlite();
const boss = new PgBoss({
  db: {
    async executeSql(text, values) {
      return values?.length ? database.query(text, values) : (await database.exec(text)).at(-1);
    },
  },
  supervise: false,
  schedule: false,
});
boss.on('error', (error) => console.error(error.message));
await boss.start();
await boss.createQueue('q');
const id = await boss.send('q', {});
console.log('answers', [await boss.deleteJob('q', id), await boss.deleteJob('q', id)]);
await boss.stop({ graceful: false, close: false });
process.exit(0);
JS
cat > typed.ts <<'TS'
import type { PgBoss } from 'pg-boss';
export const wasThere = async (boss: PgBoss) => (await boss.deleteJob('q', 'id')).affected === 1;
TS
./node_modules/.bin/node run.mjs | tee out.txt
npx tsc --noEmit --strict --module nodenext --skipLibCheck typed.ts | tee types.txt || true
grep -q 'affected: 1' out.txt && grep -q "Property 'affected' does not exist" types.txt && echo 'as described'
