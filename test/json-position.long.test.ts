import './json-position.test.js';
