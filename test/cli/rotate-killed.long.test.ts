import './rotate-killed.test.js';
