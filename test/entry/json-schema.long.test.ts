import './json-schema.test.js';
