import { defineConfig } from 'vitepress';

const page = (text, link) => ({ text, link });
/** As GitHub makes anchors, where the same pages are read. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

export default defineConfig({
  title: 'credseal',
  description:
    'Seals credentials with your own key before they leave your process, for the CloudCruise vault API.',
  lang: 'en',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  base: process.env.SITE_BASE ?? '/',
  rewrites: { 'README.md': 'index.md' },
  // A page loads what it shows, and nothing ahead.
  router: { prefetchLinks: false },
  markdown: { linkify: false, anchor: { slugify } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    docFooter: { prev: false, next: false },
    sidebar: [
      {
        text: 'Start',
        items: [
          page('Overview', '/'),
          page('Fields of an entry', '/docs/entries'),
          page('The library', '/docs/library'),
        ],
      },
      {
        text: 'Jobs',
        items: [
          page('The vault', '/docs/vault'),
          page('Many entries', '/docs/many-entries'),
          page('Many machines', '/docs/fleet'),
          page('Import', '/docs/import'),
          page('Preflight', '/docs/preflight'),
          page('Keys', '/docs/keys'),
          page('Hand-off', '/docs/handoff'),
          page('The form', '/docs/form'),
          page('The local vault', '/docs/local-vault'),
          page('Recipes', '/docs/recipes'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('API', '/api/'),
          page('The command line', '/docs/command-line'),
          page('All commands and options', '/docs/reference'),
          page('The vault’s API', '/docs/vault-api'),
          page('Vectors', '/docs/vectors'),
          page('The format', '/vectors/README'),
        ],
      },
      {
        text: 'Project',
        items: [
          page('Security', '/SECURITY'),
          page('Architecture', '/ARCHITECTURE'),
          page('Contributing', '/CONTRIBUTING'),
          page('Changes', '/CHANGELOG'),
        ],
      },
    ],
  },
});
