export * from './verify-history.js';
