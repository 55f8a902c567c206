import './kills.test.js';
