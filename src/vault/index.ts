export { checkManifest, type ManifestReport } from './manifest/check-manifest.js';
export type { ManifestEntries } from './manifest/entries.js';
export { type ManifestOptions, makeManifest } from './manifest/make-manifest.js';
