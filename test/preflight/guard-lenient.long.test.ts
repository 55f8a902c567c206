import './guard-lenient.test.js';
