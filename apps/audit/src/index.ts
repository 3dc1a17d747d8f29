export * from './report-text.js';
export * from './verify-history.js';
