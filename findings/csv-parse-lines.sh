#!/bin/sh
# csv-parse 7.0.3 counts a line break of CR and LF within a quoted value as two lines in info.lines, and one between records as one. With LF
# alone both count once. So the line that it tells of a record in an export with notes, written on Windows, is too large.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error csv-parse@7.0.3
cat > run.mjs <<'JS'
import { parse } from 'csv-parse/sync';

const rows = ['name,note', 'one,"first', 'second', 'third"', 'two,none'];
const linesOf = (end) =>
  parse(rows.join(end) + end, { info: true }).map(({ info, record }) => [record[0], info.lines]);
const [lf, crlf] = [linesOf('\n'), linesOf('\r\n')];
console.log({ 'LF: name, last line': lf, 'CR LF: name, last line': crlf });
const isAsDescribed = lf.at(-1)[1] === 5 && crlf.at(-1)[1] === 7;
console.log(isAsDescribed ? 'as described' : 'CHANGED');
process.exitCode = isAsDescribed ? 0 : 1;
JS
node run.mjs
