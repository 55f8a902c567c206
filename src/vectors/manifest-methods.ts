import { checkManifest } from '../vault/manifest/check-manifest.js';
import type { ManifestEntries } from '../vault/manifest/entries.js';
import { makeManifestAt } from '../vault/manifest/make-manifest.js';
import { ringOf } from './entry-methods.js';
import type { Method } from './method.js';

/** Manifests. The casts are safe: what is of another type is refused by what it is handed to. */
export const manifestMethods: Readonly<Record<string, Method>> = {
  makeManifest: {
    given: ['keys', 'entries', 'at', 'vault', 'previous'],
    expected: ['manifest'],
    details: ['field', 'issues'],
    answer: async ({ keys, entries, at, ...options }) => ({
      manifest: await makeManifestAt(
        Date.parse(at as string),
        entries as ManifestEntries,
        ringOf(keys),
        options,
      ),
    }),
  },
  checkManifest: {
    given: ['keys', 'entries', 'manifest'],
    expected: ['findings'],
    details: ['findings'],
    answer: async ({ keys, entries, manifest }) => {
      const report = await checkManifest(entries as ManifestEntries, manifest as string, ringOf(keys));
      const findings = report.findings.map(({ rule, severity, path }) => ({ rule, severity, path }));
      return report.ok ? { findings } : { error: 'ERR_MANIFEST', findings };
    },
  },
};
