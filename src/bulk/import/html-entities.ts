import type { Login } from './login.js';

const ENTITY = /&(amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const LAST_CODE_POINT = 0x10ffff;

/** Whether there are HTML entities in what becomes part of an entry. LastPass has written them for years. */
export function hasEntities({ urls, username, password, totp }: Login): boolean {
  return isWithEntity(username) || isWithEntity(password) || isWithEntity(totp) || urls.some(isWithEntity);
}

const isWithEntity = (text: string) => text.includes('&') && text.search(ENTITY) !== -1;

/** A login with its HTML entities decoded, once. */
export function withoutEntities(login: Login): Login {
  const { urls, username, password, totp, title, fields } = login;
  const decodedFields =
    fields && Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, decoded(value)]));
  return {
    ...login,
    urls: urls.map(decoded),
    username: decoded(username),
    password: decoded(password),
    totp: decoded(totp),
    title: decoded(title),
    ...(decodedFields && { fields: decodedFields }),
  };
}

function decoded(text: string): string {
  return text.replaceAll(ENTITY, (entity, name: string) => {
    if (!name.startsWith('#')) return NAMED[name.toLowerCase()] ?? entity;
    const codePoint = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    const isCharacter = codePoint > 0 && codePoint <= LAST_CODE_POINT && !(codePoint >> 11 === 0x1b);
    return isCharacter ? String.fromCodePoint(codePoint) : entity;
  });
}
