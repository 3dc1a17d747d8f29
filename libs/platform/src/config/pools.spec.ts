import { POOLS } from './pools.js';

const ADAPTERS = 4;
const COMMAND = 8;

describe('the pools of a full deployment', () => {
  it('leave room in 100 connections: two processes of every app, and a command', () => {
    const sum = (pools: Readonly<Record<string, number>>): number => Object.values(pools).reduce((a, b) => a + b, 0);
    const processes = Object.entries(POOLS).map(([app, pools]) => (app === 'adapter' ? ADAPTERS : 1) * sum(pools));
    const reserved = 3;
    expect(2 * processes.reduce((a, b) => a + b, 0) + COMMAND).toBeLessThanOrEqual(100 - reserved);
  });
});
