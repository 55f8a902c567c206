/**
 * How often something is tried, or how much of it there is: the first in `npm test`, the second in `npm run test:long`,
 * where X.long.test.ts runs X.test.ts once more.
 */
export const rounds = (quick: number, long: number): number =>
  process.env.CREDSEAL_TEST_LONG === undefined ? quick : long;
