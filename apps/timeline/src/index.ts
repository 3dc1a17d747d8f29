export * from './file-contributions.js';
export * from './timeline.module.js';
