import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { everythingShown, MARKER, ODD_MARKER, tracesOf } from './marker.js';

// A search that finds nothing proves something only if it would have found it.
describe('traces of a secret are found', () => {
  const text = Buffer.from(MARKER);
  const bytes = Buffer.from(MARKER, 'hex');
  test.each<[string, string]>([
    ['as it is', `before ${MARKER} after`],
    ['in lower case', MARKER.toLowerCase()],
    ['in part', `Unexpected token 'F', "${MARKER.slice(0, 10)}"... is not valid JSON`],
    ['in hex', text.toString('hex')],
    ['in base64', text.toString('base64')],
    ['in base64, behind another byte', Buffer.from(`x${MARKER}`).toString('base64')],
    ['in base64, behind two', Buffer.from(`xx${MARKER}yy`).toString('base64url')],
    ['as bytes', inspect(bytes)],
    ['as a list of bytes', JSON.stringify([1, ...bytes])],
    ['as an inspected list', inspect(new Uint8Array([1, 2, ...text]))],
    ['as the base64url of its bytes', Buffer.concat([Buffer.from('xx'), bytes]).toString('base64url')],
    ['in an error', everythingShown(new Error('x', { cause: { password: MARKER } }))],
    [
      'in a hidden property',
      everythingShown(Object.defineProperty(new Error('x'), 'y', { value: [MARKER] })),
    ],
  ])('%s', (_, shown) => {
    expect(tracesOf(MARKER, shown)).not.toEqual([]);
  });

  test.each<[string, string]>([
    ['as it is', `before ${ODD_MARKER} after`],
    ['in JSON', JSON.stringify({ a: ODD_MARKER })],
    ['in JSON of ASCII only', '"Zq7\\"\\u00e4\\\\\\u00df \\ud83d\\udd11&x=9K"'],
    ['in a URL', new URLSearchParams({ a: ODD_MARKER }).toString()],
    ['in a path', encodeURI(ODD_MARKER)],
    ['inspected', inspect({ a: ODD_MARKER })],
  ])('of an odd one too: %s', (_, shown) => {
    expect(tracesOf(ODD_MARKER, shown)).not.toEqual([]);
  });

  test('and not in what has none', () => {
    expect(tracesOf(MARKER, everythingShown(new Error('fingerprint 0506ba9cf11f46ea')))).toEqual([]);
    expect(tracesOf(ODD_MARKER, everythingShown(new Error('not a sealed value')))).toEqual([]);
  });
});
