export * from './event-store-suite.js';
