import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  readonly endsAt: number;
}

/** Beyond it the oldest go: whoever floods a development machine signs in again. */
const MOST = 10_000;

/**
 * What the development issuer must remember of sign-ins: sessions, interactions, grants and codes. It lives in this
 * process and dies with it, which is enough for development and for nothing else.
 */
export class IssuerMemory {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly now: () => number = Date.now) {}

  /** The adapter of one model (`AuthorizationCode`). */
  adapterOf(model: string): Adapter {
    const keyOf = (id: string): string => `${model}:${id}`;
    const find = (id: string): AdapterPayload | undefined => this.find(keyOf(id));
    return {
      upsert: async (id, payload, expiresIn) => this.keep(keyOf(id), payload, expiresIn),
      find: async (id) => find(id),
      findByUid: async (uid) => this.findWhere(`${model}:`, (payload) => payload.uid === uid),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = find(id);
        if (payload) payload.consumed = Math.floor(this.now() / 1000);
      },
      destroy: async (id) => void this.kept.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of this.kept) if (payload.grantId === grantId) this.kept.delete(key);
      },
    };
  }

  private keep(key: string, payload: AdapterPayload, expiresIn = 3600): void {
    const now = this.now();
    this.kept.delete(key);
    this.kept.set(key, { payload, endsAt: now + expiresIn * 1000 });
    if (this.kept.size <= MOST) return;
    for (const [other, { endsAt }] of this.kept) if (endsAt <= now) this.kept.delete(other);
    for (const [oldest] of this.kept) {
      if (this.kept.size <= MOST) return;
      this.kept.delete(oldest);
    }
  }

  private find(key: string): AdapterPayload | undefined {
    const found = this.kept.get(key);
    return found && found.endsAt > this.now() ? found.payload : undefined;
  }

  private findWhere(prefix: string, holds: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload }] of this.kept) {
      if (key.startsWith(prefix) && holds(payload)) return this.find(key);
    }
    return undefined;
  }
}
