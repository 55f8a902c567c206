import './library.test.js';
