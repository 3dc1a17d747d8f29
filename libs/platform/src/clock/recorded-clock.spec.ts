import { recordedNow } from './recorded-clock.js';

const now = new Date('2025-11-28T09:00:00.000Z');

describe('recordedNow', () => {
  it('reads what pg and TypeORM answer', async () => {
    const asked: string[] = [];
    const pg = { query: async (sql: string) => (asked.push(sql), { rows: [{ now }] }) };
    expect(await recordedNow(pg)).toEqual(now);
    expect(await recordedNow({ query: async () => [{ now }] })).toEqual(now);
    expect(asked).toEqual(['select platform.recorded_now() as now']);
  });

  it('never makes up an instant', async () => {
    await expect(recordedNow({ query: async () => [] })).rejects.toThrow(TypeError);
    await expect(recordedNow({ query: async () => [{ now: '2025' }] })).rejects.toThrow(TypeError);
  });
});
