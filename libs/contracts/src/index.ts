export * from './canonical.js';
export * from './catalogue.js';
export * from './envelope.js';
export * from './event-type.js';
export * from './ids.js';
export * from './rank.js';
export * from './shapes.js';
export * from './words.js';
