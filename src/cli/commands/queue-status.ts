import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { queueAddress, queueOptions, queueVariables } from '../options/queue.js';
import { formatOption } from '../options/report.js';
import { openQueue } from '../tasks/open-queue.js';

export const command = defineCommand({
  name: 'queue status',
  summary: 'count jobs: waiting, active, to be retried, failed',
  options: { ...queueOptions, ...formatOption },
  variables: queueVariables,
  examples: { 'credseal queue status --queue redis://127.0.0.1:6379': 'what is left to do' },
  exitCodes: { 6: 'the queue cannot be reached' },

  async run({ queue: typed, queueName, format }, context) {
    const queue = await openQueue(await queueAddress({ queue: typed }, context), queueName);
    try {
      const counts = await queue.counts();
      const text = Object.entries(counts).map(([name, value]) => `${name.padEnd(8)} ${value}\n`);
      context.stdout.write(format === 'json' ? `${JSON.stringify(counts)}\n` : text.join(''));
      return EXIT.done;
    } finally {
      await queue.close();
    }
  },
});
