import './vault-config.test.js';
