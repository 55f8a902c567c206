import './manifest.test.js';
