import './shortest-json.test.js';
