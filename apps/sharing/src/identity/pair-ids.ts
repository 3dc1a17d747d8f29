import { randomUUID } from 'node:crypto';
import { In, type Repository } from 'typeorm';
import { isUuid } from '#contracts';
import { pairName } from '#identity';
import type { TokenBox } from '../reading/handles.js';
import type { PairRow } from './pair.row.js';

export type KeyPair = readonly [string, string];

/** Ids that stand for pairs of references: random, a viewer's own, one for good for each pair. */
export class PairIds {
  constructor(
    private readonly rows: Repository<PairRow>,
    private readonly box: TokenBox,
    private readonly now: () => Promise<Date>,
  ) {}

  /** The ids of these pairs in their order, made where there are none yet. */
  async of(login: string, pairs: readonly KeyPair[]): Promise<string[]> {
    if (pairs.length === 0) return [];
    const createdAt = await this.now();
    const wanted = pairs.map(([a, b]) => {
      const pair = randomUUID();
      const description = Buffer.from(this.box.seal([a, b].sort(), `pair/${pair}`), 'base64url');
      return { pair, staffLogin: login, description, createdAt, of: this.box.mac(`pair/${login}/${pairName(a, b)}`) };
    });
    await this.rows.createQueryBuilder().insert().values(wanted).orIgnore().execute();
    const held = await this.rows.findBy({ staffLogin: login, of: In(wanted.map(({ of }) => of)) });
    const byMac = new Map(held.map(({ of, pair }) => [of.toString('hex'), pair]));
    return wanted.map(({ of }) => byMac.get(of.toString('hex'))!);
  }

  /** Undefined for an id that is not this viewer's own. */
  async find(login: string, pair: string): Promise<KeyPair | undefined> {
    if (!isUuid(pair)) return undefined;
    const row = await this.rows.findOneBy({ pair, staffLogin: login });
    return row ? (this.box.open(row.description.toString('base64url'), `pair/${row.pair}`) as KeyPair) : undefined;
  }
}
