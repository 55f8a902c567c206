import './fields.test.js';
