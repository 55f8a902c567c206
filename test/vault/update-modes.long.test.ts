import './update-modes.test.js';
