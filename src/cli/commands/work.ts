import { checkedBaseUrl } from '../../request/base-url.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { readHandoffKeys } from '../input/handoff-keys.js';
import { quietOption } from '../options/entries.js';
import { handoffOptions } from '../options/handoff.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { queueAddress, queueOptions, queueVariables } from '../options/queue.js';
import { apiKeyOf, apiKeyOption, vaultOptions, vaultVariables } from '../options/vault.js';
import { openQueue } from '../tasks/open-queue.js';
import { untilSo } from '../tasks/poll.js';
import { untilSignal } from '../terminal/interrupted.js';
import { printable } from '../terminal/printable.js';
import { keepMemoryFlat } from '../threads/flat-memory.js';

export const command = defineCommand({
  name: 'work',
  summary: 'process a queue: send its tokens and sealed entries to the vault, on any number of machines',
  options: {
    ...keyOptions,
    ...queueOptions,
    ...handoffOptions,
    maxAge: { ...handoffOptions.maxAge, default: 3600 },
    upsert: { type: 'flag', summary: 'for tokens: create entries, or update those that exist' },
    concurrency: {
      type: 'number',
      value: 'n',
      least: 1,
      most: 256,
      default: 8,
      summary: 'how many jobs at once',
    },
    untilEmpty: { type: 'flag', summary: 'exit when the queue is empty' },
    timeout: {
      type: 'number',
      value: 'seconds',
      least: 1,
      most: 600,
      default: 30,
      summary: 'time limit of one attempt',
    },
    ...vaultOptions,
    ...apiKeyOption,
    ...quietOption,
  },
  printsNoResults: true,
  variables: { ...keyVariables, ...vaultVariables, ...queueVariables },
  details: `Ctrl-C and SIGTERM end it in good order: requests under way are finished, and the rest goes back to the queue.
Entries of one job are sent one after the other.`,
  examples: {
    'credseal work --queue redis://127.0.0.1:6379': 'works until Ctrl-C',
    'credseal work --queue redis://127.0.0.1:6379 --until-empty': 'ends when the queue is empty',
    'credseal work --queue postgres://app@127.0.0.1/app':
      'a queue of pg-boss, on PostgreSQL; needs Node 22.12',
  },
  exitCodes: {
    1: 'some jobs failed',
    3: 'key missing, malformed or protected',
    4: 'the hand-off key is malformed',
    6: 'the queue cannot be reached, or the vault refuses the API key',
  },

  async run({ queueName, handoffKeys: keyPath, quiet, untilEmpty, ...options }, context) {
    const address = await queueAddress(options, context);
    const baseUrl = checkedBaseUrl(options.baseUrl);
    const vaultKey = await loadRing(options, context);
    const apiKey = await apiKeyOf(options, context);
    const handoffKeys = keyPath === undefined ? undefined : await readHandoffKeys(keyPath, context);
    const { audience, maxAge, concurrency } = options;
    // A worker may run for weeks.
    keepMemoryFlat();
    const tell = (text: string) => context.stderr.write(`${text}\n`);
    const sum = { created: 0, updated: 0, there: 0, failed: 0 };
    let isHalted = false;
    const queue = await openQueue(address, queueName);
    const worker = queue.work({
      vaultKey,
      apiKey,
      baseUrl,
      handoffKeys,
      audience,
      maxAge,
      mode: options.upsert ? 'upsert' : 'create',
      timeout: 1000 * options.timeout,
      jobs: concurrency,
      onSent(counts) {
        for (const name of ['created', 'updated', 'there'] as const) sum[name] += counts[name];
      },
      onPause({ reason, seconds, message }) {
        isHalted ||= reason === 'api-key';
        if (reason === 'api-key')
          tell(`The queue is paused: ${message} Mend that, and run credseal queue resume.`);
        else if (!quiet) tell(`All workers wait for ${Math.ceil(seconds ?? 0)} s, as the vault asks.`);
      },
      onFailed(id, reason) {
        sum.failed += 1;
        tell(printable(`job ${id}: ${reason}`));
      },
    });
    const { signal, end } = untilSignal(context);
    try {
      await untilSo(async () => untilEmpty && (isHalted || (await worker.isEmpty())), signal);
    } finally {
      await worker.end();
      await queue.close();
      end();
    }
    const { created, updated, there, failed } = sum;
    if (!quiet)
      tell(`${created} created, ${updated} updated, ${there} there already; ${failed} jobs failed.`);
    if (isHalted) return EXIT.network;
    return failed > 0 ? EXIT.checkFailed : EXIT.done;
  },
});
