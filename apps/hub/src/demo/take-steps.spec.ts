import { HubRefused } from './hub-client.js';
import { takeSteps, type Step } from './take-steps.js';

const step = (allegation: string): Step => ({
  as: 'worker',
  child: '9990000018',
  route: 'allegations',
  body: { allegation },
  makes: 'allegation-recorded',
});

/** A hub that takes allegations; what goes wrong with each, before it is taken or after, is said beforehand. */
class TakingHub {
  readonly taken: unknown[] = [];
  constructor(private readonly answers: { before?: Error; after?: Error }[] = []) {}

  readonly count = (): Promise<number> => Promise.resolve(this.taken.length);

  person = (_login: string, _method: string, path: string, body?: unknown): Promise<unknown> => {
    if (!path.endsWith('/allegations')) return Promise.resolve({ handle: 'H' });
    const { before, after } = this.answers.shift() ?? {};
    if (before) return Promise.reject(before);
    this.taken.push((body as { allegation: string }).allegation);
    return after ? Promise.reject(after) : Promise.resolve({});
  };
}

const tell = async (hub: TakingHub, done = new Map<string, number>()): Promise<unknown[]> => {
  const stage = { client: hub, progress: () => undefined, count: hub.count };
  await takeSteps(stage, { at: '2025-12-01T09:00:00Z', steps: [step('one'), step('two')] }, done);
  return hub.taken;
};
const noAnswer = new TypeError('fetch failed');

describe('what people do in the story', () => {
  it('is done in turn, and not again by a second run', async () => {
    const hub = new TakingHub();
    expect(await tell(hub)).toEqual(['one', 'two']);
    expect(await tell(hub)).toEqual(['one', 'two']);
  });

  it('goes on where an earlier run stopped', async () => {
    const hub = new TakingHub();
    hub.taken.push('one');
    expect(await tell(hub)).toEqual(['one', 'two']);
  });

  it('is not done again where it was done and the answer was lost', async () => {
    expect(await tell(new TakingHub([{ after: noAnswer }]))).toEqual(['one', 'two']);
    expect(await tell(new TakingHub([{ after: new HubRefused(502, [], 'lost') }]))).toEqual(['one', 'two']);
  });

  it('is done once more where neither it nor an answer came', async () => {
    expect(await tell(new TakingHub([{ before: noAnswer }]))).toEqual(['one', 'two']);
  }, 10_000);

  it('waits for what is on its way: a post, a relation', async () => {
    const notYet = [403, 404, 404].map((status) => ({ before: new HubRefused(status, [], 'not yet') }));
    expect(await tell(new TakingHub(notYet))).toEqual(['one', 'two']);
  });

  it('counts from what was made before the story', async () => {
    const hub = new TakingHub();
    hub.taken.push('of somebody else');
    expect(await tell(hub, new Map([['allegation-recorded', 1]]))).toEqual(['of somebody else', 'one', 'two']);
  });

  it('stops where it is refused for good', async () => {
    const refused = new HubRefused(400, [{ field: 'allegation', reason: 'missing' }], 'allegations');
    await expect(tell(new TakingHub([{ before: refused }]))).rejects.toBe(refused);
  });
});
