import { CredsealForm } from './element.js';

// On a server there is nothing to register with; a page may load two copies.
if (globalThis.customElements?.get('credseal-form') === undefined)
  globalThis.customElements?.define('credseal-form', CredsealForm);
