export * from './audit-grants.migration.js';
export * from './audit.module.js';
export * from './report-text.js';
export * from './verify-history.js';
