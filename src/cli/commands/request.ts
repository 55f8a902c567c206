import { environment, loadRing } from '../options/keys.js';
import { runDocument } from '../tasks/document.js';
import { type EntryOptions, sealOptionsOf } from './payload.js';

interface RequestOptions extends EntryOptions {
  baseUrl?: string;
  curl?: boolean;
  http?: boolean;
  json?: boolean;
}

/** `credseal request`: entries in plain text become requests that carry them sealed. */
export async function request(file: string | undefined, given: RequestOptions): Promise<number> {
  const { operation = 'create', ...options } = sealOptionsOf(given);
  const baseUrl = given.baseUrl ?? ((await environment(given)).CLOUDCRUISE_BASE_URL || undefined);
  const form = given.json ? 'json' : given.http ? 'http' : 'curl';
  const ring = await loadRing(given);
  return runDocument(file, { kind: 'request', operation, options, baseUrl, form }, ring, given);
}
