/** What is used of csv-parse. The build bundles it here: the package holds builds for everybody, 1.7 MB of them. */
export { parse } from 'csv-parse';
