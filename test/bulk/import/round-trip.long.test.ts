import './round-trip.test.js';
