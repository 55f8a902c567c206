import './session-expiry.test.js';
