import { defineCommand } from '../command.js';
import { EXIT, UsageError } from '../exit.js';
import { helpText } from '../help/help.js';
import { topicAt } from '../help/topics.js';
import { packageVersion } from '../input/package-files.js';

export const command = defineCommand({
  name: 'help',
  summary: 'describe a command: credseal help key new',
  arguments: {
    command: { type: 'text', isRepeatable: true, summary: 'name of a command; nothing for all commands' },
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

  async run({ command = [], format }, { stdout }, whole) {
    const program = await whole();
    const topic = topicAt(program, command);
    if (topic === undefined) throw new UsageError('There is no such command. See credseal --help.');
    if (format === 'text') stdout.write(helpText(topic));
    else if (format === 'man') {
      const { manPage } = await import('../help/man-page.js');
      stdout.write(manPage(program, packageVersion()));
    } else {
      const { reference } = await import('../help/reference.js');
      stdout.write(reference(program));
    }
    return EXIT.done;
  },
});
