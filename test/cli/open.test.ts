import { describe, expect, test } from 'vitest';
import { runHere } from './in-process.js';
import type { Given } from './run.js';
import { KEY, OLD_KEY, sealBytes, WITH_KEY } from './sealing.js';

const open = (stdin: string | Uint8Array, options: string[] = [], given: Given = {}) =>
  runHere(['open', ...options], { stdin, env: WITH_KEY, ...given });

const SECRET = 'correct horse battery staple';
const sealed = sealBytes(JSON.stringify(SECRET));
const changed = (at: number) => {
  const digit = sealed.at(at) === '0' ? '1' : '0';
  return sealed.slice(0, at) + digit + (at === -1 ? '' : sealed.slice(at + 1));
};

describe('open gives back what was sealed, and a line break', () => {
  test.concurrent.each<[string, string, string]>([
    ['without a line break', sealed, SECRET],
    ['with one', `${sealed}\n`, SECRET],
    ['with one of Windows', `${sealed}\r\n`, SECRET],
    ['in upper case', sealed.toUpperCase(), SECRET],
    ['padded behind', sealBytes(`"${SECRET}"${' '.repeat(40)}`), SECRET],
    ['with white space of JSON around', sealBytes(` \n"${SECRET}"\t\r`), SECRET],
    ['escaped as Python does', sealBytes('"p\\u00e4ss\\ud83d\\udd11"'), 'päss🔑'],
    ['as UTF-8 as JavaScript does', sealBytes('"päss🔑"'), 'päss🔑'],
    ['the empty string', sealBytes('""'), ''],
    ['a value that ends in a line break', sealBytes('"a\\n"'), 'a\n'],
  ])('%s', async (_, stdin, value) => {
    expect(await open(stdin)).toEqual({ code: 0, stderr: '', stdout: `${value}\n` });
  });

  test.concurrent('with a previous key where the current one does not open', async () => {
    const value = sealBytes(`"${SECRET}"`, OLD_KEY);
    const [byFile, byVariable] = await Promise.all([
      open(value, ['--previous-key-file', 'old'], { files: { old: OLD_KEY } }),
      open(value, [], {
        env: { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: `${'0'.repeat(64)},${OLD_KEY}` },
      }),
    ]);
    expect([byFile.stdout, byVariable.stdout]).toEqual([`${SECRET}\n`, `${SECRET}\n`]);
  });
});

describe('open prints nothing but an opened value', () => {
  test.concurrent.each<[string, string, string | Uint8Array]>([
    ['another key', 'wrong key or changed', sealBytes(`"${SECRET}"`, OLD_KEY)],
    ['a changed IV', 'wrong key or changed', changed(0)],
    ['a changed ciphertext', 'wrong key or changed', changed(30)],
    ['a changed tag', 'wrong key or changed', changed(-1)],
    ['a tag cut short', 'wrong key or changed', sealed.slice(0, -2)],
    ['plain text inside', 'not a JSON string', sealBytes(SECRET)],
    ['a JSON string cut off inside', 'not a JSON string', sealBytes(`"${SECRET}`)],
    ['a JSON number inside', 'not a JSON string', sealBytes('12345678')],
    ['JSON null inside', 'not a JSON string', sealBytes('null')],
    ['a JSON array inside', 'not a JSON string', sealBytes(`["${SECRET}"]`)],
    ['JSON and more inside', 'not a JSON string', sealBytes(`"${SECRET}" "${SECRET}"`)],
    ['a byte order mark inside', 'not a JSON string', sealBytes(`\uFEFF"${SECRET}"`)],
    ['bytes that are not UTF-8 inside', 'not a JSON string', sealBytes(Uint8Array.of(0x22, 0xff, 0x22))],
    ['half a surrogate pair, which UTF-8 cannot carry', 'surrogate', sealBytes(`"${SECRET}\\ud83d"`)],
  ])('5: %s', async (_, reason, stdin) => {
    const { code, stdout, stderr } = await open(stdin);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(
      { 'wrong key or changed': /key.*changed/, 'not a JSON string': /JSON/, surrogate: /surrogate/ }[
        reason
      ] ?? '',
    );
    expect(stderr).not.toContain(SECRET.slice(0, 7));
  });

  test.concurrent.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['a password', SECRET],
    ['a digit missing', sealed.slice(1)],
    ['58 digits', 'a'.repeat(58)],
    ['a space before it', ` ${sealed}`],
    ['a space behind it', `${sealed} `],
    ['two line breaks', `${sealed}\n\n`],
    ['two sealed values', `${sealed}\n${sealed}\n`],
    ['quotation marks around it', `"${sealed}"`],
    ['0x before it', `0x${sealed}`],
    ['a tag of strangers', `${sealed.slice(0, -24)}${'z'.repeat(24)}`],
    ['strangers before the tag', `${sealed.slice(0, -32)}zz${sealed.slice(-32)}`],
    ['digits of another script', sealed.replaceAll(/\d/g, '٣')],
    ['base64', Buffer.from(sealed, 'hex').toString('base64')],
    ['not UTF-8', Uint8Array.of(0xff)],
  ])('4: %s', async (_, stdin) => {
    const { code, stdout, stderr } = await open(stdin);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/sealed value|UTF-8/);
    expect(stderr).not.toContain(sealed.slice(24, 40));
  });

  test.concurrent('the message names the fingerprints that were tried, and no key', async () => {
    const { stderr } = await open(sealBytes('"x"', '9'.repeat(64)), ['--previous-key-file', 'old'], {
      files: { old: OLD_KEY },
    });
    expect(stderr.match(/\b[0-9a-f]{16}\b/g)).toHaveLength(2);
    expect(stderr).not.toContain(KEY.slice(0, 20));
  });
});
