export * from './projection/projection.migration.js';
export * from './projection/projection-runner.js';
export * from './projection/projector.js';
export * from './reading/blind-index.js';
export * from './reading/handles.js';
export * from './reading/read-chronology.js';
export * from './sharing.module.js';
export * from './projection/rebuild.js';
