import './entry-secrecy.test.js';
