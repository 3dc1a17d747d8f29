import * as fc from 'fast-check';
import type { FiledContribution } from '#timeline';
import { adoptedAgreements } from './adopted-agreements.js';
import { agreementLife, versionsHeld } from './agreement-life.js';

const HOUR = 3_600_000;
const START = Date.parse('2026-04-01T09:00:00Z');
const time = (hours: number): string => new Date(START + hours * HOUR).toISOString();

const document = (version: string, text = DOCUMENT): FiledContribution =>
  filed('agreement-document', 'C', 'signer-a', `document/${version}`, 0, { agreement: 'core', version, document: text }, `document-${version}`); // prettier-ignore

const DOCUMENT = JSON.stringify({
  schema: 'agreement/1',
  id: 'core',
  version: '1',
  parties: { council: { kind: 'LOCAL_AUTHORITY', orgs: ['C', 'D'], desk: 'x', services: { care: 'open' } } },
});

let serial = 0;
const filed = (
  type: string,
  organisation: string,
  sender: string,
  record: string,
  hours: number,
  terms: object | null,
  id = `id-${(serial += 1)}`,
): FiledContribution =>
  ({
    position: serial,
    envelope: {
      contributionId: id,
      subject: { kind: 'agreement', key: 'core' },
      type,
      owner: { organisation, service: 'care' },
      sender,
      record: { key: record, ancestors: [], body: `${record}/${id}` },
      rank: { feed: 'commands', by: 'sequence', value: time(hours), key: `s${time(hours)}` },
      hubReceived: time(hours),
    },
    unreadable: terms === null ? ['terms'] : [],
    ...(terms === null ? {} : { terms }),
  }) as unknown as FiledContribution;

interface Signing {
  readonly version?: string;
  readonly from?: number;
  readonly organisation?: string;
}

/** Two people sign at an hour; `by`: who. */
const sign = (
  hours: number,
  { version = '1', from = hours, organisation = 'C' }: Signing = {},
  by: readonly string[] = ['a', 'b'],
): FiledContribution[] =>
  by.map((one) =>
    filed('agreement-adoption', organisation, `signer-${one}`, `adoption/${version}/${from}/${organisation}/${one}/${hours}`, hours, {
      agreement: 'core',
      version,
      organisation,
      document: `document-${version}`,
      signer: `signer-${one}`,
      inForceFrom: time(from),
    }),
  ); // prettier-ignore
const revoke = (hours: number, { version = '1', from = hours, organisation = 'C' }: Signing = {}): FiledContribution =>
  filed('agreement-revoked', organisation, 'signer-a', `revocation/${version}/${hours}`, hours, {
    agreement: 'core',
    version,
    organisation,
    signer: 'signer-a',
    from: time(from),
  });

const DOCUMENTS = ['1', '2', '3'].map((version) => document(version));
const inForce = (contributions: readonly FiledContribution[], hours: number): string[] =>
  adoptedAgreements([...DOCUMENTS, ...contributions], START + hours * HOUR).inForce.flatMap(({ version, owners }) =>
    owners.map((owner) => `${version} ${owner}`),
  );

describe('an adoption', () => {
  it('takes two people of the owner, and acts from its date on', () => {
    expect(inForce(sign(1, {}, ['a']), 5)).toEqual([]);
    expect(inForce(sign(1, {}, ['a', 'a']), 5)).toEqual([]);
    expect(inForce(sign(1, { from: 3 }), 2)).toEqual([]);
    expect(inForce(sign(1, { from: 3 }), 3)).toEqual(['1 C']);
  });

  it('gives way to a later version', () => {
    expect(inForce([...sign(1), ...sign(2, { version: '2', from: 4 })], 3)).toEqual(['1 C']);
    expect(inForce([...sign(1), ...sign(2, { version: '2', from: 4 })], 4)).toEqual(['2 C']);
  });
});

