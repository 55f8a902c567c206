import type { Engine } from './engine.js';
export function startFirefox(): Promise<Engine>;
