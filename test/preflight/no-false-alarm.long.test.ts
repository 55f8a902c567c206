import './no-false-alarm.test.js';
