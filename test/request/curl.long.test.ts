import './curl.test.js';
