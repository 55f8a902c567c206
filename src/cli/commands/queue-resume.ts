import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { queueAddress, queueOptions, queueVariables } from '../options/queue.js';
import { openQueue } from '../tasks/open-queue.js';

export const command = defineCommand({
  name: 'queue resume',
  summary: 'let workers continue that stopped because the vault refused their API key',
  options: queueOptions,
  variables: queueVariables,
  examples: { 'credseal queue resume --queue redis://127.0.0.1:6379': 'once the key is mended' },
  exitCodes: { 6: 'the queue cannot be reached' },

  async run({ queue: typed, queueName }, context) {
    const queue = await openQueue(await queueAddress({ queue: typed }, context), queueName);
    try {
      await queue.resume();
      return EXIT.done;
    } finally {
      await queue.close();
    }
  },
});
