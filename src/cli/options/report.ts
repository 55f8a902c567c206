import type { Options } from '../command.js';

/** The option of commands that report: for people, or as one JSON document. */
export const formatOption = {
  format: {
    type: 'text',
    value: 'format',
    choices: ['text', 'json'],
    default: 'text',
    summary: 'format of the report',
  },
} as const satisfies Options;
