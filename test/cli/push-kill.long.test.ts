import './push-kill.test.js';
