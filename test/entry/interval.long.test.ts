import './interval.test.js';
