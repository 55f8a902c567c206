import './duplicates.test.js';