describe('a revocation', () => {
  it('ends a version for its owner alone, from that instant on', () => {
    const story = [...sign(1), ...sign(1, { organisation: 'D' }), revoke(3)];
    expect(inForce(story, 2.9)).toEqual(['1 C', '1 D']);
    expect(inForce(story, 3)).toEqual(['1 D']);
    expect(inForce(story, 1000)).toEqual(['1 D']);
  });

  it('may name a later instant, and never an earlier one than it was received', () => {
    expect(inForce([...sign(1), revoke(3, { from: 5 })], 4.9)).toEqual(['1 C']);
    expect(inForce([...sign(1), revoke(3, { from: 5 })], 5)).toEqual([]);
    expect(inForce([...sign(1), revoke(3, { from: 1 })], 2)).toEqual(['1 C']);
    expect(inForce([...sign(1), revoke(3, { from: 1 })], 3)).toEqual([]);
  });

  it('does not bring back what the revoked version had replaced', () => {
    const story = [...sign(1), ...sign(2, { version: '2' }), revoke(3, { version: '2' })];
    expect(inForce(story, 2)).toEqual(['2 C']);
    expect(inForce(story, 4)).toEqual([]);
  });

  it('of a version that was replaced ends nothing', () => {
    expect(inForce([...sign(1), ...sign(2, { version: '2' }), revoke(3, { version: '1' })], 4)).toEqual(['2 C']);
  });

  it('leaves a version that was signed to come later', () => {
    const story = [...sign(1), ...sign(2, { version: '2', from: 9 }), revoke(3)];
    expect(inForce(story, 4)).toEqual([]);
    expect(inForce(story, 9)).toEqual(['2 C']);
  });

  it('takes two new signatures to undo, even with the same date', () => {
    const story = [...sign(1), revoke(3)];
    expect(inForce([...story, ...sign(4, { from: 1 }, ['b'])], 5)).toEqual([]);
    expect(inForce([...story, ...sign(4, { from: 1 })], 5)).toEqual(['1 C']);
    // An older version may be chosen again.
    const second = [...sign(1), ...sign(2, { version: '2' }), revoke(3, { version: '2' }), ...sign(4, { from: 1 })];
    expect(inForce(second, 5)).toEqual(['1 C']);
  });

  it('counts only as its owner’s own word', () => {
    const strangers = filed('agreement-revoked', 'D', 'signer-a', 'x', 2, {
      agreement: 'core', version: '1', organisation: 'C', signer: 'signer-a', from: time(2),
    }); // prettier-ignore
    expect(inForce([...sign(1), strangers], 3)).toEqual(['1 C']);
  });

  it('that cannot be read closes its owner’s records', () => {
    const unreadable = filed('agreement-revoked', 'C', 'signer-a', 'x', 2, null);
    expect([...adoptedAgreements([...DOCUMENTS, ...sign(1), unreadable], START + 3 * HOUR).closedOwners]).toEqual([
      'C',
    ]);
  });

  it('never opens anything, whenever it comes and whatever it says', () => {
    const event = fc.record({
      hours: fc.integer({ min: 1, max: 8 }),
      version: fc.constantFrom('1', '2', '3'),
      from: fc.integer({ min: 0, max: 9 }),
      organisation: fc.constantFrom('C', 'D'),
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 5 }),
        fc.array(event, { maxLength: 3 }),
        event,
        event,
        (signed, revoked, last, at) => {
          // Each owner signs each version once: what is signed again after a revocation is another story.
          const once = [...new Map(signed.map((one) => [`${one.version} ${one.organisation}`, one])).values()];
          const story = [
            ...once.flatMap((one) => sign(one.hours, one)),
            ...revoked.map((one) => revoke(one.hours, one)),
          ];
          const before = inForce(story, at.hours);
          const after = inForce([...story, revoke(last.hours, last)], at.hours);
          const isSince = (one: string) =>
            once.some(({ hours, version, organisation }) => `${version} ${organisation}` === one && hours > last.hours);
          for (const one of after) if (!isSince(one)) expect(before).toContain(one);
          const effective = Math.max(last.from, last.hours);
          const since = once.some((one) => one.organisation === last.organisation && one.hours > last.hours);
          if (effective <= at.hours && !since) expect(after).not.toContain(`${last.version} ${last.organisation}`);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a document that cannot be loaded', () => {
  it('closes the records of whoever adopted it', () => {
    const at = START + 3 * HOUR;
    const broken = adoptedAgreements([document('1', '{"schema":"agreement/9"}'), ...sign(1)], at);
    expect([broken.inForce, [...broken.closedOwners]]).toEqual([[], ['C']]);
    const missing = adoptedAgreements(sign(1), at);
    expect([missing.inForce, [...missing.closedOwners]]).toEqual([[], ['C']]);
  });
});

describe('the life of a version', () => {
  const life = (
    contributions: readonly FiledContribution[],
    hours: number,
    pending: readonly FiledContribution[] = [],
  ) => agreementLife([...DOCUMENTS, ...contributions], pending, { id: 'Core', version: '1' }, START + hours * HOUR);
  const tested = filed('agreement-tested', 'C', 'signer-a', 'tested/1', 1, {
    agreement: 'core', version: '1', document: 'document-1', cases: 3,
  }); // prettier-ignore

  it('goes from draft to tested, signed, adopted, in force, superseded and revoked', () => {
    expect(life([], 1)).toEqual({ state: 'draft', testedAt: null, owners: [] });
    expect(life([tested], 1)).toEqual({ state: 'tested', testedAt: time(1), owners: [] });
    expect(life([tested, ...sign(2, { from: 4 }, ['a'])], 2).state).toBe('signed');
    expect(life([tested, ...sign(2, { from: 4 })], 3)).toMatchObject({
      state: 'adopted',
      owners: [{ organisation: 'C', inForceFrom: time(4), revokedFrom: null }],
    });
    expect(life([tested, ...sign(2, { from: 4 })], 4)).toMatchObject({
      state: 'in-force',
      owners: [{ inForceFrom: time(4) }],
    });
    expect(life([...sign(2), ...sign(3, { version: '2' })], 4).state).toBe('superseded');
    expect(life([...sign(2), revoke(3)], 4)).toMatchObject({
      state: 'revoked',
      owners: [{ signatures: [], inForceFrom: null, revokedFrom: time(3) }],
    });
    expect(life([...sign(2), revoke(3), ...sign(5, {}, ['b'])], 6).state).toBe('signed');
    expect(life([...sign(2), revoke(3), ...sign(5)], 6).state).toBe('in-force');
  });

  it('is told for each owner, and is on the whole the furthest of them', () => {
    const { state, owners } = life([...sign(2), ...sign(2, { organisation: 'D' }, ['a'])], 3);
    expect([state, owners.map((one) => [one.organisation, one.state])]).toEqual([
      'in-force',
      [
        ['C', 'in-force'],
        ['D', 'signed'],
      ],
    ]);
  });

  it('is in force by what is filed alone, and no longer by what is on its way', () => {
    expect(life([], 3, sign(2)).state).not.toBe('in-force');
    expect(life(sign(1), 3, [revoke(2)]).state).toBe('revoked');
  });

  it('is told of every version that is held', () => {
    expect(versionsHeld(DOCUMENTS).map(({ version }) => version)).toEqual(['1', '2', '3']);
  });
});
