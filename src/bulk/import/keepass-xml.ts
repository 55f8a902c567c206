import { Secret } from 'otpauth/bare';
import { notAnEntry } from '../item.js';
import type { ItemFormat } from './item-format.js';
import { dateOf, type ExportRecord, firstTotp } from './login.js';
import { childOf, childrenOf, type XmlElement } from './xml.js';

/** An entry, and whether it is in the recycle bin. */
interface Item {
  readonly entry: XmlElement;
  readonly isDeleted: boolean;
}

/** KeePass 2 (File → Export → KeePass XML 2.x), and `keepassxc-cli export`. The history of an entry stays behind. */
export const keepassXml: ItemFormat = {
  kind: 'xml',
  is: 'XML',
  fits: (document) => (document as XmlElement).name === 'KeePassFile',
  items(document) {
    const file = document as XmlElement;
    const root = childOf(file, 'Root');
    if (file.name !== 'KeePassFile' || root.name === '')
      throw notAnEntry('This is not an export of KeePass 2: it has no KeePassFile with a Root.');
    const bin = childOf(childOf(file, 'Meta'), 'RecycleBinUUID').text;
    return itemsIn(root, bin, false);
  },
  read: (item) => readEntry(item as unknown as Item),
};

function itemsIn(group: XmlElement, bin: string, isDeleted: boolean): Item[] {
  const isInBin = isDeleted || (bin !== '' && childOf(group, 'UUID').text === bin);
  return group.elements.flatMap((element) => {
    if (element.name === 'Entry') return [{ entry: element, isDeleted: isInBin }];
    return element.name === 'Group' ? itemsIn(element, bin, isInBin) : [];
  });
}

function readEntry({ entry, isDeleted }: Item): ExportRecord {
  if (isDeleted) return { skip: 'deleted' };
  const strings = new Map<string, string>();
  for (const one of childrenOf(entry, 'String')) {
    const value = childOf(one, 'Value');
    // As it stands in a database: the key to it is in there, too.
    if (value.attributes.Protected === 'True')
      return { problem: 'A value of the entry is encrypted: export again, out of KeePass or KeePassXC.' };
    strings.set(childOf(one, 'Key').text, value.text);
  }
  const fieldOf = (name: string) => strings.get(name) ?? '';
  const further = [...strings].flatMap(([name, value]) => (/^KP2A_URL(_\d+)?$/.test(name) ? [value] : []));
  return {
    urls: [fieldOf('URL'), ...further],
    username: fieldOf('UserName'),
    password: fieldOf('Password'),
    ...firstTotp(totpsOf(fieldOf)),
    title: fieldOf('Title'),
    changed: momentOf(childOf(childOf(entry, 'Times'), 'LastModificationTime').text),
  };
}

/** A key URI of what fields say one by one. What it says is checked like any other. */
function keyUri(secret: string, settings: Readonly<Record<string, string>>, type = 'totp'): string {
  const parameters = Object.entries({ secret, ...settings }).filter(([, value]) => value !== '');
  return `otpauth://${type}/?${parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

/** In the order of their products: KeePassXC, KeeOtp and others, KeePass 2 itself, TrayTOTP. */
function totpsOf(fieldOf: (name: string) => string): string[] {
  const timed = keepassSecret(fieldOf, 'TimeOtp-Secret');
  const counted = keepassSecret(fieldOf, 'HmacOtp-Secret');
  const seed = fieldOf('TOTP Seed');
  const [period = '', digits = ''] = fieldOf('TOTP Settings').split(';');
  const isSteam = digits === 'S';
  return [
    otpField(fieldOf('otp')),
    timed &&
      keyUri(timed, {
        period: fieldOf('TimeOtp-Period'),
        digits: fieldOf('TimeOtp-Length'),
        algorithm: fieldOf('TimeOtp-Algorithm').replace(/^HMAC-/, ''),
      }),
    seed && keyUri(seed, { period, digits: isSteam ? '' : digits, encoder: isSteam ? 'steam' : '' }),
    counted && keyUri(counted, { counter: fieldOf('HmacOtp-Counter') || '0' }, 'hotp'),
  ];
}

/** A key URI (KeePassXC), or `key=…&step=…&size=…` (KeeOtp). */
function otpField(value: string): string {
  if (!/(^|&)key=/.test(value) || value.includes('://')) return value;
  const parameters = new URLSearchParams(value);
  const parameter = (name: string) => parameters.get(name) ?? '';
  return keyUri(
    parameter('key'),
    { period: parameter('step'), digits: parameter('size'), algorithm: parameter('otpHashMode') },
    parameter('type').toLowerCase() === 'hotp' ? 'hotp' : 'totp',
  );
}

/** The secret of KeePass 2 (https://keepass.info/help/base/placeholders.html#otp), as base32. */
function keepassSecret(fieldOf: (name: string) => string, name: string): string {
  const [plain, hex, base32, base64] = ['', '-Hex', '-Base32', '-Base64'].map((form) => fieldOf(name + form));
  if (plain) return asBase32(new TextEncoder().encode(plain));
  if (hex) return /^([\da-f]{2})+$/i.test(hex) ? asBase32(bytesOfHex(hex)) : UNREADABLE;
  if (base64) return asBase32(bytesOfBase64(base64));
  return base32 ?? '';
}

/** No base32, which is refused like any other. */
const UNREADABLE = '!';

const asBase32 = (bytes: Iterable<number> | undefined): string =>
  bytes === undefined ? UNREADABLE : new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32;

const bytesOfHex = (hex: string) => hex.match(/../g)?.map((digits) => Number.parseInt(digits, 16));

function bytesOfBase64(text: string): number[] | undefined {
  try {
    return Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

const SECONDS_OF_YEAR_1 = -62_135_596_800;

/** A moment: a date, or in files of format 4 the seconds since the year 1, as 8 bytes in base64. */
function momentOf(text: string): number | undefined {
  const bytes = /^[A-Za-z\d+/]{11}=$/.test(text) ? bytesOfBase64(text) : undefined;
  if (bytes === undefined) return dateOf(text);
  const seconds = new DataView(Uint8Array.from(bytes).buffer).getBigInt64(0, true);
  return (Number(seconds) + SECONDS_OF_YEAR_1) * 1000;
}
