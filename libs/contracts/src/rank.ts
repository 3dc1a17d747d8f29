import type { Rank } from './envelope.js';

const pad = (digits: string): string => digits.replace(/^0+(?=\d)/, '').padStart(20, '0');

/**
 * A text that sorts as the feed ranks its records: whole numbers and dotted versions by number,
 * instants by time, anything else by code unit.
 */
export const rankKey = (by: Rank['by'], value: string): string => {
  if (by === 'extract' || /^\d{4}-\d\d-\d\dT/.test(value)) {
    const at = Date.parse(value);
    if (!Number.isNaN(at)) return `t${String(at + 8.64e15).padStart(17, '0')}`;
  }
  if (/^\d{1,20}(\.\d{1,20})*$/.test(value)) return `n${value.split('.').map(pad).join('.')}`;
  return `s${value}`;
};
