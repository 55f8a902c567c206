// A worker for tests only: it answers each block with the lines it was given, and dies of some of them.
import { parentPort, workerData } from 'node:worker_threads';

if (workerData.task.keepFailed === false) process.exit(9);
// What a thread knows of the environment, and of the key.
const environment = Object.keys(process.env).join();
const hasKey = workerData.keys[0].length === 32;
parentPort.on('message', (message) => {
  if (message === 'end') return parentPort.close();
  const text = Buffer.from(message.bytes).toString();
  if (text.includes('exit')) process.exit(3);
  if (text.includes('throw')) throw new Error(text);
  if (text.includes('refuse')) return parentPort.postMessage({ refused: 'No such document.' });
  parentPort.postMessage({
    bytes: new TextEncoder().encode(text === 'environment\n' ? environment : hasKey ? text : ''),
    done: message.lines,
    failures: [],
  });
});
parentPort.postMessage('ready');
