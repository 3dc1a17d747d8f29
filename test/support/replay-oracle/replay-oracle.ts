import type { Agency } from '../journeys/scene.js';
import type { Said, SentAgreement, Told } from './told.js';

/** Who looks, as the test knows him. */
export interface OracleViewer {
  readonly login: string;
  /** Undefined: nobody whom an agency employs. */
  readonly agency?: Agency;
}

/** What shows: facets by record. */
export type OracleView = ReadonlyMap<string, readonly string[]>;

type Of<K extends Said['kind']> = Extract<Said, { kind: K }>;

const only = <K extends Said['kind']>(said: readonly Said[], kind: K): Of<K>[] =>
  said.filter((one): one is Of<K> => one.kind === kind);

const latest = <T>(all: readonly T[], name: (one: T) => string, rank: (one: T) => number): T[] =>
  [...Map.groupBy(all, name).values()].map((versions) =>
    versions.reduce((best, one) => (rank(one) > rank(best) ? one : best)),
  );

const holds = ({ from, to }: { readonly from: string; readonly to: string | null }, at: number): boolean =>
  Date.parse(from) <= at && (to === null || at < Date.parse(to));

/** Versions that stand: the highest of each record, where no purge of the whole reaches as high. */
const standing = (said: readonly Said[], child: string): Of<'record'>[] => {
  const purges = only(said, 'purge');
  const isPurged = ({ within, version }: Of<'record'>): boolean =>
    purges.some((purge) => purge.within === within && purge.version >= version);
  const records = only(said, 'record').filter((one) => one.child === child);
  return latest(
    records,
    ({ record }) => record,
    ({ version }) => version,
  ).filter((one) => !isPurged(one));
};

/** Versions of agreements that two people of the owner signed and whose time has come; the latest of each. */
const inForce = (said: readonly Said[], at: number): SentAgreement[] => {
  const signed = Map.groupBy(only(said, 'signature'), ({ agreement, owner, inForceFrom }) =>
    [agreement.id, agreement.version, owner, inForceFrom].join('\n'),
  );
  const adopted = [...signed.values()]
    .filter((signatures) => new Set(signatures.map(({ signer }) => signer)).size >= 2)
    .map(([first]) => first!)
    .filter(({ inForceFrom }) => Date.parse(inForceFrom) <= at);
  return latest(
    adopted,
    ({ agreement, owner }) => `${agreement.id}\n${owner}`,
    ({ inForceFrom }) => Date.parse(inForceFrom),
  ).map(({ agreement }) => agreement);
};

const isAdult = (birthDate: string, at: number): boolean =>
  at >= Date.parse(`${Number(birthDate.slice(0, 4)) + 18}${birthDate.slice(4)}T00:00:00Z`);

/** What one state of the world shows. `known`: whether the viewer's agency ever filed a record of the child. */
const viewOf = (said: readonly Said[], viewer: OracleViewer, child: string, at: number, known: boolean): OracleView => {
  const { agency, login } = viewer;
  if (!agency || !known) return new Map();
  const post = latest(
    only(said, 'post').filter((one) => one.login === login),
    () => 'post',
    ({ sequence }) => sequence,
  ).find((one) => !one.removed && holds(one, at));
  const relation = latest(
    only(said, 'relation').filter((one) => one.agency === agency),
    ({ relation: id }) => id,
    ({ sequence }) => sequence,
  ).find((one) => one.login === login && one.child === child && holds(one, at));
  if (!post || !relation) return new Map();

  const records = standing(said, child);
  // Agencies are one child's by its number, which a record gives while it stands.
  const own = records.filter((one) => one.agency === agency);
  const around = own.length > 0 ? records : [];
  const isShielded = around.some(({ protects }) => protects);
  const births = new Set(around.flatMap(({ birthDate }) => birthDate ?? []));
  const isKnownMinor = births.size === 1 && !isAdult([...births][0]!, at);
  const agreements = inForce(said, at);
  const opened = ({ agency: owner, recordType, facets }: Of<'record'>): string[] => {
    if (owner === agency) return [...facets];
    const acting = agreements.filter(({ of }) => of === owner.organisation);
    const permitted = facets.filter((facet) =>
      acting.some(
        (agreement) =>
          agreement.to.includes(agency.organisation) &&
          agreement.recordTypes.includes(recordType) &&
          (agreement.facets === null || (isKnownMinor && agreement.facets.includes(facet))),
      ),
    );
    const isClosed = isShielded && acting.some(({ shieldsAddress }) => shieldsAddress);
    return permitted.filter((facet) => !(isClosed && facet === 'location.homeAddress'));
  };
  return new Map(
    around.flatMap((one) => {
      const facets = opened(one).sort();
      return facets.length > 0 ? [[one.record, facets] as const] : [];
    }),
  );
};

/**
 * What a viewer had before him at an instant: what shows over everything that was filed by then, less whatever any
 * beginning of what was accepted by then and not yet filed would take away. Written from the rules and from what was
 * sent; it shares nothing with the code that decides.
 */
export const viewAt = (told: readonly Told[], viewer: OracleViewer, child: string, at: number): OracleView => {
  const filed = told.filter((one) => one.filed !== undefined && one.filed.at <= at);
  const pending = told
    .filter((one) => one.accepted.at <= at && !filed.includes(one))
    .sort((a, b) => a.accepted.no - b.accepted.no || a.accepted.item - b.accepted.item);
  const known = filed.some(
    ({ said }) => said.kind === 'record' && said.child === child && said.agency === viewer.agency,
  );
  const state = (n: number): OracleView =>
    viewOf(
      [...filed, ...pending.slice(0, n)].map(({ said }) => said),
      viewer,
      child,
      at,
      known,
    );
  let view = state(0);
  for (let n = 1; n <= pending.length; n += 1) {
    const other = state(n);
    view = new Map(
      [...view].flatMap(([record, facets]) => {
        const left = facets.filter((facet) => other.get(record)?.includes(facet));
        return left.length > 0 ? [[record, left] as const] : [];
      }),
    );
  }
  return view;
};
