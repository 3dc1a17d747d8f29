export * from './event-metadata.js';
export * from './hex.js';
export * from './link.js';
export * from './verify-stream.js';
