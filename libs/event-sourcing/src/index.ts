export * from './check-append.js';
export * from './event-store.js';
export * from './recorder.js';
export * from './stream-writer.js';
