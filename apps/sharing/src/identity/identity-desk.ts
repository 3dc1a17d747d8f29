import { createHash, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { canonicalBytes } from '#contracts';
import {
  IDENTITY_ANSWERED,
  Pairs,
  standingPosts,
  type PairState,
  type RecordedAnswer,
  type SeenPair,
  type SeenSide,
} from '#chronology';
import { inTransaction } from '#engines';
import type { Commands, Organisation } from '#intake';
import { Problem, unsealParts } from '#platform';
import type { Viewer } from '#sharing';
import type { Description } from '../reading/handles.js';
import { loadPersonIn, type LoadedPerson } from '../reading/load-person.js';
import { loadReadScope, type ScopeLoader } from '../reading/load-read-scope.js';
import { ReadNotRecorded, type RecordRead } from '../reading/read-chronology.js';
import {
  DISCLOSURES,
  disclosureRows,
  loadPairScope,
  questionRows,
  QUESTIONS,
  type DisclosureRow,
  type QuestionPlace,
} from './load-pairs.js';
import type { KeyPair, PairIds } from './pair-ids.js';

/** Event type of a look at the evidence about one pair. */
export const PAIR_OPENED = 'pair-opened';
/** Event type of a look at a list of pairs, or at what was disclosed on the strength of one. */
export const PAIRS_LISTED = 'pairs-listed';

/** Who answers questions of identity for an organisation. */
const DATA_MANAGER = 'data-manager';
/** A child is looked for by this purpose, which allows no more than to find one's own references. */
const PURPOSE = 'SAFEGUARDING';

const noSuchPair = (): Problem => new Problem(404, 'no-such-pair', 'This is no pair of yours; look at the list again');
const noDataManager = (): Problem =>
  new Problem(403, 'not-a-data-manager', 'Questions of identity are for the data managers of an organisation');

export interface SidePart {
  readonly organisation: string;
  readonly organisationName: string;
  readonly organisationKind: string;
  readonly own: boolean;
}

export interface ListedPair {
  readonly pair: string;
  readonly state: PairState;
  readonly why: SeenPair['why'];
  readonly since: string;
  readonly references: readonly (SidePart & {
    /** The child as one's own reference names it; another organisation's word shows with the evidence alone. */
    readonly label: string | null;
  })[];
}

export interface PairEvidence {
  readonly lookId: string;
  readonly pair: string;
  readonly state: PairState;
  readonly why: SeenPair['why'];
  readonly since: string;
  readonly references: readonly (SidePart & Pick<SeenSide, 'fields' | 'identifiers'>)[];
  readonly comparison: SeenPair['comparison'];
  readonly answers: readonly {
    readonly answer: 'same' | 'different';
    readonly by: { readonly organisation: string; readonly role: string };
    readonly at: string;
    /** Of one's own organisation's alone. */
    readonly reason: string | null;
  }[];
}

export interface ListedDisclosure {
  readonly readId: string;
  readonly at: string;
  readonly reader: DisclosureRow['viewer']['posts'];
  readonly purpose: string;
  readonly entries: number;
}

/** What a person answers. `leaves`: which of the two, as the evidence orders them, does not belong to the child. */
export interface Answer {
  readonly answer: 'same' | 'different';
  readonly leaves: 'first' | 'second' | null;
  readonly reason: string;
}

interface Manager extends LoadedPerson {
  readonly posts: readonly Viewer[];
  /** Every post, whatever its role. */
  readonly all: readonly Viewer[];
}

export interface IdentityDeskOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly commands: Commands;
  readonly record: RecordRead;
  readonly ids: PairIds;
  readonly organisations: ReadonlyMap<string, Organisation>;
}

/**
 * Questions of identity, for the data managers of the organisations whose references they are about: which pairs, the
 * evidence side by side, the answer, and what had been disclosed while the two were taken for one child. What shows of
 * another organisation's reference is decided by `Pairs`; a pair with one of which a viewer may not know is answered
 * as if it were not there. Every look is recorded before anything is given back.
 */
export class IdentityDesk {
  constructor(private readonly options: IdentityDeskOptions) {}

  /** Questions about the references of one's own organisation, the oldest first. Throws `ReadNotRecorded`. */
  async questions(login: string, after: QuestionPlace | null) {
    const { manager, found, next } = await this.inSnapshot(login, async (client, person) => {
      const organisations = person.posts.map(({ organisation }) => organisation);
      const rows = await questionRows(client, person.coordinates, organisations, after);
      const page = rows.slice(0, QUESTIONS);
      const keys = page.map(({ pair }) => pair);
      const near = await loadPairScope(client, this.options, person.coordinates, keys);
      const pairs = new Pairs(near, person.posts, person.all);
      return {
        manager: person,
        found: keys.flatMap((pair) => seenOf(pairs, pair)).filter(({ state }) => state === 'question'),
        next: rows.length > QUESTIONS ? page.at(-1)!.place : null,
      };
    });
    return { questions: await this.list(login, manager, 'questions', found), next };
  }

