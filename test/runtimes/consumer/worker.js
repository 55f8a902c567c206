// What workerd starts: it answers every request with the result of the suite.
import { conformance } from './conformance.js';
import { vectorChecks } from './vectors.js';

export default {
  async fetch() {
    const result = await conformance(await vectorChecks());
    return Response.json({ ...result, nodeGlobals: [typeof Buffer, typeof process] });
  },
};
