// npm run pictures: makes 200 pictures of QR codes as people have them, by Debian's qrencode and imagemagick, and counts
// how many are read. Fails below 95 %.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountsIn } from '../dist/bulk/authenticators/read-accounts.js';

const COUNT = 200;
const LEAST = 0.95;

// The same pictures each time (a linear congruential generator).
let state = 7;
const random = () => {
  state = (state * 1103515245 + 12345) & 0x7fffffff;
  return state / 0x7fffffff;
};
const pick = (all) => all[Math.floor(random() * all.length)];
const base32 = (length) =>
  Array.from({ length }, () => pick([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'])).join('');

const folder = mkdtempSync(join(tmpdir(), 'credseal-pictures-'));
const convert = (...args) => execFileSync('convert', args.map(String), { cwd: folder });

/** What is done to a code, or to several. */
const kinds = {
  plain: (code) => convert(code, 'out.png'),
  'dark mode': (code) => convert(code, '-negate', '-fill', '#101418', '-opaque', 'black', 'out.png'),
  'JPEG artefacts': (code) =>
    convert(code, '-bordercolor', 'white', '-border', 20, '-quality', pick([15, 25, 40]), 'out.jpg'),
  logo(code) {
    const width = Number(execFileSync('identify', ['-format', '%w', code], { cwd: folder }));
    const [from, to] = [Math.round(width * 0.4), Math.round(width * 0.6)];
    const draw = `roundrectangle ${from},${from} ${to},${to} 6,6`;
    convert(code, '-colorspace', 'sRGB', '-fill', pick(['#e33', '#39f', '#222']), '-draw', draw, 'out.png');
  },
  'turned by 5 degrees': (code) => convert(code, '-background', 'white', '-rotate', pick([-5, 5]), 'out.png'),
  'turned, as JPEG': (code) =>
    convert(code, '-background', 'white', '-rotate', pick([-5, 5]), '-quality', 35, 'out.jpg'),
  screenshot: (code) =>
    convert('-size', '1920x1080', 'xc:#f4f4f4', code, '-gravity', 'center', '-composite', 'out.png'),
  'dark screenshot'(code) {
    convert(code, '-negate', 'dark.png');
    convert('-size', '1440x900', 'xc:#1e1e1e', 'dark.png', '-gravity', 'center', '-composite', 'out.png');
  },
  photo(code) {
    const page = ['(', code, '-resize', '520x520', '-bordercolor', '#eee', '-border', 12, ')'];
    const light = ['-size', '1600x1200', 'gradient:#d8d0c8-#a8a098'];
    const worn = ['-rotate', pick([-5, 5]), '-blur', '0x1', '-attenuate', 0.3, '+noise', 'Gaussian'];
    convert(...light, ...page, '-gravity', 'center', '-composite', ...worn, '-quality', 60, 'out.jpg');
  },
  several: (...codes) =>
    convert('-background', 'white', ...codes, '-bordercolor', 'white', '-border', 40, '+append', 'out.png'),
};

const names = Object.keys(kinds);
const read = Object.fromEntries(names.map((name) => [name, 0]));
try {
  for (let number = 0; number < COUNT; number++) {
    const name = names[number % names.length];
    const secrets = Array.from({ length: name === 'several' ? pick([2, 3, 4]) : 1 }, () =>
      base32(pick([16, 32])),
    );
    const codes = secrets.map((secret, index) => {
      const uri = `otpauth://totp/ACME:user${index}%40example.com?secret=${secret}&issuer=ACME`;
      const level = name === 'logo' ? 'H' : pick(['L', 'M', 'Q']);
      const file = `code${index}.png`;
      execFileSync('qrencode', ['-o', file, '-s', String(pick([3, 4, 5, 6, 8])), '-l', level, uri], {
        cwd: folder,
      });
      return file;
    });
    for (const old of ['out.png', 'out.jpg']) rmSync(join(folder, old), { force: true });
    kinds[name](...codes);
    const file = /JPEG|photo/.test(name) ? 'out.jpg' : 'out.png';
    const found = await accountsIn(readFileSync(join(folder, file))).then(
      ({ accounts }) => accounts.map(({ secret }) => secret?.base32),
      () => [],
    );
    if (found.length === secrets.length && secrets.every((secret) => found.includes(secret))) read[name] += 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const name of names) console.log(`${name.padEnd(20)} ${read[name]} of ${COUNT / names.length}`);
const share = Object.values(read).reduce((sum, count) => sum + count, 0) / COUNT;
console.log(`${(share * 100).toFixed(1)} % of ${COUNT} pictures are read`);
if (share < LEAST) process.exitCode = 1;
