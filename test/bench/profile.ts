interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** What of a CPU profile (as Node writes it) is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** From one sample to the next, in µs. */
  readonly timeDeltas: readonly number[];
}

export interface ProfiledFunction {
  /** Its own name, and for what belongs to Node itself, who called it. */
  readonly name: string;
  /** Folder of the product or package, of whoever called it where it belongs to Node itself. */
  readonly area: string;
  /** Share of the time that the thread was busy, 0 to 1. */
  readonly share: number;
}

/** Time of a function of the database, what it calls left out, or of a statement; in ms, waiting included. */
export interface DatabaseTime {
  readonly name: string;
  readonly calls: number;
  readonly ms: number;
}

export interface DatabaseProfile {
  readonly functions: readonly DatabaseTime[];
  readonly statements: readonly DatabaseTime[];
}

export interface ProfileSummary {
  readonly file: string;
  readonly seconds: number;
  /** Those that took most. */
  readonly database: DatabaseProfile;
  /** Share of the time in which the thread did something; the profiler's own work is not counted. */
  readonly busy: number;
  readonly areas: readonly { readonly area: string; readonly share: number }[];
  /** Those with most time of their own. */
  readonly functions: readonly ProfiledFunction[];
}

const PROFILER = '(profiler)';

/** `libs/intake`, `apps/sharing` or the name of a package; undefined for what belongs to Node itself. */
export const areaOf = (url: string): string | undefined => {
  if (url === '' || url.startsWith('node:')) return undefined;
  if (url.endsWith('/bench-child.mjs')) return PROFILER;
  const product = /\/dist\/((?:libs|apps)\/[^/]+)\//.exec(url)?.[1];
  if (product !== undefined) return product;
  const inPackages = url.split('/node_modules/').at(-1);
  return inPackages !== undefined && inPackages !== url ? /^(?:@[^/]+\/)?[^/]+/.exec(inPackages)?.[0] : url;
};

const labelOf = ({ functionName, url, lineNumber }: CallFrame): string =>
  functionName === '' ? `${url.split('/').at(-1) || 'native'}:${lineNumber + 1}` : functionName;

/** Where the time of each node belongs: its own place, or that of the nearest caller that is no part of Node. */
const placesOf = ({ nodes }: CpuProfile): Map<number, { name: string; area: string }> => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const places = new Map<number, { name: string; area: string }>();
  for (const { id, callFrame } of nodes) {
    let at: number | undefined = id;
    while (at !== undefined && areaOf(byId.get(at)!.callFrame.url) === undefined) at = parents.get(at);
    const name = labelOf(callFrame);
    const caller = at === undefined ? undefined : byId.get(at)!.callFrame;
    if (caller === undefined) places.set(id, { name, area: name.startsWith('(') ? name : 'node' });
    else places.set(id, { name: at === id ? name : `${name} for ${labelOf(caller)}`, area: areaOf(caller.url)! });
  }
  return places;
};

const byShare = <T extends { readonly share: number }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => b.share - a.share);

/** The functions with most time of their own, and the areas that they are in. */
export const summariseProfile = (
  profile: CpuProfile,
  file: string,
  database: DatabaseProfile,
  most = 15,
): ProfileSummary => {
  const places = placesOf(profile);
  const functions = new Map<string, { name: string; area: string; us: number }>();
  let [total, idle] = [0, 0];
  profile.samples.forEach((id, i) => {
    const us = profile.timeDeltas[i] ?? 0;
    const { name, area } = places.get(id)!;
    total += us;
    if (name === '(idle)' || area === PROFILER) {
      idle += us;
      return;
    }
    const one = functions.get(`${area}\n${name}`) ?? { name, area, us: 0 };
    one.us += us;
    functions.set(`${area}\n${name}`, one);
  });
  const busy = total - idle;
  const all = [...functions.values()].map(({ name, area, us }) => ({ name, area, share: us / busy }));
  const areas = Map.groupBy(all, ({ area }) => area);
  return {
    file,
    seconds: total / 1e6,
    database: { functions: longest(database.functions, most), statements: longest(database.statements, most) },
    busy: busy / total,
    areas: byShare(
      [...areas].map(([area, those]) => ({ area, share: those.reduce((sum, { share }) => sum + share, 0) })),
    ).slice(0, most),
    functions: byShare(all).slice(0, most),
  };
};

const longest = (times: readonly DatabaseTime[], most: number): DatabaseTime[] =>
  times.toSorted((a, b) => b.ms - a.ms).slice(0, most);

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7);

const describeTime = ({ name, calls, ms }: DatabaseTime): string =>
  `  ${ms.toFixed(0).padStart(6)} ms in ${calls} calls  ${name}`;

/** Plain text, the largest first. */
export const describeProfile = ({ file, seconds, busy, areas, functions, database }: ProfileSummary): string =>
  [
    `profile ${file}: the thread was busy ${percent(busy).trim()} of ${seconds.toFixed(1)} s; of that`,
    ...areas.map(({ area, share }) => `  ${percent(share)}  ${area}`),
    'functions by their own time',
    ...functions.map(({ name, area, share }) => `  ${percent(share)}  ${name} (${area})`),
    'functions of the database by their own time, waiting included',
    ...database.functions.map(describeTime),
    'statements by their time, waiting included',
    ...database.statements.map(describeTime),
  ].join('\n');
