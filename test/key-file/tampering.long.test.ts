import './tampering.test.js';
