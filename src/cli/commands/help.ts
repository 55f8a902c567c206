import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { helpText } from '../help/help.js';
import { loaded, topicAt } from '../help/topics.js';
import { packageVersion } from '../input/package-files.js';
import { UsageError } from '../usage.js';

export default defineCommand({
  name: 'help',
  summary: 'what there is to know about a command: credseal help key new',
  arguments: {
    command: { type: 'text', isRepeatable: true, summary: 'its name; nothing for all commands' },
  },
  options: {
    format: {
      type: 'text',
      value: 'format',
      choices: ['text', 'man', 'markdown'],
      default: 'text',
      summary: 'text, or all commands as a manual page or as a reference in Markdown',
    },
  },

  async run({ command = [], format }, { stdout }, program) {
    const topic = await topicAt(program, command);
    if (topic === undefined) throw new UsageError('There is no such command.');
    if (format === 'text') stdout.write(helpText(topic));
    else if (format === 'man') {
      const { manPage } = await import('../help/man-page.js');
      stdout.write(manPage(await loaded(program), packageVersion()));
    } else {
      const { reference } = await import('../help/reference.js');
      stdout.write(reference(await loaded(program)));
    }
    return EXIT.done;
  },
});
