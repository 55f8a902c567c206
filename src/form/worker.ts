import { type Task, work } from './work.js';

// The other end of workplace.ts: no script of the page runs here.

addEventListener('message', async ({ data: [id, task] }: MessageEvent<[number, Task]>) => {
  postMessage([id, await work(task)]);
});
postMessage('ready');
