import type { EntryRef } from '../../entry/fields.js';
import { compactStores } from '../../preflight/compact-store.js';
import { startPreflight } from '../../preflight/preflight.js';
import { entriesOf } from '../../vault/entries.js';
import { type KeyState, keyStateOf } from '../../vault/key-state.js';
import { ManifestCheck } from '../../vault/manifest/check-manifest.js';
import { nameOf } from '../../vault/name.js';
import { wholeOf } from '../../vault/whole-entry.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { readText } from '../input/read.js';
import { quietOption } from '../options/entries.js';
import { clientAndKeyOptions, clientExitCodes, clientOf, clientVariables } from '../options/vault.js';
import { FindingsReport, findingsOption } from '../output/findings-report.js';
import { startProgress } from '../terminal/progress.js';

export const command = defineCommand({
  name: 'vault status',
  summary: 'preflight all entries of the vault as one batch; writes nothing',
  options: {
    ...clientAndKeyOptions,
    manifest: {
      type: 'file',
      access: 'read',
      value: 'file',
      summary: 'also compare the entries with this manifest',
    },
    ...findingsOption,
    ...quietOption,
  },
  variables: clientVariables,
  details: `It finds what is under a previous key or under none, copies, repeated IVs, duplicates, unusable TOTP secrets. Standard
error says how many entries are under which key. With --format json, the findings are those of preflight; "file" is
the name of the entry.`,
  exitCodes: { ...clientExitCodes, 1: 'there are errors, or credentials under a previous key' },

  async run({ manifest, format, quiet, ...options }, context) {
    const { how } = await clientOf(options, context);
    const check =
      manifest === undefined
        ? undefined
        : new ManifestCheck(await readText(manifest, '--manifest', context), how.keys);
    const refs: EntryRef[] = [];
    const preflight = startPreflight(
      { keys: how.keys, operation: 'update' },
      (place) => nameOf(refs[place] as EntryRef),
      compactStores(),
    );
    const report = new FindingsReport(
      format,
      startProgress(context, { hasResults: false, isQuiet: quiet }),
      context,
    );
    const states = new Map<KeyState, number>();
    let isUnderPrevious = false;
    try {
      await report.begin();
      for (const finding of check?.findings ?? []) await report.add(finding, { file: manifest ?? '' });
      for await (const stored of entriesOf(how, {})) {
        const { permissioned_user_id, domain } = stored;
        const place = refs.push({ permissioned_user_id, domain }) - 1;
        const file = nameOf(stored);
        const state = keyStateOf(stored, how.ring);
        states.set(state, (states.get(state) ?? 0) + 1);
        report.count();
        const held = check?.isAuthentic ? check.look(stored) : [];
        for (const finding of [...preflight(wholeOf(stored), place), ...held]) {
          isUnderPrevious ||= finding.rule === 'credential/previous-key';
          await report.add(finding, { file });
        }
      }
      if (check?.isAuthentic)
        for (const finding of check.removed()) await report.add(finding, { file: manifest ?? '' });
      if (!quiet || format !== 'text')
        await report.end(check?.isAuthentic ? { manifest: check.manifest } : {});
    } finally {
      report.progress.stop();
      check?.forgetKey();
    }
    const counts = [...states].map(([state, count]) => `${count} ${WORDS[state]}`);
    if (!quiet)
      context.stderr.write(
        `${refs.length} ${refs.length === 1 ? 'entry' : 'entries'}: ${counts.join(', ') || 'nothing is there'}\n`,
      );
    return report.totals.errors === 0 && !isUnderPrevious ? EXIT.done : EXIT.checkFailed;
  },
});

const WORDS: Readonly<Record<KeyState, string>> = {
  none: 'without credentials',
  current: 'under the current key',
  previous: 'under a previous key',
  mixed: 'under the current and a previous key',
  unopenable: 'that do not open',
};
