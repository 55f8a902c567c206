import './key-uri-refused.test.js';
