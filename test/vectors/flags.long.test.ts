import { expect, test } from 'vitest';
import { runVectors } from '../../src/vectors/index.js';
import { keyFiles } from './broken/key-files.js';
import './flags.test.js';
import { documents, testsOf } from './vectors.js';

test('what is said of key files is so: they open but for one check, and those that cannot are named in the notes', async () => {
  const name = 'key-files.json';
  const opened = new Set<string>();
  for (const { answer } of Object.values(keyFiles).flat()) {
    const { disagreements } = await runVectors({ [name]: documents[name] }, answer);
    for (const { comment, got } of disagreements) if (Object.hasOwn(Object(got), 'keys')) opened.add(comment);
  }
  const refused = testsOf(documents[name] as (typeof documents)[string]).filter(
    ({ result, flags }) => result === 'invalid' && /Algorithm|Iterations|Salt|Header/.test(String(flags)),
  );
  const neverOpened = refused.filter(({ comment }) => !opened.has(comment)).map(({ comment }) => comment);
  expect(neverOpened).toEqual([
    'alg none in the header of another file',
    'alg RSA1_5 in the header of another file',
    'alg RSA-OAEP-256 in the header of another file',
    'alg ECDH-ES+A256KW in the header of another file',
    '2147483647 iterations, of which nobody has the key',
    'no iterations',
  ]);
});
