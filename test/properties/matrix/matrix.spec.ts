import { randomUUID } from 'node:crypto';
import {
  CHILDREN,
  ENTRIES,
  PURPOSES,
  ROLES,
  type ChildState,
  type EntryState,
  type Purpose,
} from '../../support/matrix/axes.js';
import { inParallel } from '../../support/matrix/in-parallel.js';
import { cellsOf, CONNECTOR, holderOf, mayBy, ROWS, verdictOf } from '../../support/matrix/routes.js';
import { facetsOf, noticesFor, shownOf, type Viewer } from '../../support/matrix/rules.js';
import { MatrixScene, type SceneChild } from '../../support/matrix/scene.js';

let scene: MatrixScene;

beforeAll(async () => {
  scene = await MatrixScene.open();
}, 180_000);
afterAll(() => scene.close());

const report = (text: string): void => void process.stdout.write(`Matrix: ${text}\n`);
const NO_HANDLE = '00000000-0000-4000-8000-000000000000';
/** The least share of its cells in which each facet shows. */
const LEAST_SHARE = 0.1;

/** A data manager works where the social worker does, and no clause is for him. */
const READING = ROLES.filter(({ role }) => role !== 'data-manager');

interface Read {
  readonly viewer: Viewer;
  readonly login: string;
  readonly purpose: Purpose;
  readonly child: SceneChild;
}

const reads = (): Read[] =>
  scene.children.flatMap((child) =>
    READING.flatMap((role) =>
      // A purpose that nobody names is nobody's, whatever else there is.
      PURPOSES.filter((purpose) => purpose !== 'CURIOSITY' || child.state === CHILDREN[0]).map((purpose) => ({
        viewer: { role, relation: child.relation },
        login: scene.readerOf(role, child),
        purpose,
        child,
      })),
    ),
  );

interface Cell {
  readonly viewer: Viewer;
  readonly purpose: Purpose;
  readonly state: ChildState;
  readonly entry: EntryState;
}
const shown = ({ viewer, purpose, state, entry }: Cell) => shownOf(viewer, purpose, state, entry).join();

/** What a build that is blind along one axis would take a cell for. */
const BLIND: Readonly<Record<string, (cell: Cell) => Cell>> = {
  role: (cell) => ({ ...cell, viewer: { ...cell.viewer, role: ROLES[0]! } }),
  relation: (cell) => ({ ...cell, viewer: { ...cell.viewer, relation: 'allocated' } }),
  tier: (cell) => ({ ...cell, entry: { ...cell.entry, sent: 'ordinary' } }),
  purpose: (cell) => ({ ...cell, purpose: 'SAFEGUARDING' }),
  consent: (cell) => ({ ...cell, state: { ...cell.state, consent: 'the young person agreed and a parent gave it' } }),
  confirmation: (cell) => ({ ...cell, state: { ...cell.state, confirmed: true } }),
  protection: (cell) => ({ ...cell, state: { ...cell.state, addressProtected: false } }),
  override: (cell) => ({ ...cell, entry: { ...cell.entry, override: 'none' } }),
};

