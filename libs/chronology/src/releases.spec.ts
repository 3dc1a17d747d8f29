import type { FiledContribution } from '#timeline';
import { AT, filed, read, staffKeyOf, type Post } from '../testing/child-scope.js';

const [POLICE, COUNCIL, CLINIC] = ['POLICE', 'COUNCIL', 'CLINIC'];
const WORKER: Post = { login: 'worker', organisation: COUNCIL };

const services = (org: string, open: 'open' | 'hidden') => ({ kind: org, orgs: [org], desk: org, services: { main: open } }); // prettier-ignore
const AGREEMENT = {
  schema: 'agreement/1',
  id: 'core',
  version: '1',
  parties: { police: services(POLICE, 'open'), clinic: services(CLINIC, 'hidden'), council: services(COUNCIL, 'open') },
  releases: [
    {
      id: 'released',
      tiers: ['originator', 'special'],
      by: ['supervisor'],
      to: ['council.main'],
      maxFor: 'P28D',
      handling: ['no-onward-sharing'],
      show: { summary: true, content: ['sanitised-text', 'risk-radicalisation'] },
    },
  ],
};

const OWN = filed('childrens-services-status', COUNCIL);
const MARAC = filed('crime-justice-status', POLICE, {
  record: 'marac',
  body: 'first',
  tier: 'originator',
  fields: ['riskRadicalisation', 'missingEpisodes'],
});
const HIDDEN = filed('health-status', CLINIC, { record: 'visit', body: 'visit', tier: 'special' });

const release = (change: object = {}, envelope: object = {}): FiledContribution =>
  filed('release-made', POLICE, {
    record: 'release',
    terms: {
      directive: 'd',
      feed: 'POLICE-feed',
      record: 'marac',
      body: 'first',
      organisation: COUNCIL,
      staffKey: staffKeyOf('worker'),
      byRole: 'supervisor',
      fields: ['sanitised-text'],
      until: '2026-06-01T00:00:00.000Z',
      ...change,
    },
    hubReceived: '2026-03-20T09:00:00.000Z',
    ...envelope,
  });

const view = (said: readonly FiledContribution[], pending: readonly FiledContribution[] = [], at = AT) =>
  read({ posts: [WORKER], agreement: AGREEMENT, filed: [OWN, MARAC, HIDDEN, ...said], pending, at });
const shown = (...given: Parameters<typeof view>) =>
  view(...given).entries.find(({ contribution }) => contribution.envelope.owner.organisation !== COUNCIL);

describe('a release', () => {
  it('opens an entry of tier originator to the person named, with its text and its handling', () => {
    expect(shown([])).toBeUndefined();
    const made = release();
    expect(shown([made])).toMatchObject({
      summary: true,
      content: ['sanitisedText'],
      releasedBy: [made],
      handling: ['no-onward-sharing'],
      by: ['released'],
    });
  });

  it('shows a field of the source where both it and the clause name it', () => {
    const fields = ['risk-radicalisation', 'missing-episodes'];
    expect(shown([release({ fields })])).toMatchObject({ content: ['riskRadicalisation'], releasedBy: [] });
    expect(shown([release({ fields: [...fields, 'sanitised-text'] })])?.content).toEqual(['riskRadicalisation', 'sanitisedText']); // prettier-ignore
  });

  it.each<[string, FiledContribution[]]>([
    ['to another person', [release({ staffKey: staffKeyOf('colleague') })]],
    ['by a role that no clause names', [release({ byRole: 'clerk' })]],
    ['of another body of the record', [release({ body: 'second' })]],
    ['of another record', [release({ record: 'other' })]],
    ['of another service', [release({}, { service: 'other' })]],
    ['that cannot be read', [release({}, { unreadable: true })]],
    ['that is over', [release({ until: new Date(AT).toISOString() })]],
    ['made longer ago than its clause lets it last', [release({}, { hubReceived: '2026-03-01T09:00:00.000Z' })]],
    ['that was lifted', [release(), filed('entry-retracted', POLICE, { record: 'release', version: '2' })]],
  ])('opens nothing %s', (_, said) => expect(shown(said)).toBeUndefined());

  it('opens nothing that is sealed, and leads into a hidden service', () => {
    const sealed = { ...MARAC, envelope: { ...MARAC.envelope, tier: 'sealed' as const } };
    expect(read({ posts: [WORKER], agreement: AGREEMENT, filed: [OWN, sealed, release()] }).entries).toHaveLength(1);
    expect(view([]).notices).toEqual([]);
    const visit = { feed: 'CLINIC-feed', record: 'visit', body: 'visit' };
    const terms = release(visit).terms!;
    const made = filed('release-made', CLINIC, { terms, hubReceived: '2026-03-20T09:00:00.000Z' });
    expect(shown([made])).toMatchObject({ summary: true, content: ['sanitisedText'] });
    expect(view([made]).notices).toEqual([{ partyKind: CLINIC, desk: CLINIC }]);
  });

  it('brings its text by itself alone: a permit that names it shows nothing of one that is over', () => {
    const permit = { id: 'texts', readerText: 'texts', from: ['police.main'], to: ['council.main'], show: { content: ['sanitised-text'] } }; // prettier-ignore
    const ordinary = { ...MARAC, envelope: { ...MARAC.envelope, tier: 'ordinary' as const } };
    const over = release({ until: new Date(AT).toISOString() });
    const agreement = { ...AGREEMENT, permits: [permit] };
    expect(read({ posts: [WORKER], agreement, filed: [OWN, ordinary, over] }).entries).toHaveLength(1);
  });

  it('opens once it is filed, and is over at once', () => {
    expect(shown([], [release()])).toBeUndefined();
    expect(shown([release()], [filed('entry-retracted', POLICE, { record: 'release', version: '2' })])).toBeUndefined();
  });
});

describe('a mark', () => {
  const mark = (change: object) => filed('do-not-inform-marked', POLICE, { record: 'mark', terms: { directive: 'm', feed: null, record: null, allCarers: false, adult: null, agency: null, ...change } }); // prettier-ignore

  it('is read by every reader of what it is on, from its acknowledgement on, and hides nothing', () => {
    const open = [release()];
    const marked = [...open, mark({ allCarers: true, adult: 'J. Example' })];
    const told = ['do-not-inform:J. Example', 'do-not-inform:all-carers', 'no-onward-sharing'];
    expect(shown(marked)).toMatchObject({ summary: true, handling: told });
    expect(shown(open, [mark({ agency: CLINIC })])?.handling).toEqual([`do-not-inform:${CLINIC}`, 'no-onward-sharing']);
    expect(shown([...open, mark({ feed: 'POLICE-feed', record: 'other', allCarers: true })])?.handling).toEqual(['no-onward-sharing']); // prettier-ignore
    expect(view(marked).entries.find((entry) => entry.contribution.envelope.owner.organisation === COUNCIL)?.handling).toEqual([]); // prettier-ignore
  });
});
