export * from './adopted-agreements.js';
export * from './directives.js';
export * from './page-of.js';
export * from './posts.js';
export * from './read-child.js';
export * from './read-record.js';
export * from './render-entry.js';