  /** Every pair with a reference of one's own organisation that fits a description. Throws `ReadNotRecorded`. */
  async links(login: string, description: Description): Promise<ListedPair[]> {
    const { manager, found } = await this.inSnapshot(login, async (client, person) => {
      const { scope } = await loadReadScope(client, this.options, person.coordinates, login, PURPOSE, description);
      const pairs = new Pairs(scope, person.posts, person.all);
      const keys = scope.start.flatMap((own) => pairs.othersOf(own).map((other): KeyPair => [own, other]));
      return { manager: person, found: keys.flatMap((pair) => seenOf(pairs, pair)) };
    });
    const distinct = new Map(found.map((pair) => [pair.sides.map(({ key }) => key).join(), pair]));
    const byOther = [...distinct.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    return this.list(login, manager, 'links', byOther);
  }

  /** The evidence about one pair. Throws `ReadNotRecorded`. */
  async look(login: string, pair: string): Promise<PairEvidence> {
    const { manager, seen } = await this.find(login, pair);
    const lookId = randomUUID();
    const reasons = await this.reasonsOf(manager, seen.answers);
    const evidence: PairEvidence = {
      lookId,
      pair,
      state: seen.state,
      why: seen.why,
      since: seen.since,
      references: seen.sides.map((side) => ({
        ...this.partOf(side),
        fields: side.fields,
        identifiers: side.identifiers,
      })),
      comparison: seen.comparison,
      answers: seen.answers.map((said) => ({
        answer: said.answer === 'confirmed' ? 'same' : 'different',
        by: { organisation: said.organisation, role: DATA_MANAGER },
        at: said.at,
        reason: reasons.get(said.bodyOf) ?? null,
      })),
    };
    await this.recordLook(manager, PAIR_OPENED, { lookId, pair: keysOf(seen) }, evidence);
    return evidence;
  }

  /** Answers for the organisation of one of the two. `different` counts at once, `same` once it is filed. */
  async answer(login: string, pair: string, { answer, leaves, reason }: Answer, trace: string): Promise<string> {
    const { manager, seen, pairs } = await this.find(login, pair);
    if (seen.state === 'apart') {
      throw new Problem(409, 'nothing-to-answer', 'These two have no verified identifier in common any more');
    }
    const [own, other] = seen.sides;
    const post = manager.posts.find(({ organisation }) => organisation === own.organisation)!;
    const leaving = leaves === null ? null : (leaves === 'first' ? own : other).key;
    const sides = answer === 'different' && seen.state === 'linked' ? pairs.sidesOf(own.key, other.key, leaving) : null;
    const triple = await this.tripleOf(own.key);
    return this.options.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace,
      drafts: (receivedAt) => [
        {
          subject: { kind: 'child', system: '', localId: '', triple },
          type: IDENTITY_ANSWERED,
          recordType: IDENTITY_ANSWERED,
          recordKey: `identity/${other.key}`,
          ancestors: [],
          rank: { by: 'sequence', value: receivedAt },
          about: 'child',
          occurred: { from: receivedAt, precision: 'exact' },
          body: { other: other.key, answer, sides, reason },
        },
      ],
    });
  }

  /** Reads that took the two for one child, once they are not. Throws `ReadNotRecorded`. */
  async disclosures(login: string, pair: string, before: number | null) {
    const { manager, seen, rows } = await this.find(login, pair, (client, { coordinates }, keys, organisations) =>
      disclosureRows(client, coordinates, keys, before, organisations),
    );
    if (seen.state === 'linked') {
      throw new Problem(409, 'still-linked', 'The two are one child: nothing rested on a link that was taken away');
    }
    const page = rows.slice(0, DISCLOSURES);
    const disclosures = page.map(({ readId, at, viewer, purpose, entries }): ListedDisclosure => ({
      readId,
      at: at.toISOString(),
      reader: viewer.posts.map(({ organisation, service, role }) => ({ organisation, service, role })),
      purpose,
      entries,
    }));
    const look = { lookId: randomUUID(), list: 'disclosures', pairs: [keysOf(seen)] };
    await this.recordLook(manager, PAIRS_LISTED, look, disclosures);
    return { disclosures, next: rows.length > DISCLOSURES ? page.at(-1)!.position : null };
  }

  private inSnapshot<T>(login: string, work: (client: PoolClient, manager: Manager) => Promise<T>): Promise<T> {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const person = await loadPersonIn(client, this.options, login);
      const all = standingPosts(person.staff, person.pending, person.at, login);
      const posts = all.filter(({ role }) => role === DATA_MANAGER);
      if (posts.length === 0) throw noDataManager();
      return work(client, { ...person, posts, all });
    });
  }

  /** The pair of that id as this viewer may see it, and what else is asked of the same snapshot. */
  private async find<T = undefined>(
    login: string,
    pair: string,
    /** Of the same snapshot, with the organisations of the two sides. */
    more?: (client: PoolClient, manager: Manager, keys: KeyPair, organisations: readonly string[]) => Promise<T>,
  ) {
    const keys = await this.options.ids.find(login, pair);
    return this.inSnapshot(login, async (client, manager) => {
      if (!keys) throw noSuchPair();
      const scope = await loadPairScope(client, this.options, manager.coordinates, [keys]);
      const pairs = new Pairs(scope, manager.posts, manager.all);
      const seen = pairs.find(...keys);
      if (!seen) throw noSuchPair();
      const organisations = seen.sides.map(({ organisation }) => organisation);
      return { manager, pairs, seen, rows: (await more?.(client, manager, keys, organisations)) as T };
    });
  }

  private partOf({ organisation, own }: SeenSide): SidePart {
    const known = this.options.organisations.get(organisation);
    return {
      organisation,
      organisationName: known?.name ?? organisation,
      organisationKind: known?.kind ?? '',
      own,
    };
  }

  private async list(
    login: string,
    manager: Manager,
    list: 'questions' | 'links',
    found: readonly SeenPair[],
  ): Promise<ListedPair[]> {
    const ids = await this.options.ids.of(login, found.map(keysOf));
    const listed = found.map(({ state, why, since, sides }, i): ListedPair => ({
      pair: ids[i]!,
      state,
      why,
      since,
      references: sides.map((side) => ({ ...this.partOf(side), label: side.own ? labelOf(side) : null })),
    }));
    await this.recordLook(manager, PAIRS_LISTED, { lookId: randomUUID(), list, pairs: found.map(keysOf) }, listed);
    return listed;
  }

  private async recordLook(
    { coordinates, staffKeys, posts }: Manager,
    type: string,
    look: { readonly lookId: string } & Readonly<Record<string, unknown>>,
    shown: unknown,
  ): Promise<void> {
    const record = {
      v: 1,
      ...look,
      viewer: {
        staff: staffKeys,
        posts: posts.map(({ organisation, service, role, team }) => ({
          organisation,
          service,
          role,
          team: team ?? null,
        })),
      },
      at: coordinates.at.toISOString(),
      checkpoint: { store: coordinates.store, position: coordinates.position, eventId: coordinates.eventId },
      shown: { sha256: createHash('sha256').update(canonicalBytes(shown)).digest('hex') },
    };
    try {
      await this.options.record(look.lookId, canonicalBytes(record), type);
    } catch {
      throw new ReadNotRecorded();
    }
  }

  private async reasonsOf(
    { posts }: Manager,
    answers: readonly RecordedAnswer[],
  ): Promise<ReadonlyMap<string, string>> {
    const own = answers.filter((said) => posts.some(({ organisation }) => organisation === said.organisation));
    const { pool, opener } = this.options;
    const { rows } = await pool.query(
      `select bytes from projection.contribution
        where generation = projection.live() and confirms is null and contribution_id = any ($1::uuid[])
       union all
       select bytes from inbox.item where contribution_id = any ($1::uuid[]) and bytes is not null`,
      [own.map(({ bodyOf }) => bodyOf)],
    );
    const opened = await unsealParts(pool, opener, rows as { bytes: Buffer }[], ['content']);
    return new Map(
      opened.flatMap(({ envelope, content }) => {
        const reason = content?.['reason'];
        return typeof reason === 'string' ? [[envelope.contributionId, reason] as const] : [];
      }),
    );
  }

  private async tripleOf(key: string): Promise<string> {
    const { rows } = await this.options.pool.query(
      `select encode(triple, 'hex') as triple from refs.reference where subject_key = $1`,
      [key],
    );
    return (rows[0] as { triple: string }).triple;
  }
}

const seenOf = (pairs: Pairs, [a, b]: KeyPair): SeenPair[] => {
  const seen = pairs.find(a, b);
  return seen ? [seen] : [];
};

const keysOf = ({ sides: [one, other] }: SeenPair): KeyPair => [one.key, other.key];

const placeOf = ({ sides: [one, other], since }: SeenPair): string =>
  JSON.stringify([other.organisation, since, one.key, other.key]);

const labelOf = ({ fields: { givenName, familyName } }: SeenSide): string | null =>
  [givenName[0], familyName[0]].filter((part) => part !== undefined).join(' ') || null;
