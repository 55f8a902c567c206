// Loaded into the processes that bench/bulk.js measures: tells the peak of their resident memory, in kilobytes. Of
// the process, so that its threads, which load this too, have nothing to tell.
const { writeSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
