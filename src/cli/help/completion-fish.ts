import { allBelow, type Completed, type Expected, type Place } from './places.js';

/** A line a word that may be typed, with the condition that the words before it lead there. */
export function fishCompletion(program: Place): string {
  const places = allBelow(program);
  const paths = places.slice(1).map(({ path }) => quoted(path.join(' ')));
  return `# Completion of credseal in fish, made by: credseal completion fish
function __credseal_at
    set -l path credseal
    for word in (commandline -opc)[2..-1]
        switch "$path $word"
            case ${paths.join(' ')}
                set path "$path $word"
            case '*'
                break
        end
    end
    test "$path" = "$argv"
end
complete -c credseal -f
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, arguments: expected }: Place): string[] {
  const line = (...words: readonly string[]) =>
    ['complete -c credseal -n', quoted(`__credseal_at ${path.join(' ')}`), ...words].join(' ');
  return [
    ...commands.map((command) => line('-a', command.path.at(-1) ?? '', '-d', quoted(command.summary))),
    ...options.map((option) => line(...wordsOf(option))),
    ...(expected === undefined ? [] : [line(...expectedWords(expected))]),
  ];
}

function wordsOf({ flag, short, summary, value }: Completed): string[] {
  const names = ['-l', flag.slice(2), ...(short === undefined ? [] : ['-s', short])];
  return [...names, '-d', quoted(summary), ...(value === undefined ? [] : ['-r', ...expectedWords(value)])];
}

function expectedWords(expected: Expected): string[] {
  if (expected === 'files') return ['-F'];
  return expected === 'anything' ? ['-f'] : ['-f', '-a', quoted(expected.join(' '))];
}

const quoted = (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
