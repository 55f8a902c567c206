import { allBelow, type Expected, type Place } from './places.js';

/** Of bash 3.2, as macOS has it, and later: `complete -o default` gives names of files where nothing else is given. */
export function bashCompletion(program: Place): string {
  const places = allBelow(program);
  const paths = places.slice(1).map(({ path }) => quoted(path.join(' ')));
  return `# Completion of credseal in bash, made by: credseal completion bash
_credseal() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path=credseal words= i
  COMPREPLY=()
  # --format=json comes as three words.
  if [[ $current == = ]]; then current=
  elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths.join('|')}) path="$path \${COMP_WORDS[i]}" ;;
      *) break ;;
    esac
  done
  case "$path $previous" in
${places.flatMap(valueCases).join('\n')}
    *)
      if [[ $current == -* ]]; then
        case $path in
${places.map(optionCase).join('\n')}
        esac
      else
        case $path in
${places.map(argumentCase).join('\n')}
        esac
      fi ;;
  esac
  compopt +o default 2> /dev/null
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _credseal credseal
`;
}

function valueCases({ path, options }: Place): string[] {
  return options.flatMap(({ flag, short, value }) => {
    if (value === undefined) return [];
    const typed = short === undefined ? [flag] : [flag, `-${short}`];
    const patterns = typed.map((each) => quoted([...path, each].join(' ')));
    return [`    ${patterns.join('|')}) ${given(value)} ;;`];
  });
}

function optionCase({ path, options }: Place): string {
  const flags = options.map(({ flag }) => flag);
  return `          ${quoted(path.join(' '))}) ${given(flags)} ;;`;
}

function argumentCase({ path, commands, arguments: expected = [] }: Place): string {
  const names = commands.map((command) => command.path.at(-1) ?? '');
  return `          ${quoted(path.join(' '))}) ${given(commands.length > 0 ? names : expected)} ;;`;
}

/** To return without words is to ask for names of files. */
function given(expected: Expected): string {
  if (expected === 'files') return 'return';
  return expected === 'anything' ? 'words=' : `words=${quoted(expected.join(' '))}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
