import './formats.test.js';
