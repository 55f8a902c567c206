import './refusals.test.js';
