import { buildProduct, type BuiltProduct } from '../support/faults/build-product.js';
import { describeReport, problemsOf } from '../support/faults/report.js';
import { runFaults } from '../support/faults/run-faults.js';

const MINUTE = 60_000;

describe('hub and PostgreSQL are killed while connectors send and people read', () => {
  let product: BuiltProduct;

  beforeAll(async () => {
    product = await buildProduct();
  }, 2 * MINUTE);

  afterAll(() => product.remove());

  it(
    'keeps what it acknowledged once, records what it showed, and heals to what a rebuild gives',
    async () => {
      const report = await runFaults({
        product: product.folder,
        kills: ['hub', 'postgres', 'hub', 'postgres'],
        contributions: 4000,
        seed: 20,
        limitMs: 1.9 * MINUTE,
      });
      process.stdout.write(`${describeReport(report)}\n`);
      expect(problemsOf(report)).toEqual([]);
      expect(report.kills.map(({ kind }) => kind)).toEqual(['hub', 'postgres', 'hub', 'postgres']);
      expect(report.filing.acknowledged).toBeGreaterThanOrEqual(4000);
      expect(report.filing.quarantined).toBeGreaterThan(0);
      expect(report.filing.duplicates).toBeGreaterThan(0);
      expect(report.reads.entries).toBeGreaterThan(0);
    },
    2 * MINUTE,
  );

  it(
    'finds a hub that acknowledges before it is durable',
    async () => {
      const report = await runFaults({
        product: product.folder,
        kills: ['hub', 'hub'],
        contributions: 500,
        seed: 21,
        plants: ['plant-ack-early.mjs'],
        limitMs: 0.9 * MINUTE,
      });
      expect(report.filing.lost).toBeGreaterThan(0);
    },
    MINUTE,
  );

  it(
    'finds a hub that gives what is sent again a random contribution id',
    async () => {
      const report = await runFaults({
        product: product.folder,
        kills: ['hub'],
        contributions: 500,
        seed: 22,
        plants: ['plant-random-id.mjs'],
        limitMs: 0.9 * MINUTE,
      });
      expect(report.filing.doubled).toBeGreaterThan(0);
    },
    MINUTE,
  );
});
