import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decodeMetadata, encodeMetadata, metadataWithoutLink } from './event-metadata.js';
import { toHex } from './hex.js';
import { linkOf } from './link.js';
import { verifyStream, type ChainedEvent } from './verify-stream.js';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

type Plain = Pick<ChainedEvent, 'id' | 'type' | 'data'>;

/** A well-formed stream over the plain events. */
const chain = (plain: readonly Plain[], stream = 'child-0123'): ChainedEvent[] => {
  let previous: Uint8Array | null = null;
  return plain.map(({ id, type, data }, revision) => {
    const unlinked = { v: 1, hub: 'hub-1', hubAt: '2025-11-28T09:00:00.000Z', trace: `t${revision}` } as const;
    const link: Uint8Array = linkOf(
      {
        previous,
        stream,
        revision,
        type,
        eventId: id,
        metadataWithoutLink: metadataWithoutLink(unlinked),
        dataDigest: sha256(data),
      },
      sha256,
    );
    previous = link;
    return { stream, revision, id, type, data, metadata: encodeMetadata({ ...unlinked, link: toHex(link) }) };
  });
};

const plainEvents = (minLength: number) =>
  fc.array(
    fc.record({
      id: fc.uuid(),
      type: fc.constantFrom('missing-episode', 'relation'),
      data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    { minLength, maxLength: 8 },
  );

const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.with(bit >> 3, (bytes[bit >> 3] as number) ^ (1 << (bit & 7)));

/** One flipped bit of a text's UTF-8 bytes, read back as a store of texts would. */
const flipText = (text: string, bit: number): string => {
  const bytes = new TextEncoder().encode(text);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(flip(bytes, bit % (8 * bytes.length)));
};

const FIELDS = ['stream', 'revision', 'id', 'type', 'data', 'metadata'] as const;

const flipField = (event: ChainedEvent, field: (typeof FIELDS)[number], bit: number): ChainedEvent => {
  if (field === 'revision') return { ...event, revision: event.revision ^ (1 << (bit % 30)) };
  if (field === 'data' || field === 'metadata') {
    return { ...event, [field]: flip(event[field], bit % (8 * event[field].length)) };
  }
  return { ...event, [field]: flipText(event[field], bit) };
};

describe('verifyStream', () => {
  it('gives the links of an untouched stream, whole or page by page', () => {
    fc.assert(
      fc.property(plainEvents(0), fc.nat(8), (plain, cut) => {
        const events = chain(plain);
        const whole = verifyStream(events, sha256);
        const first = verifyStream(events.slice(0, cut), sha256);
        if (!whole.ok || !first.ok) throw new Error('an untouched stream did not verify');
        expect(whole.links).toEqual(events.map((event) => decodeMetadata(event.metadata).link));
        const second = verifyStream(events.slice(cut), sha256, first.head);
        expect(second).toEqual({ ok: true, links: whole.links.slice(cut), head: whole.head });
      }),
    );
  });

  it('names the event of which any one bit of any field was flipped', () => {
    fc.assert(
      fc.property(
        plainEvents(1),
        fc.nat(),
        fc.constantFrom(...FIELDS),
        fc.nat({ max: 4000 }),
        (plain, place, field, bit) => {
          const events = chain(plain);
          const i = place % events.length;
          const altered = events.with(i, flipField(events[i] as ChainedEvent, field, bit));
          const found = verifyStream(altered, sha256);
          // The first event says which stream this is: when its name changed, the second is the one that differs.
          const named = field === 'stream' && i === 0 && events.length > 1 ? [0, 1] : [i];
          expect(found.ok).toBe(false);
          if (!found.ok) expect(named).toContain(found.revision);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('says whether the link or the rest was altered where a later event can tell', () => {
    const events = chain(
      ['a', 'b', 'c'].map((letter, i) => ({
        id: `00000000-0000-4000-8000-00000000000${i}`,
        type: 'relation',
        data: new TextEncoder().encode(letter),
      })),
    );
    const [, second, third] = events as [ChainedEvent, ChainedEvent, ChainedEvent];
    const relinked = { ...decodeMetadata(second.metadata), link: '0'.repeat(64) };
    const what = (altered: ChainedEvent, i: number) => verifyStream(events.with(i, altered), sha256);
    expect(what({ ...second, data: new Uint8Array([1]) }, 1)).toEqual({ ok: false, revision: 1, what: 'event' });
    expect(what({ ...second, type: 'staff-post' }, 1)).toEqual({ ok: false, revision: 1, what: 'event' });
    expect(what({ ...second, metadata: encodeMetadata(relinked) }, 1)).toEqual({
      ok: false,
      revision: 1,
      what: 'link',
    });
    expect(what({ ...third, data: new Uint8Array([1]) }, 2)).toEqual({
      ok: false,
      revision: 2,
      what: 'link-or-event',
    });
    expect(what({ ...second, id: second.id.replace('8000', 'A000') }, 1)).toMatchObject({ revision: 1, what: 'id' });
    expect(what({ ...second, stream: 'child-x' }, 1)).toMatchObject({ revision: 1, what: 'stream' });
  });

  const renumbered = (events: readonly ChainedEvent[]) => events.map((event, revision) => ({ ...event, revision }));
  const places = fc.tuple(plainEvents(3), fc.nat());

  it('finds a deletion before the end, renumbered or not', () => {
    fc.assert(
      fc.property(places, fc.boolean(), ([plain, place], renumber) => {
        const i = place % (plain.length - 1);
        const left = chain(plain).toSpliced(i, 1);
        expect(verifyStream(renumber ? renumbered(left) : left, sha256)).toMatchObject({ ok: false, revision: i });
      }),
    );
  });

  it('finds two events that changed places, renumbered or not', () => {
    fc.assert(
      fc.property(places, fc.boolean(), ([plain, place], renumber) => {
        const events = chain(plain);
        const i = place % (events.length - 1);
        const swapped = events.with(i, events[i + 1] as ChainedEvent).with(i + 1, events[i] as ChainedEvent);
        const found = verifyStream(renumber ? renumbered(swapped) : swapped, sha256);
        expect(found).toMatchObject({ ok: false, revision: i });
      }),
    );
  });

  it('finds an event put into the middle: itself, or the one after it where its link was computed', () => {
    fc.assert(
      fc.property(places, fc.boolean(), ([plain, place], forged) => {
        const i = place % (plain.length - 1);
        const events = chain(plain);
        const added = { id: '00000000-0000-4000-8000-0000000000ff', type: 'relation', data: new Uint8Array([7]) };
        const put = forged
          ? (chain([...plain.slice(0, i), added]).at(-1) as ChainedEvent)
          : { ...(events[i] as ChainedEvent), ...added };
        const found = verifyStream(renumbered(events.toSpliced(i, 0, put)), sha256);
        expect(found).toMatchObject({ ok: false, revision: forged ? i + 1 : i });
      }),
    );
  });

  it('finds a stream that was given another name', () => {
    const events = chain([{ id: '00000000-0000-4000-8000-000000000001', type: 'relation', data: new Uint8Array() }]);
    const renamed = events.map((event) => ({ ...event, stream: 'child-9' }));
    expect(verifyStream(renamed, sha256)).toMatchObject({ ok: false, revision: 0 });
  });
});
