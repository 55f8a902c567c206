// What the page loads: the result of the suite is a promise in the page.
import { conformance } from './conformance.js';
import { vectorChecks } from './vectors.js';

globalThis.result = vectorChecks().then(conformance);
