import type { Options } from '../command.js';

/** The options of the commands that open hand-off tokens. */
export const handoffOptions = {
  handoffKeys: {
    type: 'file',
    access: 'read',
    value: 'file',
    summary: 'the private hand-off key as a JWK, or a JWK set',
  },
  audience: { type: 'text', value: 'name', summary: 'own name, for tokens with an audience' },
  maxAge: {
    type: 'number',
    value: 'seconds',
    least: 1,
    most: 604_800,
    summary: 'maximum age of a token',
  },
} as const satisfies Options;
