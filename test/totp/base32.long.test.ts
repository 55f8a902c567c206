import './base32.test.js';
