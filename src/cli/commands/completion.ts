import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { completionFor, SHELLS } from '../help/completion.js';

export const command = defineCommand({
  name: 'completion',
  summary: 'print a completion script for a shell: commands, options, file names and choices',
  arguments: { shell: { type: 'text', isRequired: true, choices: SHELLS, summary: 'which shell' } },
  examples: {
    'credseal completion bash > ~/.local/share/bash-completion/completions/credseal': 'for bash-completion',
    'source <(credseal completion zsh)': 'in ~/.zshrc, after compinit',
    'credseal completion fish > ~/.config/fish/completions/credseal.fish': 'for fish',
  },

  async run({ shell }, { stdout }, whole) {
    stdout.write(completionFor(shell, await whole()));
    return EXIT.done;
  },
});
