import { allBelow, type Completed, type Expected, type Place } from './places.js';

/** A function a place, by the conventions of zshcompsys(1). It may be sourced, or lie in a folder of `fpath`. */
export function zshCompletion(program: Place): string {
  return `#compdef credseal
# Completion of credseal in zsh, made by: credseal completion zsh

${allBelow(program).map(functionOf).join('\n\n')}

if [[ $funcstack[1] == _credseal ]]; then
  _credseal "$@"
else
  compdef _credseal credseal
fi
`;
}

const nameOf = ({ path }: Place) => `_${path.join('_')}`;

function functionOf(place: Place): string {
  const { commands, arguments: expected } = place;
  const specs = place.options.map(specOf);
  if (commands.length === 0) {
    if (expected !== undefined) specs.push(quoted(`*:argument:${actionOf(expected)}`));
    return `${nameOf(place)}() {\n  _arguments -s -S ${specs.join(' \\\n    ')}\n}`;
  }
  const described = commands.map(({ path, summary }) =>
    quoted(`${path.at(-1)}:${summary.replaceAll(':', '\\:')}`),
  );
  const cases = commands.map((command) => `        ${command.path.at(-1)}) ${nameOf(command)} ;;`);
  return `${nameOf(place)}() {
  local curcontext="$curcontext" state line
  local -a commands
  _arguments -s -S -C ${[...specs, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case $state in
    command)
      commands=(${described.join(' \\\n        ')})
      _describe command commands ;;
    rest)
      case $line[1] in
${cases.join('\n')}
      esac ;;
  esac
}`;
}

function specOf({ flag, short, summary, isRepeatable, value }: Completed): string {
  const meaning = `[${summary.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  const action = value === undefined ? '' : `:value:${actionOf(value)}`;
  const repeated = isRepeatable ? '*' : '';
  const long = quoted(`${repeated}${flag}${value === undefined ? '' : '='}${meaning}${action}`);
  if (short === undefined) return long;
  return `${long} ${quoted(`${repeated}-${short}${value === undefined ? '' : '+'}${meaning}${action}`)}`;
}

function actionOf(expected: Expected): string {
  if (expected === 'files') return '_files';
  return expected === 'anything' ? ' ' : `(${expected.join(' ')})`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
