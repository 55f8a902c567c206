import './leaks.test.js';
