export * from './filed-contribution.js';
export * from './filing.js';
export * from './late.js';
export * from './occurred.js';
export * from './versions.js';
