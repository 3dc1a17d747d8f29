import type { Pool, PoolClient } from 'pg';
import { adoptedAgreements, standingPosts } from '#chronology';
import { inTransaction } from '#engines';
import type { Organisation } from '#intake';
import { purposesFor, type RelationKind, type Viewer } from '#sharing';
import { currentRecords, type FiledContribution } from '#timeline';
import { loadPersonIn, type LoadedPerson } from '../reading/load-person.js';
import type { ScopeLoader } from '../reading/load-read-scope.js';

/** What a person may ever ask for; SAFEGUARDING is for everyone who may have a concern. */
const EVERYONE = 'SAFEGUARDING';

export interface Profile {
  readonly subject: string;
  readonly name: string | null;
  readonly posts: readonly {
    readonly organisation: string;
    readonly organisationName: string;
    readonly organisationKind: string;
    readonly service: string;
    readonly role: string;
    readonly team: string | null;
  }[];
  /** Purposes that a relation of this person to any child allows, and that for which anybody may search. */
  readonly purposes: readonly string[];
  /** Recorded time. */
  readonly at: string;
}

/** Kinds of relation that these posts ever had to any child; whether one holds is decided where it is used. */
const relationKinds = async (
  client: PoolClient,
  { coordinates: { generation }, staffKeys }: LoadedPerson,
  posts: readonly Viewer[],
): Promise<RelationKind[]> => {
  const { rows } = await client.query({
    name: 'people-relation-kinds',
    text: `select distinct relation from projection.relation
            where generation = $1
              and (staff_key = any ($2::text[])
                or (staff_key is null and (organisation, service) in (select * from unnest($3::text[], $4::text[]))))`,
    values: [generation, staffKeys, posts.map(({ organisation }) => organisation), posts.map(({ service }) => service)],
  });
  return (rows as { relation: RelationKind }[]).map(({ relation }) => relation);
};

/** The name that the standing posts of this person give. */
export const nameOf = (staff: readonly FiledContribution[]): string | null => {
  const bodies = new Map(
    staff.filter(({ confirms }) => confirms === undefined).map((one) => [one.envelope.contributionId, one]),
  );
  const names = currentRecords(staff).map(({ bodyOf }) => bodies.get(bodyOf)?.identity?.['name']);
  return names.find((name): name is string => typeof name === 'string' && name !== '') ?? null;
};

/** Who somebody is to the hub at this instant: from staff events, never from the token. */
export class Profiles {
  constructor(
    private readonly pool: Pool,
    private readonly loader: ScopeLoader,
    private readonly organisations: ReadonlyMap<string, Organisation>,
  ) {}

  /** Without posts for whoever holds none; one that is accepted and not yet filed ends a post already. */
  async of(login: string): Promise<Profile> {
    return inTransaction(this.pool, 'repeatable read, read only', async (client) => {
      const person = await loadPersonIn(client, this.loader, login);
      const posts = standingPosts(person.staff, person.pending, person.at, login);
      const kinds = await relationKinds(client, person, posts);
      const named = adoptedAgreements(person.agreements, person.at).inForce.flatMap(({ adopted }) => [
        ...adopted.agreement.namedPurposes,
      ]);
      return {
        subject: login,
        name: posts.length > 0 ? nameOf(person.staff) : null,
        posts: posts.map(({ organisation, organisationKind, service, role, team }) => ({
          organisation,
          organisationName: this.organisations.get(organisation)?.name ?? organisation,
          organisationKind,
          service,
          role,
          team: team ?? null,
        })),
        purposes: posts.length === 0 ? [] : purposesOf(kinds, named),
        at: person.coordinates.at.toISOString(),
      };
    });
  }
}

const purposesOf = (kinds: readonly RelationKind[], named: readonly string[]): string[] => [
  ...new Set([EVERYONE, ...purposesFor(kinds, named)]),
];