describe('every role, relation, tier, purpose, state of consent and override', () => {
  const cells = new Map<string, { all: number; shown: number }>();
  const wrong: string[] = [];

  it('shows on the chronology exactly what the rules show', async () => {
    await inParallel(reads(), async ({ viewer, login, purpose, child }) => {
      const page = await scene.api.read(login, await scene.handleOf(login, child.number), { purpose });
      const seen = new Map(
        page.entries.map(({ entryId, content, location, ...entry }) => [
          child.entries.get(entryId),
          [
            ...('summary' in entry ? ['summary'] : []),
            ...Object.keys(content).map((name) => `content.${name}`),
            ...Object.keys(location).map((name) => `location.${name}`),
          ],
        ]),
      );
      const who = `${login} for ${purpose}, ${child.state.consent}${child.state.confirmed ? ', confirmed' : ''}${child.state.addressProtected ? ', protected' : ''}`; // prettier-ignore
      if (seen.has(undefined)) wrong.push(`${who}: an entry that should show to nobody`);
      for (const entry of ENTRIES) {
        const seenOf = seen.get(entry) ?? [];
        const expected = shownOf(viewer, purpose, child.state, entry);
        for (const facet of facetsOf(entry)) {
          const count = cells.get(facet) ?? { all: 0, shown: 0 };
          count.all += 1;
          if (seenOf.includes(facet)) count.shown += 1;
          cells.set(facet, count);
          if (seenOf.includes(facet) !== expected.includes(facet))
            wrong.push(`${who}, ${entry.kind} ${entry.sent} ${entry.override}: ${facet} ${seenOf.includes(facet) ? 'shows' : 'does not show'}`); // prettier-ignore
        }
      }
      const notices = page.notices.map(({ partyKind, desk }) => `${partyKind} ${desk}`).sort();
      if (JSON.stringify(notices) !== JSON.stringify(noticesFor(viewer, purpose)))
        wrong.push(`${who}: notices of ${notices.join(' and ') || 'nobody'}`);
    });
    const all = [...cells.values()].reduce((sum, one) => sum + one.all, 0);
    report(`${all} cells of facets, ${wrong.length} wrong\n` + [...cells].map(([facet, count]) => `  ${facet}: ${count.all}, shown in ${((100 * count.shown) / count.all).toFixed(1)} %`).join('\n')); // prettier-ignore
    expect(wrong.slice(0, 20)).toEqual([]);
    expect([...cells].filter(([, count]) => count.shown < LEAST_SHARE * count.all)).toEqual([]);
  }, 600_000);

  it.each(Object.keys(BLIND))('would find a build that does not look at: %s', (axis) => {
    const all = reads().flatMap(({ viewer, purpose, child: { state } }) =>
      ENTRIES.map((entry): Cell => ({ viewer, purpose, state, entry })),
    );
    expect(all.filter((cell) => shown(cell) !== shown(BLIND[axis]!(cell))).length).toBeGreaterThan(50);
  });
});

describe('every route of the running router', () => {
  const isApi = (path: string): boolean => ['/v1/', '/scim/', '/health/'].some((start) => path.startsWith(start));

  it('has a row', () => {
    const routes = scene.hub.hub.routes
      .filter(({ method, path }) => isApi(path) && method !== 'HEAD' && method !== 'OPTIONS')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(Object.keys(ROWS).sort()).toEqual([...new Set(routes)].sort());
  });

  it('answers whom the rules allow, and nobody else', async () => {
    const all = Object.entries(ROWS);
    const inOrder = [...all.filter(([, { relates }]) => !relates), ...all.filter(([, { relates }]) => relates)];
    let cells = 0;
    const wrong: string[] = [];
    for (const [route, row] of inOrder) {
      const [method] = route.split(' ') as [string];
      await inParallel(cellsOf(row), async (cell) => {
        const { login } = cell.caller;
        const relation = cell.caller.viewer?.relation ?? 'allocated';
        const number = row.child && scene.asked.find((child) => child.relation === relation)!.number;
        const isPerson = login !== null && login !== CONNECTOR;
        const handle = number !== undefined && isPerson ? await scene.handleOf(holderOf(cell)!, number) : NO_HANDLE;
        const { path, body } = row.ask(cell, handle, scene);
        const answer = await scene.api.call(login, method, path, body && JSON.stringify(body), method === 'POST' ? { 'idempotency-key': randomUUID() } : {}); // prettier-ignore
        const verdict = verdictOf(row, answer);
        cells += 1;
        if (verdict !== mayBy(row, cell)) wrong.push(`${route} by ${login ?? 'no one'} for ${cell.purpose}: ${answer.status} ${answer.text.slice(0, 120)}`); // prettier-ignore
      });
    }
    report(`${cells} cells of ${inOrder.length} routes, ${wrong.length} wrong`);
    expect(wrong.slice(0, 40)).toEqual([]);
  }, 600_000);
});
