// npm run docs:site: builds README, docs/ and the other pages, and the API reference from the comments in src, as a site in
// site/dist. Pages stay where they are in the repository, so that their links hold there and here. What a page links to
// and is no page, an example or a folder of them, becomes a page that shows its files.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const SITE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(SITE, '..');
const PAGES = join(SITE, 'pages');

const pages = [
  ...['README.md', 'SECURITY.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'vectors/README.md'],
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];

function run(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${args[0]}: exit code ${code}`)),
    );
  });
}

function write(path, text) {
  mkdirSync(dirname(join(PAGES, path)), { recursive: true });
  writeFileSync(join(PAGES, path), text);
}

/** A page that shows a file, or all files of a folder. */
function shown(path) {
  const isFolder = statSync(join(ROOT, path)).isDirectory();
  const files = isFolder
    ? readdirSync(join(ROOT, path), { recursive: true })
        .map((name) => `${path}/${name}`)
        .filter((name) => statSync(join(ROOT, name)).isFile())
        .sort()
    : [path];
  const parts = files.map((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8').trimEnd();
    if (basename(file) === 'README.md') return text.replace(/^# .*\n/, '');
    const language = { Dockerfile: 'docker' }[basename(file)] ?? (extname(file).slice(1) || 'text');
    return `${isFolder ? `## ${file.slice(path.length + 1)}\n\n` : ''}\`\`\`\`${language}\n${text}\n\`\`\`\``;
  });
  return `# ${path}\n\n${parts.join('\n\n')}\n`;
}

/** Copies a page. Links to files that are no page lead to a page that shows them, which is written too. */
function copyPage(page) {
  const text = readFileSync(join(ROOT, page), 'utf8')
    .replaceAll(/\]\((?!https?:|#)([^)\s#]+)/g, (link, target) => {
      const path = normalize(join(dirname(page), target));
      if (pages.includes(path)) return link;
      // Without the dot that hides a name: not every server gives such a file.
      const name = `sources/${path.replace(/^\./, '')}.md`;
      write(name, shown(path));
      return `](/${name}`;
    })
    .replaceAll(/<img src="(?!https?:|\.)/g, '<img src="./');
  write(page, text);
}

if (!existsSync(join(SITE, 'node_modules', '.bin', 'vitepress'))) {
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], SITE);
}
for (const made of [PAGES, join(SITE, 'dist')]) rmSync(made, { recursive: true, force: true });
for (const page of pages) {
  if (page.endsWith('.md')) copyPage(page);
  else {
    mkdirSync(dirname(join(PAGES, page)), { recursive: true });
    copyFileSync(join(ROOT, page), join(PAGES, page));
  }
}
const bin = (name) => join(SITE, 'node_modules', '.bin', name);
await run(bin('typedoc'), ['--options', 'typedoc.json'], SITE);
await run(bin('vitepress'), ['build', '.'], SITE);
