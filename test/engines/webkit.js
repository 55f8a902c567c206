import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const DRIVER = '/usr/bin/WebKitWebDriver';
const LIBRARIES = '/usr/lib';

/** WebDriver's codes of keys that write nothing (section 17.4.2). */
const KEYS = { Enter: '\uE007', Tab: '\uE004', Control: '\uE009', Shift: '\uE008' };
const keyOf = (name) => KEYS[name] ?? name.toLowerCase();

/** WebKitGTK's MiniBrowser under a screen of its own, driven by WebDriver. */
export async function startWebKit() {
  if (!existsSync(DRIVER))
    throw new Error(
      `There is no ${DRIVER}. Install it (Debian: apt-get install webkit2gtk-driver xvfb xauth).`,
    );
  const port = await freePort();
  const profile = await mkdtemp(join(tmpdir(), 'credseal-webkit-'));
  const own = Object.fromEntries(
    ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'].map((name) => [name, profile]),
  );
  const child = spawn('xvfb-run', ['-a', DRIVER, `--port=${port}`, '--host=127.0.0.1'], {
    // A group of its own, to end all that it starts.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...own,
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  });
  const shown = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => shown.push(...chunk.toString().split('\n')));
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  };
  process.once('exit', end);
  const address = `http://127.0.0.1:${port}`;

  async function command(method, path, body) {
    const response = await fetch(`${address}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKit, ${path.split('/').slice(3).join('/')}: ${value?.message}`);
    return value;
  }

  async function ready() {
    for (let tries = 0; tries < 300; tries++) {
      const status = await command('GET', '/status').catch(() => undefined);
      if (status !== undefined) return;
      await setTimeout(100);
    }
    throw new Error(`WebKitWebDriver does not answer.\n${shown.join('\n')}`);
  }

  async function open() {
    const { sessionId, capabilities } = await command('POST', '/session', {
      capabilities: {
        alwaysMatch: {
          browserName: 'MiniBrowser',
          timeouts: { script: 120_000, pageLoad: 120_000 },
          'webkitgtk:browserOptions': {
            binary: miniBrowser(),
            args: ['--automation', '--enable-write-console-messages-to-stdout=true'],
          },
        },
      },
    });
    const session = `/session/${sessionId}`;
    const act = (actions) => command('POST', `${session}/actions`, { actions });
    const keys = (list) => act([{ type: 'key', id: 'keyboard', actions: list }]);
    const down = (value) => ({ type: 'keyDown', value });
    const up = (value) => ({ type: 'keyUp', value });
    return {
      version: capabilities.browserVersion,
      tab: {
        shown,
        goto: (url) => command('POST', `${session}/url`, { url }),
        async evaluate(expression) {
          // Through JSON, since WebDriver gives null for undefined, and refuses what is no data.
          const script = `const [done] = Array.from(arguments).slice(-1);
Promise.resolve().then(() => (${expression})).then((value) => done({ text: JSON.stringify(value) }), (error) => done({ error: String(error) }));`;
          const { text, error } = await command('POST', `${session}/execute/async`, { script, args: [] });
          if (error !== undefined) throw new Error(error);
          return text === undefined || text === null ? undefined : JSON.parse(text);
        },
        type: (text) => keys([...text].flatMap((letter) => [down(letter), up(letter)])),
        press(names) {
          const all = names.split('+').map(keyOf);
          return keys([...all.map(down), ...all.toReversed().map(up)]);
        },
        clickAt: (x, y) =>
          act([
            {
              type: 'pointer',
              id: 'mouse',
              parameters: { pointerType: 'mouse' },
              actions: [
                { type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0 },
                { type: 'pointerDown', button: 0 },
                { type: 'pointerUp', button: 0 },
              ],
            },
          ]),
        back: () => command('POST', `${session}/back`, {}),
        close: () => command('DELETE', session),
      },
    };
  }

  try {
    await ready();
    // One session at a time is all that the driver has.
    const { version, tab } = await open();
    await tab.close();
    const quit = async () => {
      process.off('exit', end);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      end();
      await ended;
    };
    return {
      version,
      profile,
      open: async () => (await open()).tab,
      quit,
      async close() {
        await quit();
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

function miniBrowser() {
  const given = process.env.MINIBROWSER;
  if (given !== undefined) return given;
  for (const machine of readdirSync(LIBRARIES).filter((name) => name.endsWith('-linux-gnu')))
    for (const folder of readdirSync(`${LIBRARIES}/${machine}`).filter((name) => name.startsWith('webkit')))
      if (existsSync(`${LIBRARIES}/${machine}/${folder}/MiniBrowser`))
        return `${LIBRARIES}/${machine}/${folder}/MiniBrowser`;
  throw new Error(
    'There is no MiniBrowser (Debian: apt-get install webkit2gtk-driver), or name one in MINIBROWSER.',
  );
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
