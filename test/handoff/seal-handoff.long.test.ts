import './seal-handoff.test.js';
