import type { Engine } from './engine.js';
export function startWebKit(): Promise<Engine>;
