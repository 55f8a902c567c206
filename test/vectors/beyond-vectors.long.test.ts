import './beyond-vectors.test.js';
