export * from './bus-suite.js';
