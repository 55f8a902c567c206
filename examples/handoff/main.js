// node examples/handoff/main.js            hands one entry over as the page would, shows what each part sees, and ends
// node examples/handoff/main.js --serve    serves the page until Ctrl-C; needs esbuild: npm install --save-dev esbuild
//
// Where credseal is installed from its package, it is node_modules/credseal/examples/handoff/main.js.
//
// Payloads go to the vault at CLOUDCRUISE_BASE_URL (with CLOUDCRUISE_API_KEY and CLOUDCRUISE_ENCRYPTION_KEY); without
// one they are shown.
import { VaultKey } from 'credseal';
import { generateHandoffKeys } from 'credseal/handoff';
import { frontEnd } from './bundle.js';
import { handOff } from './front-end.js';
import { startServer } from './server.js';
import { startWorker, toVault } from './worker.js';

const {
  CLOUDCRUISE_BASE_URL: baseUrl,
  CLOUDCRUISE_API_KEY: apiKey = '',
  CLOUDCRUISE_ENCRYPTION_KEY,
} = process.env;
const vaultKey = CLOUDCRUISE_ENCRYPTION_KEY ? VaultKey.fromEnv() : VaultKey.generate();
// Made for this run. A real worker keeps its private key where it keeps the vault key, and gives out the public one.
const { publicJwk, privateJwk } = await generateHandoffKeys();

const show = async (payload) => console.log('worker: made this payload', payload);
const send = baseUrl ? toVault({ vaultKey, apiKey, baseUrl }) : show;
const deliver = async (payload) => {
  await send(payload);
  if (baseUrl) console.log(`worker: the vault at ${baseUrl} has it`);
};

const isServing = process.argv.includes('--serve');
if (isServing) {
  await frontEnd().catch(({ message }) => {
    console.error(message);
    process.exit(1);
  });
}
const worker = await startWorker({ handoffKeys: { keys: [privateJwk] }, vaultKey, deliver });
const server = await startServer({ publicJwk, workerUrl: worker.url });

if (isServing) {
  console.log(`Open ${server.url} in a browser; Ctrl-C ends.`);
  await new Promise((ended) => process.once('SIGINT', ended).once('SIGTERM', ended));
} else {
  const entry = {
    permissioned_user_id: 'user-1',
    domain: 'https://portal.example.com',
    user_name: 'ada@example.com',
    password: 'correct horse battery staple',
  };
  console.log(`page: seals the entry of ${entry.user_name} to the key ${publicJwk.kid}`);
  const { status, message } = await handOff(entry, { server: server.url });
  console.log(`page: the server answered ${status}: ${message}`);
  if (status !== 202) process.exitCode = 1;
}
await server.close();
await worker.close();
