import './lock.test.js';
