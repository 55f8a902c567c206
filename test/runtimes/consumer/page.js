// What the page loads: the result of the suite is a promise in the page.
import { conformance } from './conformance.js';
import { vectorChecks } from './vectors.js';

// Not every driver hands on what the console is told: that is kept, as text.
globalThis.shown = [];
for (const method of ['log', 'info', 'warn', 'error', 'debug']) {
  const { [method]: told } = console;
  console[method] = (...args) => {
    globalThis.shown.push(args.map(String).join(' '));
    told.apply(console, args);
  };
}

globalThis.result = vectorChecks().then(conformance);
