import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LINK_TAG, encodeMetadata, decodeMetadata, fromHex, linkInput, linkOf, toHex, verifyStream } from '#ledger';

interface Vector {
  readonly name: string;
  readonly event: {
    readonly previous: string | null;
    readonly stream: string;
    readonly revision: number;
    readonly type: string;
    readonly eventId: string;
    readonly metadataWithoutLink: string;
    readonly data: string;
  };
  readonly input: string;
  readonly link: string;
}

interface Recorded {
  readonly tag: string;
  readonly vectors: readonly Vector[];
  readonly stream: readonly {
    readonly stream: string;
    readonly revision: number;
    readonly id: string;
    readonly type: string;
    readonly data: string;
    readonly metadata: string;
  }[];
  readonly head: { readonly stream: string; readonly revision: number; readonly link: string };
}

const recorded = JSON.parse(readFileSync(new URL('link-v1.json', import.meta.url), 'utf8')) as Recorded;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The chain's first version never changes: what was once recorded is reproduced byte for byte. */
describe('links of version 1', () => {
  it.each(recorded.vectors)('$name', ({ event, input, link }) => {
    const linked = {
      ...event,
      previous: event.previous === null ? null : fromHex(event.previous),
      metadataWithoutLink: utf8(event.metadataWithoutLink),
      dataDigest: sha256(utf8(event.data)),
    };
    expect(toHex(linkInput(linked))).toBe(input);
    expect(toHex(linkOf(linked, sha256))).toBe(link);
  });

  it('has one tag, and no two vectors with one link', () => {
    expect(LINK_TAG).toBe(recorded.tag);
    expect(new Set(recorded.vectors.map((vector) => vector.link)).size).toBe(recorded.vectors.length);
  });

  it('verifies the recorded stream', () => {
    const events = recorded.stream.map((e) => ({ ...e, data: utf8(e.data), metadata: utf8(e.metadata) }));
    expect(verifyStream(events, sha256)).toMatchObject({ ok: true, head: recorded.head });
    for (const event of events) expect(encodeMetadata(decodeMetadata(event.metadata))).toEqual(event.metadata);
  });
});
