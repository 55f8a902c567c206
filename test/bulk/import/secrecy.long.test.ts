import './secrecy.test.js';
