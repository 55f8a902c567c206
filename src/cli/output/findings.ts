import { styleText } from 'node:util';
import type { Finding } from '../../errors.js';
import type { ManifestEnd } from '../../vault/manifest/format.js';
import { printable } from '../terminal/printable.js';

/** Where a finding is: the file as it was named, and in NDJSON its line. */
export interface Located extends Finding {
  readonly file: string;
  readonly line?: number | undefined;
  /** It is about a whole file, and standard error has said it. */
  readonly isTold?: boolean;
  /** The file cannot be read. */
  readonly isUnread?: boolean;
}

/** What a run comes to. */
export interface Totals {
  readonly checked: number;
  readonly errors: number;
  readonly warnings: number;
  /** Whether credentials were opened, where that is asked. */
  readonly opened?: boolean;
  /** The end of the manifest that entries were held against. */
  readonly manifest?: ManifestEnd & { readonly mac: string };
}

/** A way to write findings as they come, and then the end. */
export interface Format {
  readonly start?: string;
  finding(finding: Located, isFirst: boolean): string;
  end(totals: Totals): string;
}

const place = ({ file, line }: Located) => (line === undefined ? file : `${file}:${line}`);
const NOT_OPENED =
  'No key was used, and nothing was opened: plain text that happens to be long hex passes for sealed.';

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

const summaryOf = ({ checked, errors, warnings }: Totals) =>
  `${checked} checked: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`;

/** Which manifest it was: an older one holds as well, beside entries of its time. */
const ofManifest = ({ manifest }: Totals) =>
  manifest === undefined
    ? ''
    : `Manifest of ${manifest.at}${manifest.vault === undefined ? '' : ` of ${printable(manifest.vault)}`}, mac ${manifest.mac}\n`;

/** For people: two lines a finding, in colour where there is a terminal that wants it. */
export function textFormat(hasColour: boolean): Format {
  const paint = (style: 'red' | 'yellow' | 'dim', text: string) =>
    hasColour ? styleText(style, text) : text;
  return {
    finding(finding) {
      // Both streams are for people, and usually side by side.
      if (finding.isTold) return '';
      const { severity, rule, path, message, hint } = finding;
      const head = [place(finding), paint(severity === 'error' ? 'red' : 'yellow', severity), rule, path];
      return `${head.filter(Boolean).join('  ')}\n    ${message} ${paint('dim', hint)}\n`;
    },
    end: (totals) =>
      summaryOf(totals) + ofManifest(totals) + (totals.opened === false ? `${NOT_OPENED}\n` : ''),
  };
}

/** For programs: one JSON document, written as it grows. */
export const jsonFormat: Format = {
  start: '{"findings":[',
  finding({ file, line, rule, severity, path, message, hint }, isFirst) {
    return `${isFirst ? '' : ','}\n${JSON.stringify({ file, line, rule, severity, path, message, hint })}`;
  },
  end({ checked, errors, warnings, opened, manifest }) {
    const end = JSON.stringify({ ok: errors === 0, opened, checked, errors, warnings, manifest });
    return `\n],${end.slice(1)}\n`;
  },
};

/** For GitHub's workflows: an annotation a finding ("Workflow commands for GitHub Actions", setting an error message). */
export const githubFormat: Format = {
  finding({ file, line, isUnread, rule, severity, path, message, hint }) {
    // An annotation of a file that is not there would be shown nowhere.
    const properties = {
      file: isUnread ? undefined : file,
      line,
      title: [rule, path].filter(Boolean).join(' '),
    };
    const list = Object.entries(properties).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [`${name}=${escaped(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`],
    );
    return `::${severity} ${list.join(',')}::${escaped(`${message} ${hint}`)}\n`;
  },
  end: (totals) =>
    summaryOf(totals) +
    (totals.opened === false ? `::notice title=preflight::opened: false. ${NOT_OPENED}\n` : ''),
};

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
