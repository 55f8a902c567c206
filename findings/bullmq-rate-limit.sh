#!/bin/sh
# BullMQ 6.7.0: queue.rateLimit(ms) sets the pause that it is given, also in the place of a longer one. Where several workers are told
# "retry after" by an API, the shorter answer that comes last lets all of them go on early. Needs redis-server.
set -eu
folder=$(mktemp -d)
cd "$folder"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >/dev/null &
redis=$!
trap 'kill $redis; rm -rf "$folder"' EXIT
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error bullmq@6.7.0 ioredis@6.0.0
cat > run.mjs <<'JS'
import { Queue } from 'bullmq';

const queue = new Queue('q', { connection: { host: '127.0.0.1', port: Number(process.argv[2]) } });
await queue.rateLimit(60_000);
const first = await queue.getRateLimitTtl();
await queue.rateLimit(1_000);
const second = await queue.getRateLimitTtl();
console.log({ 'after rateLimit(60000), ms left': first, 'after rateLimit(1000) as well': second });
await queue.close();
const isAsDescribed = first > 50_000 && second <= 1_000;
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exitCode = isAsDescribed ? 0 : 1;
JS
redis-server --version
node run.mjs "$port"
