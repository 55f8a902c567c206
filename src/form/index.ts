import './register.js';

export { CredsealForm } from './element.js';
export type { FormMessages } from './messages.js';
