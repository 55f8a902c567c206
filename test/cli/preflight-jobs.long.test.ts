import './preflight-jobs.test.js';
