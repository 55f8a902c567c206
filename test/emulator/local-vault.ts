import { onTestFinished } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { type VaultRequest, vaultRequests } from '../../src/request/vault-requests.js';
import { sealValue } from '../../src/value/sealed-value.js';

export const KEY = VaultKey.fromHex('0123456789abcdef'.repeat(4));
export const OTHER_KEY = VaultKey.fromHex('fedcba9876543210'.repeat(4));
export const API_KEY = 'sk_test_QZXJWVKY';
export const REF = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
export const TOTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEE';
/** An entry in plain text with something of everything that is sealed. */
export const ENTRY = {
  ...REF,
  user_name: 'ada@example.com',
  password: 'correct horse',
  tfa_secret: TOTP,
  tfa_method: 'AUTHENTICATOR',
} as const;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON, which the tests look into
  readonly json: any;
}

/** Sends a request over a real socket, and reads the whole answer. */
export async function send(
  request: VaultRequest | { method: string; url: string; headers?: object; body?: string },
) {
  const response = await fetch(request.url, request as RequestInit);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) } as Answer;
}

/** A local vault for one test, with the requests of a client that has its key. */
export async function localVault(options: Partial<EmulatorOptions> = {}) {
  const { key = KEY, apiKey = API_KEY } = options;
  const vault = await startEmulator({ key, apiKey, ...options });
  onTestFinished(() => vault.close());
  const requests = vaultRequests({ apiKey, key, baseUrl: vault.url });
  /** A body as it is, to a path. */
  const raw = (method: string, path: string, body?: unknown, headers: object = {}) =>
    send({
      method,
      url: vault.url + path,
      headers: { 'cc-key': apiKey, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return { vault, requests, raw };
}

/** A payload of sealed values, without anything that credseal would check. */
export const sealedPayload = (credentials: Record<string, string>, more: object = {}, key = KEY) => ({
  ...REF,
  ...Object.fromEntries(Object.entries(credentials).map(([name, value]) => [name, sealValue(value, key)])),
  ...more,
});
