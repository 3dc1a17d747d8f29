export * from './classify-identifier.js';
export * from './compare-demographics.js';
export * from './compare-sides.js';
export * from './derive-links.js';
export * from './fold-answers.js';
export * from './identity-reference.js';
export * from './linkage-rules.js';
