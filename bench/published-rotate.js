// What bench/vault.js measures against: how entries are rotated in the vault without credseal, one after another by the
// published client's get and update. It has one key, so that there are two of it. It checks nothing.
import { CloudCruise } from 'cloudcruise';

const { CLOUDCRUISE_API_KEY: apiKey, OLD_KEY, NEW_KEY, BASE_URL } = process.env;
const clientOf = (encryptionKey) => {
  const client = new CloudCruise({ apiKey, encryptionKey });
  // Its constructor accepts no base URL but its own, so it is set behind it.
  Reflect.set(client, 'baseUrl', BASE_URL);
  return client.vault;
};
const [before, after] = [clientOf(OLD_KEY), clientOf(NEW_KEY)];
for (const { permissioned_user_id, domain } of await before.get({ decryptCredentials: false })) {
  const [{ user_name, password, tfa_secret }] = await before.get({ permissioned_user_id, domain });
  await after.update({ permissioned_user_id, domain, user_name, password, tfa_secret });
}
