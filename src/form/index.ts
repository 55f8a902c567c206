/**
 * The custom element `<credseal-form>`. Importing it registers the element.
 *
 * @module credseal/form
 */

import './register.js';

export { CredsealForm } from './element.js';
export type { FormMessages } from './messages.js';
