import {
  type VaultConfig,
  type VaultRequest,
  type VaultRequests,
  vaultRequests,
} from '../../src/request/vault-requests.js';
import { KEY, REF, TOTP } from '../entry/sealing.js';

export const API_KEY = 'sk_test_QZXJWVKY-qzxjwvky!"#$%&\'()*+,/:;<=>?@[]^_`{|}~';
export const ENTRY = { ...REF, user_name: 'ada', password: 'hunter2', tfa_secret: TOTP };

/** `vaultRequests` without its types. */
export function vault(config: object = {}): VaultRequests {
  return vaultRequests({ apiKey: API_KEY, key: KEY, ...config } as VaultConfig);
}

/** One request of each call, for one entry; what is created keeps a domain that may be created. */
export function allRequests(requests: VaultRequests, ref = REF): VaultRequest[] {
  const entry = { ...ENTRY, permissioned_user_id: ref.permissioned_user_id };
  return [
    requests.create(entry),
    requests.update({ ...entry, password: null }),
    requests.list(),
    requests.get(ref),
    requests.delete(ref),
    requests.clearBrowserState(ref),
    requests.tfaCode(ref),
  ];
}
