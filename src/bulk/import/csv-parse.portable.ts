/** What is used of csv-parse where there is neither `Buffer` nor `node:stream`: its build for browsers. */
export { parse } from 'csv-parse/browser/esm';
