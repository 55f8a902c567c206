import './migration.test.js';
