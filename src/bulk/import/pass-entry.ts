import { firstTotp, type Login } from './login.js';

/** What `pass show` prints of an entry: the password, and below it what its owner likes, as `name: value` often. */
const FIELD = /^([\p{L}][\p{L}\d _-]{0,30}):\s*(.*)$/u;
const KEY_URI = /^otpauth:\/\//i;
const NAMES = {
  url: /^(url|uri|site|website|web|link|address)$/i,
  username: /^(login|user|username|user[ _-]name|account)$/i,
  email: /^e-?mail$/i,
  totp: /^(totp|otp|2fa|otpauth)$/i,
} as const;

/**
 * Whether the beginning of a text looks like an entry of pass: below the password only fields and key URIs, with an address and more.
 * Notes of one's own between them take `--from pass`.
 */
export function looksLikePass(text: string): boolean {
  const lines = linesOf(text)
    .slice(1)
    .filter((line) => line.trim() !== '');
  const names = lines.map((line) => (KEY_URI.test(line) ? 'totp' : FIELD.exec(line)?.[1]));
  const has = (pattern: RegExp) => names.some((name) => name !== undefined && pattern.test(name));
  return !names.includes(undefined) && has(NAMES.url) && [NAMES.username, NAMES.email, NAMES.totp].some(has);
}

/** The entry: its first line is the password, whatever it looks like. */
export function readPass(text: string): Login {
  const [password = '', ...lines] = linesOf(text);
  const fields = lines.flatMap((line) => {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    return name === '' || KEY_URI.test(line) ? [] : [{ name, value: value.trim() }];
  });
  const valuesOf = (pattern: RegExp) =>
    fields.flatMap(({ name, value }) => (pattern.test(name) && value !== '' ? [value] : []));
  return {
    urls: valuesOf(NAMES.url),
    username: valuesOf(NAMES.username)[0] ?? valuesOf(NAMES.email)[0] ?? '',
    password,
    ...firstTotp([...lines.filter((line) => KEY_URI.test(line)), ...valuesOf(NAMES.totp)]),
    title: '',
  };
}

const linesOf = (text: string) => text.split(/\r?\n/);
