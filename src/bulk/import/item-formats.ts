import type { ItemFormat } from './item-format.js';
import { bitwardenJson, bw } from './json-bitwarden.js';
import { onePux, op } from './json-onepassword.js';
import { enpass, keeperJson, protonpassJson } from './json-others.js';
import { keepassXml } from './keepass-xml.js';

/** The exports in JSON and XML that are known, by the names of `from`. */
export const itemFormats = {
  '1pux': onePux,
  op,
  'bitwarden-json': bitwardenJson,
  bw,
  enpass,
  'protonpass-json': protonpassJson,
  'keeper-json': keeperJson,
  'keepass-xml': keepassXml,
} as const satisfies Record<string, ItemFormat>;

export type ItemFormatName = keyof typeof itemFormats;
