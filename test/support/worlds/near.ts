import type { ReadScope } from '#chronology';
import { getEventType } from '#contracts';
import { inTransaction } from '#engines';
import { currentRecords, type CurrentRecord, type FiledContribution } from '#timeline';
import { loadReadScope } from '../../../apps/sharing/src/reading/load-read-scope.js';
import { findCoordinates } from '../../../apps/sharing/src/reading/load-scope.js';
import type { Pair } from './pair.js';
import type { WorldDatabase } from './world-database.js';

/** A current record that a mistake looks at before, or instead of, deciding. */
export interface NearRecord {
  readonly id: string;
  readonly record: CurrentRecord;
  readonly body: FiledContribution;
}

/** Everything that is held near a child, shown or not. */
export interface Near {
  readonly scope: ReadScope;
  readonly records: readonly NearRecord[];
}

/** Everything that one world holds near the child whom the viewer's handle stands for. */
export const findNear = async (database: WorldDatabase, { question }: Pair, handle: string): Promise<Near> => {
  const { login } = question.viewer;
  const description = await database.handles.find(login, handle);
  if (!description) throw new Error('no such handle');
  const { scope } = await inTransaction(database.pool, 'repeatable read, read only', async (client) => {
    const coordinates = await findCoordinates(client);
    return loadReadScope(client, database, coordinates!, login, question.purpose, description);
  });
  const records = scope.references.flatMap(({ contributions }) => {
    const holders = new Map(
      contributions.filter(({ confirms }) => !confirms).map((one) => [one.envelope.contributionId, one]),
    );
    return currentRecords(contributions)
      .filter(({ contribution }) => getEventType(contribution.envelope.type).kind === 'content')
      .map((record) => ({ id: record.bodyOf, record, body: holders.get(record.bodyOf)! }));
  });
  return { scope, records };
};

/** Every version that was filed of the record of an entry that shows. */
export const versionsOf = ({ scope, records }: Near, entryId: string): readonly FiledContribution[] => {
  const own = records.find(({ id }) => id === entryId)?.body.envelope;
  return scope.references
    .flatMap(({ contributions }) => contributions)
    .filter(
      ({ envelope }) =>
        own !== undefined &&
        envelope.subject.key === own.subject.key &&
        envelope.rank.feed === own.rank.feed &&
        envelope.record.key === own.record.key,
    );
};
